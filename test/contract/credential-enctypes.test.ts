import assert from 'node:assert/strict'
import { Credential, type Enctype, Initiator } from 'gssapi'
import {
  ALICE,
  established,
  failure,
  firstToken,
  heimdal,
  itUnless,
  MECHANISMS,
  PASSWORD,
  SERVICE,
  SUITE,
} from '../helpers/handshake'
import { useRealm } from '../helpers/realm'

const AES128 = 'aes128-cts-hmac-sha1-96'
const AES256 = 'aes256-cts-hmac-sha1-96'
const LAX = heimdal('a list of types that it does not know restricts nothing')

describe('encryption types of a credential', () => {
  useRealm({ ...SUITE, encryptionTypes: [AES256, AES128] })

  /** With no service's ticket yet: Heimdal takes one that is there, whatever its key. */
  const initiator = (...enctypes: Enctype[]) =>
    Credential.acquire({ name: ALICE, password: PASSWORD, mechanisms: [...MECHANISMS], enctypes })
  const acceptor = (...enctypes: Enctype[]) => Credential.acquire({ usage: 'accept', enctypes })
  /** Bytes: 16 is AES-128, 32 AES-256. */
  const keySizes = async (pair: Parameters<typeof established>[0]) => {
    const both = await established(pair)
    return [both.initiator.sessionKey().key.length, both.acceptor.sessionKey().key.length]
  }

  for (const mechanism of MECHANISMS) {
    const gap = mechanism === 'spnego' && heimdal('a credential by password is for krb5 alone')
    itUnless(gap, `${mechanism}: the initiator's alone are negotiated`, async () => {
      const any = await initiator()
      assert.deepEqual(await keySizes({ initiator: { mechanism, credential: any } }), [32, 32])
      for (const aes128 of [AES128, 17] as const) {
        const credential = await initiator(aes128)
        assert.deepEqual(await keySizes({ initiator: { mechanism, credential } }), [16, 16])
      }
    })
  }

  it('both sides may agree on the weaker one', async () => {
    const pair = {
      initiator: { credential: await initiator(AES128) },
      acceptor: { credential: await acceptor(AES128) },
    }
    assert.deepEqual(await keySizes(pair), [16, 16])
  })

  itUnless(
    heimdal('an acceptor takes what its krb5.conf permits'),
    'an acceptor refuses a key that it does not allow',
    async () => {
      const credential = await acceptor(AES128)
      const error = await failure(() => established({ acceptor: { credential } }))
      assert.equal(error.code, 'GSS_S_FAILURE')
      assert.match(error.message, /not permitted/)
    },
  )

  itUnless(
    heimdal('an empty list changes nothing'),
    'an empty list allows everything again',
    async () => {
      const credential = await initiator(AES128)
      credential.setEnctypes([])
      assert.deepEqual(await keySizes({ initiator: { credential } }), [32, 32])
    },
  )

  itUnless(LAX, 'a type that the KDC has no key of gets no ticket', async () => {
    const credential = await initiator('camellia256-cts-cmac')
    const error = await failure(() => firstToken(new Initiator({ target: SERVICE, credential })))
    assert.equal(error.code, 'GSS_S_FAILURE')
  })

  itUnless(
    LAX,
    'types that nobody knows are passed over, and none but such get no ticket',
    async () => {
      const unknown = [-(2 ** 31), 9999, 2 ** 31 - 1]
      const credential = await initiator(...unknown, AES128)
      assert.deepEqual(await keySizes({ initiator: { credential } }), [16, 16])
      const begin = async () => {
        const none = await initiator(...unknown)
        await firstToken(new Initiator({ target: SERVICE, credential: none }))
      }
      assert.match((await failure(begin)).code, /^GSS_S_/)
    },
  )

  it('what is no list of types is a mistake, before anybody is asked', async () => {
    const credential = await Credential.acquire()
    const wrong: [unknown, string][] = [
      ['aes128', 'ERR_INVALID_ARG_TYPE'],
      [[null], 'ERR_INVALID_ARG_TYPE'],
      [[1.5], 'ERR_OUT_OF_RANGE'],
      [[2 ** 31], 'ERR_OUT_OF_RANGE'],
      [[NaN], 'ERR_OUT_OF_RANGE'],
      [['aes'], 'ERR_INVALID_ARG_VALUE'],
      [['toString'], 'ERR_INVALID_ARG_VALUE'],
      [new Array(65).fill(17), 'ERR_INVALID_ARG_VALUE'],
    ]
    for (const [value, code] of wrong) {
      const enctypes = value as Enctype[]
      assert.throws(() => credential.setEnctypes(enctypes), { code })
      await assert.rejects(() => Credential.acquire({ enctypes }), { code })
    }
  })
})
