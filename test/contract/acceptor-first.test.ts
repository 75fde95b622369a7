import assert from 'node:assert/strict'
import { Acceptor, Credential, Initiator } from 'gssapi'
import { readNegotiation } from '../../lib/encoding/negotiation-token'
import { converse, failure, firstToken, newPair, SERVICE, SUITE } from '../helpers/handshake'
import { NTLM_NEGOTIATE } from '../helpers/negotiation'
import { useRealm } from '../helpers/realm'

const KRB5 = '1.2.840.113554.1.2.2'
const NONE = Buffer.alloc(0)

/** MS-SPNG 3.2.5.2: a server that speaks first, as SMB's, offers its mechanisms (NegTokenInit2). */
describe('an acceptor of SPNEGO that is asked to speak first', () => {
  useRealm(SUITE)

  for (const [what, nothing] of [
    ['null', null],
    ['an empty token', NONE],
  ] as const) {
    it(`${what}: offers krb5, and the exchange goes on from there`, async () => {
      for (const given of [false, true]) {
        const own = { usage: 'accept', mechanisms: ['krb5', 'spnego'] } as const
        const credential = given ? await Credential.acquire(own as never) : undefined
        const acceptor = new Acceptor({ mechanism: 'spnego', credential })
        const hints = await acceptor.step(nothing)
        assert.ok(hints)
        assert.ok(readNegotiation(hints)?.offered?.includes(KRB5))
        assert.equal(acceptor.complete, false)
        const initiator = new Initiator({ target: SERVICE, mechanism: 'spnego' })
        await converse({ initiator, acceptor })
        assert.equal(initiator.complete && acceptor.complete, true)
        assert.equal(acceptor.mechanism, 'krb5')
        assert.equal(acceptor.unwrap(initiator.wrap(Buffer.from('m'))).message.toString(), 'm')
      }
    })
  }

  it('stepSync does the same', () => {
    const acceptor = new Acceptor({ mechanism: 'spnego' })
    assert.ok(acceptor.stepSync(null))
    assert.throws(() => acceptor.stepSync(null), { code: 'ERR_INVALID_ARG_TYPE' })
    assert.throws(() => acceptor.stepSync(NONE), { code: 'GSS_S_DEFECTIVE_TOKEN' })
  })

  it('holds what comes then to the same rules', async () => {
    const acceptor = new Acceptor({ mechanism: 'spnego' })
    await acceptor.step(null)
    const bare = await firstToken(newPair({ initiator: { mechanism: 'krb5' } }).initiator)
    for (const token of [NTLM_NEGOTIATE, bare]) {
      assert.equal((await failure(() => acceptor.step(token))).code, 'GSS_S_BAD_MECH')
    }
    assert.equal(acceptor.complete, false)
  })

  it('an acceptor that does not name SPNEGO takes no empty token', async () => {
    for (const options of [{}, { mechanism: 'krb5' }]) {
      const acceptor = new Acceptor(options)
      assert.equal((await failure(() => acceptor.step(NONE))).code, 'GSS_S_DEFECTIVE_TOKEN')
      assert.equal((await failure(() => acceptor.step(null))).code, 'ERR_INVALID_ARG_TYPE')
    }
  })

  it('an initiator that is given the offer in place of a reply refuses it', async () => {
    const hints = await new Acceptor({ mechanism: 'spnego' }).step(null)
    const { initiator } = newPair({ initiator: { mechanism: 'spnego' } })
    await initiator.step()
    assert.match((await failure(() => initiator.step(hints))).code, /^GSS_S_/)
    assert.equal(initiator.complete, false)
  })
})
