import assert from 'node:assert/strict'
import { Initiator, SecurityContext } from 'gssapi'
import {
  ALICE,
  converse,
  established,
  failure,
  firstToken,
  heimdal,
  itUnless,
  MECHANISMS,
  newPair,
  type Pair,
  PRINCIPAL,
  SERVICE,
  SUITE,
  secondsLeft,
} from '../helpers/handshake'
import { PLACES, talk } from '../helpers/adopting'
import { useRealm } from '../helpers/realm'

const NO_MESSAGE = heimdal('7.8 gives no message with a token out of its place')
const SIDES = ['initiator', 'acceptor'] as const
type Side = (typeof SIDES)[number]

const peerOf = (pair: Pair, side: Side): SecurityContext =>
  side === 'initiator' ? pair.acceptor : pair.initiator

describe('exported and imported contexts', function () {
  this.timeout(60_000)
  useRealm(SUITE)

  for (const mechanism of MECHANISMS) {
    for (const side of SIDES) {
      describe(`${mechanism}: the ${side}`, () => {
        it('knows all that it knew', async () => {
          const pair = await established({ initiator: { mechanism } })
          const before = pair[side]
          const { flags } = before
          const lifetime = secondsLeft(before)
          const context = await SecurityContext.import(await before.export())
          assert.equal(context.complete, true)
          assert.equal(context.isInitiator, side === 'initiator')
          assert.equal(context.mechanism, 'krb5')
          assert.equal(context.initiatorName?.toString(), ALICE)
          assert.equal(context.acceptorName?.toString(), PRINCIPAL)
          assert.deepEqual(context.flags, flags)
          assert.ok(Math.abs(secondsLeft(context) - lifetime) < 30, String(context.lifetime))
          assert.equal(context.delegatedCredential, null)
        })

        it('goes on with the next numbers, both ways', async () => {
          const pair = await established({ initiator: { mechanism } })
          const peer = peerOf(pair, side)
          talk(pair[side], peer)
          talk(peer, pair[side])
          const context = await SecurityContext.import(await pair[side].export())
          talk(context, peer)
          talk(peer, context)
          const mic = context.getMic(Buffer.from('m'))
          assert.equal(peer.verifyMic(Buffer.from('m'), mic).sequence, 'ok')
        })

        for (const [place, run] of Object.entries(PLACES)) {
          it(`goes on in ${place}, and comes back`, async () => {
            const pair = await established({ initiator: { mechanism } })
            const peer = peerOf(pair, side)
            talk(pair[side], peer)
            const received = ['one', 'two'].map((text) => peer.wrap(Buffer.from(text)))
            const token = await pair[side].export()
            const report = await run({ token, received, say: 'three' })
            assert.deepEqual(report.heard, ['one', 'two'])
            assert.equal(report.isInitiator, side === 'initiator')
            assert.deepEqual([report.user, report.service], [ALICE, PRINCIPAL])
            assert.equal(peer.unwrap(report.said).message.toString(), 'three')
            talk(await SecurityContext.import(report.back), peer)
          })
        }

        it('a message that was read before is a repeated one afterwards', async () => {
          const pair = await established({ initiator: { mechanism } })
          const token = peerOf(pair, side).wrap(Buffer.from('once'))
          pair[side].unwrap(token)
          const context = await SecurityContext.import(await pair[side].export())
          assert.throws(() => context.unwrap(token), { code: 'GSS_S_DUPLICATE_TOKEN' })
        })

        it('ends in who exported it', async () => {
          const pair = await established({ initiator: { mechanism } })
          const context = pair[side]
          const pending = context.export()
          const gone = { code: 'ERR_GSS_DISPOSED' }
          assert.throws(() => context.wrap(Buffer.from('x')), gone)
          await pending
          assert.throws(() => context.wrap(Buffer.from('x')), gone)
          await assert.rejects(context.export(), gone)
          await assert.rejects(context.step(Buffer.from('x')), gone)
          assert.throws(() => context.inquireByOid('1.2.3'), gone)
          assert.equal(context.complete, true)
          assert.equal(context.flags.mutual, true)
          assert.equal(context.mechanism, 'krb5')
          assert.ok(secondsLeft(context) > 0)
          context.dispose()
        })
      })
    }

    it(`${mechanism}: a context without mutual authentication travels as well`, async () => {
      const pair = await established({ initiator: { mechanism, mutual: false } })
      const context = await SecurityContext.import(await pair.initiator.export())
      const token = context.wrap(Buffer.from('one way'))
      assert.equal(pair.acceptor.unwrap(token).message.toString(), 'one way')
      assert.equal(context.flags.mutual, false)
    })

    it(`${mechanism}: a context that has not begun is not exported, and is not harmed`, async () => {
      const pair = newPair({ initiator: { mechanism } })
      const early = await failure(() => pair.initiator.export())
      assert.equal(early.code, 'ERR_GSS_NOT_ESTABLISHED')
      await converse(pair)
      talk(pair.initiator, pair.acceptor)
    })

    it(`${mechanism}: what was not granted is not exported behind the step that finds it out`, async () => {
      const pair = newPair({
        initiator: { mechanism },
        acceptor: { require: { delegation: true } },
      })
      const token = await firstToken(pair.initiator)
      const stepped = failure(() => pair.acceptor.step(token))
      const exported = await failure(() => pair.acceptor.export())
      assert.equal(exported.code, 'GSS_S_NO_CONTEXT')
      assert.equal((await stepped).code, 'ERR_GSS_PROTECTION_NOT_GRANTED')
    })

    it(`${mechanism}: raw is the library’s own token`, async () => {
      const pair = await established({ initiator: { mechanism } })
      const token = await pair.initiator.export({ raw: true })
      assert.notEqual(token.toString('latin1', 0, 4), 'GSSX')
      const context = await SecurityContext.import(token, { raw: true })
      talk(context, pair.acceptor)
    })
  }

  it('messages that wait are protected before the context leaves', async () => {
    const { initiator, acceptor } = await established()
    const first = initiator.wrapAsync(Buffer.from('first'))
    const token = await initiator.export()
    assert.equal(acceptor.unwrap(await first).message.toString(), 'first')
    talk(await SecurityContext.import(token), acceptor)
  })

  it('imported twice there are two, whose messages the peer takes for repeated', async () => {
    const { initiator, acceptor } = await established()
    const token = await initiator.export()
    const [one, two] = await Promise.all([
      SecurityContext.import(token),
      SecurityContext.import(token),
    ])
    acceptor.unwrap(one.wrap(Buffer.from('one')))
    assert.throws(() => acceptor.unwrap(two.wrap(Buffer.from('two'))), {
      code: 'GSS_S_DUPLICATE_TOKEN',
    })
  })

  itUnless(NO_MESSAGE, 'onSequenceError is the importer’s', async () => {
    const { initiator, acceptor } = await established()
    const token = initiator.wrap(Buffer.from('twice'))
    const options = { onSequenceError: 'report' } as const
    const context = await SecurityContext.import(await acceptor.export(), options)
    initiator.wrap(Buffer.from('lost'))
    context.unwrap(token)
    const next = initiator.wrap(Buffer.from('after a gap'))
    assert.equal(context.unwrap(next).sequence, 'gap')
  })

  it('a delegated credential stays with the exporter', async () => {
    const { acceptor } = await established({ initiator: { delegation: true } })
    const token = await acceptor.export()
    const context = await SecurityContext.import(token)
    assert.equal(context.flags.delegation, true)
    assert.equal(context.delegatedCredential, null)
    const credential = acceptor.delegatedCredential
    assert.ok(credential)
    assert.equal(String((await credential.inquire()).name), ALICE)
  })

  it('a context of the DCE style, and one of integrity alone', async () => {
    const dce = await established({ initiator: { dceStyle: true } })
    talk(await SecurityContext.import(await dce.acceptor.export()), dce.initiator)
    const plain = await established({ initiator: { confidentiality: false } })
    talk(await SecurityContext.import(await plain.acceptor.export()), plain.initiator)
  })

  it('an export that is aborted before it begins changes nothing', async () => {
    const { initiator, acceptor } = await established()
    const error = await failure(() => initiator.export({ signal: AbortSignal.abort() }))
    assert.equal(error.code, 'ABORT_ERR')
    talk(initiator, acceptor)
  })

  it('an export that is aborted while it waits changes nothing', async () => {
    const { initiator, acceptor } = await established()
    const control = new AbortController()
    const first = initiator.wrapAsync(Buffer.alloc(4_000_000))
    const pending = failure(() => initiator.export({ signal: control.signal }))
    control.abort()
    assert.equal((await pending).code, 'ABORT_ERR')
    acceptor.unwrap(await first)
    acceptor.unwrap(await initiator.wrapAsync(Buffer.from('behind what was aborted')))
    talk(initiator, acceptor)
  })

  it('an export that is aborted does not undo dispose()', async () => {
    const { initiator } = await established()
    const control = new AbortController()
    void initiator.wrapAsync(Buffer.alloc(4_000_000))
    const pending = failure(() => initiator.export({ signal: control.signal }))
    initiator.dispose()
    control.abort()
    assert.equal((await pending).code, 'ABORT_ERR')
    assert.ok(isDisposed(initiator))
  })

  it('dispose() while an export is pending does not spoil it', async () => {
    const { initiator, acceptor } = await established()
    const pending = initiator.export()
    initiator.dispose()
    talk(await SecurityContext.import(await pending), acceptor)
    assert.ok(isDisposed(initiator))
  })

  it('a context that failed has nothing to export', async () => {
    const initiator = new Initiator({ target: SERVICE })
    await initiator.step()
    await failure(() => initiator.step(Buffer.from('nonsense')))
    const error = await failure(() => initiator.export())
    assert.equal(error.code, 'GSS_S_NO_CONTEXT')
  })
})

function isDisposed(context: SecurityContext): boolean {
  try {
    context.overhead()
    return false
  } catch (error) {
    return (error as { code?: string }).code === 'ERR_GSS_DISPOSED'
  }
}
