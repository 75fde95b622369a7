import assert from 'node:assert/strict'
import { Credential, Initiator, Name } from 'gssapi'
import {
  converse,
  failure,
  firstToken,
  heimdal,
  itUnless,
  newPair,
  onHeimdal,
  PRINCIPAL,
  SUITE,
} from '../helpers/handshake'
import { useRealm } from '../helpers/realm'

/** RFC 8062's, of whom no ticket is asked for as an anonymous one. */
const NOBODY = 'WELLKNOWN/ANONYMOUS'
const BOB = 'bob@EXAMPLE.TEST'
const OTHER = 'other@server.example.test'
const NOT_HEIMDAL = heimdal('7.8 lacks gss_acquire_cred_impersonate_name')

/** The KDC's database of these suites does S4U2Self and refuses S4U2Proxy, for which it has no rules. */
describe('impersonation (S4U2Self)', () => {
  const realm = useRealm({
    ...SUITE,
    principals: { ...SUITE.principals, bob: 'a-password-nobody-uses', [NOBODY]: 'public' },
    services: [...SUITE.services, OTHER],
  })
  let caches = 0

  /** The service's own credential, by its key. */
  function service(usage: 'initiate' | 'both'): Promise<Credential> {
    const { keytab } = realm()
    return Credential.acquire({
      name: Name.principal(PRINCIPAL),
      usage,
      store: { ccache: `MEMORY:service${caches++}`, keytab, clientKeytab: keytab },
    })
  }

  for (const usage of ['initiate', 'both'] as const) {
    itUnless(
      NOT_HEIMDAL,
      `a service (${usage}) gets a ticket to itself in a user's name`,
      async () => {
        const impersonator = await service(usage)
        const credential = await impersonator.impersonate(BOB)
        assert.equal(String(credential.name), BOB)
        assert.equal(credential.usage, 'initiate')
        assert.ok(credential.lifetime! > 3600)
        assert.deepEqual(credential.mechanisms, ['krb5'])
        const { name, usage: found } = await credential.inquire()
        assert.equal(String(name), BOB)
        assert.equal(found, 'initiate')
        const pair = newPair({ initiator: { credential, target: Name.principal(PRINCIPAL) } })
        await converse(pair)
        assert.equal(String(pair.acceptor.initiatorName), BOB)
      },
    )
  }

  itUnless(
    NOT_HEIMDAL,
    'who is nobody, with a realm of somebody’s, is let in only where that is allowed',
    async () => {
      const credential = await (await service('initiate')).impersonate(`${NOBODY}@EXAMPLE.TEST`)
      const options = { initiator: { credential, target: Name.principal(PRINCIPAL) } }
      const { initiator, acceptor } = newPair(options)
      const token = await firstToken(initiator)
      const error = await failure(() => acceptor.step(token))
      assert.equal(error.code, 'ERR_GSS_PROTECTION_NOT_GRANTED')
      assert.match(error.message, /granted but not allowed: anonymous/)
      const pair = newPair({ ...options, acceptor: { allowAnonymous: true } })
      await converse(pair)
      assert.equal(String(pair.acceptor.initiatorName), `${NOBODY}@EXAMPLE.TEST`)
      assert.equal(pair.acceptor.flags.anonymous, true)
    },
  )

  itUnless(NOT_HEIMDAL, 'the user may be a Name, and the mechanism chosen', async () => {
    const impersonator = await service('initiate')
    const user = Name.user('bob')
    const credential = await impersonator.impersonate(user, { mechanisms: ['krb5'], lifetime: 600 })
    assert.equal(String((await credential.inquire()).name), BOB)
  })

  itUnless(NOT_HEIMDAL, 'a user that does not exist is told apart by the KDC’s code', async () => {
    const impersonator = await service('initiate')
    const error = await failure(() => impersonator.impersonate('nobody@EXAMPLE.TEST'))
    assert.equal(error.minorName, 'KRB5KDC_ERR_C_PRINCIPAL_UNKNOWN')
  })

  itUnless(
    NOT_HEIMDAL,
    'where the KDC has no rule for it, the service initiates nothing in the user’s name',
    async () => {
      const impersonator = await service('initiate')
      const credential = await impersonator.impersonate(BOB)
      const error = await failure(() => new Initiator({ credential, target: OTHER }).step())
      assert.equal(error.minorName, 'KRB5KDC_ERR_BADOPTION')
    },
  )
  itUnless(NOT_HEIMDAL, 'a credential without a ticket impersonates nobody', async () => {
    const acceptor = await Credential.acquire({ usage: 'accept' })
    const error = await failure(() => acceptor.impersonate(BOB))
    assert.equal(error.code, 'GSS_S_NO_CRED')
  })

  itUnless(
    !onHeimdal && 'only where the library lacks it',
    'Heimdal refuses with its own code',
    async () => {
      const credential = await Credential.acquire()
      const error = await failure(() => credential.impersonate(BOB))
      assert.equal(error.code, 'ERR_GSS_UNSUPPORTED')
      assert.equal(error.call, 'gss_acquire_cred_impersonate_name')
    },
  )
})
