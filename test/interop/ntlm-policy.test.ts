import assert from 'node:assert/strict'
import { Acceptor, Credential, Initiator, Name, type Mechanism } from 'gssapi'
import { readNegotiation } from '../../lib/encoding/negotiation-token'
import {
  converse,
  failure,
  firstToken,
  itUnless,
  SERVICE,
  SUITE,
  withEnv,
} from '../helpers/handshake'
import { noNtlm, useNtlm } from '../helpers/ntlm'
import { useRealm } from '../helpers/realm'

const PASSWORD = 'Tea-Party-4'
const BAD_MECH = 'GSS_S_BAD_MECH'
const NOT_GRANTED = 'ERR_GSS_PROTECTION_NOT_GRANTED'
const NO_TICKET = { KRB5CCNAME: 'MEMORY:none' }

const alice = (...mechanisms: Mechanism[]) =>
  Credential.acquire({ name: Name.user('alice@TEST'), password: PASSWORD, mechanisms })

/** What NTLM cannot give is not claimed, and it comes in only where it is named. */
describe('NTLM, which proves the acceptor to nobody', () => {
  useNtlm([`TEST:alice:${PASSWORD}`])
  useRealm(SUITE)

  for (const mechanism of ['ntlm', 'spnego'] as const) {
    const options = async () => ({
      target: SERVICE,
      mechanism,
      negotiate: ['ntlm'],
      credential: await alice('ntlm', 'spnego'),
    })
    const acceptor = async (more: object = {}) =>
      new Acceptor({
        credential: await Credential.acquire({ usage: 'accept', mechanisms: ['ntlm', 'spnego'] }),
        mechanism,
        negotiate: ['ntlm'],
        ...more,
      })

    itUnless(noNtlm, `${mechanism}: an initiator that asks for mutual sends nothing`, async () => {
      const error = await failure(async () => new Initiator(await options()).step())
      assert.equal(error.code, NOT_GRANTED)
      assert.match(error.message, /mutual, which ntlm does not have/)
      const initiator = new Initiator(await options())
      assert.throws(() => initiator.stepSync(), { code: NOT_GRANTED })
      assert.equal(initiator.complete, false)
    })

    itUnless(noNtlm, `${mechanism}: without mutual, nobody claims it`, async () => {
      const pair = {
        initiator: new Initiator({ ...(await options()), mutual: false, delegation: true }),
        acceptor: await acceptor(),
      }
      await converse(pair)
      for (const side of [pair.initiator, pair.acceptor]) {
        assert.equal(side.complete, true)
        assert.equal(side.mechanism, 'ntlm')
        const { mutual, delegation, anonymous, integrity, confidentiality } = side.flags
        assert.deepEqual([mutual, delegation, anonymous], [false, false, false])
        assert.deepEqual([integrity, confidentiality], [true, true])
      }
    })

    itUnless(noNtlm, `${mechanism}: an acceptor that requires mutual takes none`, async () => {
      const initiator = new Initiator({ ...(await options()), mutual: false })
      const token = await firstToken(initiator)
      const server = await acceptor({ require: { mutual: true } })
      const error = await failure(() => server.step(token))
      assert.ok([NOT_GRANTED, BAD_MECH].includes(error.code), error.code)
      assert.equal(server.complete, false)
    })

    itUnless(noNtlm, `${mechanism}: an acceptor that does not name it refuses it`, async () => {
      const token = await firstToken(new Initiator({ ...(await options()), mutual: false }))
      for (const mechanisms of [undefined, ['spnego'], ['ntlm', 'spnego']]) {
        const credential = await Credential.acquire({
          usage: 'accept',
          ...(mechanisms && { mechanisms }),
        })
        for (const more of [{}, { credential }, { mechanism: 'spnego' }]) {
          const server = new Acceptor(more)
          const error = await failure(() => server.step(token))
          assert.equal(error.code, BAD_MECH)
          assert.match(error.message, /ntlm/)
          assert.match(error.hint ?? '', /sent NTLM/)
          assert.equal(server.complete, false)
        }
      }
    })
  }

  itUnless(noNtlm, 'no name has the NUL that the library counts', async () => {
    const pair = {
      initiator: new Initiator({
        target: SERVICE,
        mechanism: 'ntlm',
        mutual: false,
        credential: await alice('ntlm'),
      }),
      acceptor: new Acceptor({ mechanism: 'ntlm' }),
    }
    await converse(pair)
    for (const side of [pair.initiator, pair.acceptor]) {
      assert.equal(String(side.initiatorName), 'TEST\\alice')
    }
    assert.doesNotMatch(String(pair.initiator.acceptorName), /\0/)
    const canonical = await Name.user('alice@TEST').canonicalize({ mechanism: 'ntlm' })
    assert.equal(String(canonical), 'TEST\\alice')
  })

  itUnless(noNtlm, 'SPNEGO without a ticket sends it to nobody', async () => {
    for (const credential of [undefined, await alice('ntlm', 'spnego')]) {
      for (const mutual of [true, false]) {
        const initiator = new Initiator({
          target: SERVICE,
          mechanism: 'spnego',
          mutual,
          credential,
        })
        const error = await withEnv(NO_TICKET, () => failure(() => initiator.step()))
        assert.match(error.code, /^GSS_S_/)
        assert.equal(error.token, undefined)
        assert.equal(initiator.complete, false)
      }
    }
  })

  itUnless(
    noNtlm,
    'SPNEGO with a ticket does not offer it, and offers it where it is named',
    async () => {
      const offered = async (negotiate?: Mechanism[]) => {
        const options = { target: SERVICE, mechanism: 'spnego', mutual: false, negotiate }
        // The default credential: one that is acquired is held to its ticket cache, and has no NTLM.
        const tokens = [await firstToken(new Initiator(options))]
        return tokens.map((token) => new Set(readNegotiation(token)?.offered))
      }
      const [krb5, ntlm] = ['1.2.840.113554.1.2.2', '1.3.6.1.4.1.311.2.2.10']
      for (const set of await offered()) assert.deepEqual([...set], [krb5])
      await withEnv({ NTLM_USER_FILE: process.env['NTLM_USER_FILE'] }, async () => {
        for (const set of await offered(['krb5', 'ntlm'])) assert.deepEqual([...set], [krb5, ntlm])
      })
    },
  )

  itUnless(noNtlm, 'contexts that differ in it share a credential, at once', async () => {
    const own = await Credential.acquire({ usage: 'accept', mechanisms: ['ntlm', 'spnego'] })
    const user = await alice('ntlm', 'spnego')
    const ticket = await Credential.acquire({ mechanisms: ['spnego'] })
    const kinds = [
      { credential: user, negotiate: ['ntlm'], mechanism: 'ntlm' },
      { credential: ticket, negotiate: ['krb5'], mechanism: 'krb5' },
    ]
    const all = Array.from({ length: 12 }, async (_, i) => {
      const { credential, negotiate, mechanism } = kinds[i % 2]!
      const options = { mechanism: 'spnego', negotiate } as const
      const pair = {
        initiator: new Initiator({ target: SERVICE, mutual: false, credential, ...options }),
        acceptor: new Acceptor({ ...(mechanism === 'ntlm' && { credential: own }), ...options }),
      }
      await converse(pair)
      assert.equal(pair.acceptor.mechanism, mechanism)
    })
    await Promise.all(all)
  })

  itUnless(noNtlm, 'what a credential’s owner allows limits it further', async () => {
    const credential = await alice('ntlm', 'spnego')
    credential.setNegotiableMechanisms(['ntlm'])
    const options = { target: SERVICE, mechanism: 'spnego', mutual: false, credential } as const
    const error = await failure(() => new Initiator(options).step())
    assert.equal(error.code, BAD_MECH)
    assert.equal(error.token, undefined)
    assert.deepEqual(credential.negotiableMechanisms, ['ntlm'])
    const token = await firstToken(new Initiator({ ...options, negotiate: ['krb5', 'ntlm'] }))
    assert.deepEqual(readNegotiation(token)?.offered, ['1.3.6.1.4.1.311.2.2.10'])
  })
})
