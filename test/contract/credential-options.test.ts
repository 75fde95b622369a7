import assert from 'node:assert/strict'
import { Credential, Name } from 'gssapi'
import {
  delay,
  established,
  failure,
  heimdal,
  itUnless,
  MECHANISMS,
  newPair,
  onHeimdal,
  PASSWORD,
  PRINCIPAL,
  SUITE,
} from '../helpers/handshake'
import { externalKdc } from '../helpers/external-realm'
import { useRealm } from '../helpers/realm'

const OTHER = 'other@server.example.test'
const BOB = 'bob@EXAMPLE.TEST'
const UNKNOWN = onHeimdal ? 'GSS_S_FAILURE' : 'GSS_S_UNAVAILABLE'
const NO_CI_FLAGS = '1.2.752.43.13.29'
/** GSS_KRB5_GET_CRED_IMPERSONATOR. */
const IMPERSONATOR = '1.2.840.113554.1.2.2.5.14'
const UNASKED = { integrity: false, confidentiality: false } as const
const NOT_HEIMDAL = heimdal('7.8 lacks gss_acquire_cred_impersonate_name')

describe('options of a credential', () => {
  const realm = useRealm({
    ...SUITE,
    principals: { ...SUITE.principals, bob: 'a-password-nobody-uses' },
    services: [...SUITE.services, OTHER],
  })
  const seen = async (initiator: NonNullable<Parameters<typeof newPair>[0]>['initiator']) => {
    const { acceptor } = await established({ initiator })
    const { integrity, confidentiality } = acceptor.flags
    return { integrity, confidentiality }
  }

  for (const mechanism of MECHANISMS) {
    it(`${mechanism}: noCiFlags claims only the protection that was asked for`, async () => {
      const none = { integrity: false, confidentiality: false }
      const credential = await Credential.acquire({ noCiFlags: true })
      const common = { mechanism, credential }
      assert.deepEqual(await seen({ ...common, ...UNASKED }), none)
      assert.deepEqual(await seen({ ...common, confidentiality: false }), {
        ...none,
        integrity: true,
      })
      assert.deepEqual(await seen(common), { integrity: true, confidentiality: true })
      const plain = await Credential.acquire()
      assert.deepEqual(await seen({ mechanism, credential: plain, ...UNASKED }), {
        integrity: true,
        confidentiality: true,
      })
    })
  }

  it('setOption sets the same by its object identifier', async () => {
    const credential = await Credential.acquire()
    credential.setOption(NO_CI_FLAGS)
    const { integrity } = await seen({ credential, ...UNASKED })
    assert.equal(integrity, false)
  })

  it('an option that nobody knows is refused by the library', async () => {
    const credential = await Credential.acquire({ mechanisms: ['krb5'] })
    assert.throws(() => credential.setOption('1.3.9999.1'), { code: UNKNOWN })
    assert.throws(() => credential.setOption('1.3.9999.1', Buffer.alloc(100_000)), {
      code: UNKNOWN,
    })
  })

  it('an option whose value the library would follow as pointers is refused', async () => {
    const credential = await Credential.acquire()
    const names = ['1.2.840.113554.1.2.2.5.', '1.2.752.43.13.']
    for (const prefix of names) {
      for (let arc = 1; arc < 40; arc++) {
        if (prefix + String(arc) === NO_CI_FLAGS) continue
        const set = () => credential.setOption(`${prefix}${arc}`, Buffer.alloc(16, 0x41))
        assert.throws(set, { code: 'ERR_GSS_UNSUPPORTED' })
      }
    }
    await established({ initiator: { credential } })
  })

  it('strange arguments are mistakes', async () => {
    const credential = await Credential.acquire()
    for (const option of [null, 5, '', 'x', '1', '1.2.3\0', '9.9.9'] as string[]) {
      assert.throws(() => credential.setOption(option), /"option"/)
      await assert.rejects(() => credential.inquireByOid(option), /"attribute"/)
    }
    for (const value of [null, 'text', 5, [1]] as unknown as Uint8Array[]) {
      assert.throws(() => credential.setOption(NO_CI_FLAGS, value), /"value"/)
    }
    credential.dispose()
    assert.throws(() => credential.setOption(NO_CI_FLAGS), { code: 'ERR_GSS_DISPOSED' })
    assert.throws(() => credential.setEnctypes([]), { code: 'ERR_GSS_DISPOSED' })
    await assert.rejects(() => credential.inquireByOid('1.2.3'), { code: 'ERR_GSS_DISPOSED' })
    await assert.rejects(() => credential.impersonator(), { code: 'ERR_GSS_DISPOSED' })
  })

  const others = externalKdc() !== undefined && 'it needs a KDC of its own, to silence it'
  itUnless(others, 'no option is set while a context uses the credential', async () => {
    const credential = await Credential.acquire({ mechanisms: ['krb5'] })
    await realm().silentKdc()
    const { initiator } = newPair({ initiator: { credential, target: OTHER } })
    const step = initiator.step()
    await delay(200)
    const busy = { code: 'ERR_GSS_CONTEXT_BUSY' }
    assert.throws(() => credential.setEnctypes([]), busy)
    assert.throws(() => credential.setOption(NO_CI_FLAGS), busy)
    await realm().startKdc()
    assert.ok(await step)
    credential.setEnctypes([])
    credential.setOption(NO_CI_FLAGS)
  })

  describe('by object identifier', () => {
    const service = async (): Promise<Credential> => {
      const { keytab } = realm()
      const store = { ccache: 'MEMORY:by-oid', keytab, clientKeytab: keytab }
      return Credential.acquire({ name: Name.principal(PRINCIPAL), store })
    }

    itUnless(NOT_HEIMDAL, 'who impersonates is told, also after a journey', async () => {
      const credential = await (await service()).impersonate(BOB)
      assert.equal(String(await credential.impersonator()), PRINCIPAL)
      const [value] = await credential.inquireByOid(IMPERSONATOR)
      assert.equal(value?.toString(), PRINCIPAL)
      const copy = await Credential.import(await credential.export())
      assert.equal(String(await copy.impersonator()), PRINCIPAL)
    })

    itUnless(NOT_HEIMDAL, 'nobody impersonates with a credential of one’s own', async () => {
      for (const credential of [await Credential.acquire(), await service()]) {
        assert.equal(await credential.impersonator(), null)
        assert.deepEqual(await credential.inquireByOid(IMPERSONATOR), [])
      }
    })

    itUnless(
      !onHeimdal && 'MIT knows it',
      'where the library does not know it that is said',
      async () => {
        const error = await failure(async () => (await Credential.acquire()).impersonator())
        assert.equal(error.code, 'ERR_GSS_UNSUPPORTED')
      },
    )

    it('what nobody knows is refused by the library', async () => {
      const credential = await Credential.acquire({ name: 'alice', password: PASSWORD })
      const error = await failure(() => credential.inquireByOid('1.3.9999.1'))
      assert.equal(error.code, UNKNOWN)
      assert.equal(error.call, 'gss_inquire_cred_by_oid')
    })
  })
})
