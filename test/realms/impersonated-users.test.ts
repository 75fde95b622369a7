import assert from 'node:assert/strict'
import { Acceptor, Credential, Initiator, Name } from 'gssapi'
import { assertHint } from '../helpers/failure'
import {
  converse,
  failure,
  HOST,
  MECHANISMS,
  PASSWORD,
  PRINCIPAL,
  SERVICE,
} from '../helpers/handshake'
import { useRealm } from '../helpers/realm'

const full = (user: string) => `${user}@EXAMPLE.TEST`

/** S4U2Self, by the state of the user's account and the form of the user's name. The KDC needs no rule for it. */
describe('whom a service may impersonate (S4U2Self)', () => {
  const realm = useRealm({
    principals: {
      bob: PASSWORD,
      changing: { password: PASSWORD, attributes: ['+needchange'] },
      outdated: PASSWORD,
      gone: PASSWORD,
      sensitive: { password: PASSWORD, attributes: ['-allow_forwardable'] },
      locked: { password: PASSWORD, attributes: ['-allow_tix'] },
    },
    services: [SERVICE, `plain@${HOST}`],
  })
  let caches = 0

  before('what time has done to accounts', async () => {
    await realm().kadmin('modify_principal -pwexpire "2000-01-01" outdated')
    await realm().kadmin('modify_principal -expire "2000-01-01" gone')
  })

  function own(usage: 'initiate' | 'both' = 'initiate', service = PRINCIPAL): Promise<Credential> {
    const { keytab } = realm()
    const store = { ccache: `MEMORY:own${caches++}`, keytab, clientKeytab: keytab }
    return Credential.acquire({ name: Name.principal(service), usage, store })
  }

  /** Whom the service sees where it goes to itself in the user's name. */
  async function seen(user: string | Name, mechanism = 'krb5', target: string | Name = SERVICE) {
    const credential = await (await own()).impersonate(user, { mechanisms: [mechanism] })
    const acceptor = new Acceptor()
    await converse({ initiator: new Initiator({ credential, target, mechanism }), acceptor })
    return String(acceptor.initiatorName)
  }

  for (const mechanism of MECHANISMS) {
    for (const user of ['bob', 'changing', 'outdated', 'sensitive']) {
      it(`${mechanism}: ${user}, whatever the password is`, async () => {
        assert.equal(await seen(user, mechanism), full(user))
      })
    }

    it(`${mechanism}: not a locked account, nor one that has expired`, async () => {
      for (const [user, minorName, hint] of [
        ['locked', 'KRB5KDC_ERR_CLIENT_REVOKED', /locked or disabled/],
        ['gone', 'KRB5KDC_ERR_NAME_EXP', /account has expired/],
        ['nobody', 'KRB5KDC_ERR_C_PRINCIPAL_UNKNOWN', /does not know the client's principal/],
      ] as const) {
        const error = await failure(() => seen(user, mechanism))
        assert.equal(error.call, 'gss_acquire_cred_impersonate_name')
        assert.equal(error.minorName, minorName)
        assertHint(error, hint)
      }
    })
  }

  it('by an enterprise name, which the KDC takes for the user’s', async () => {
    assert.equal(await seen(Name.enterprise('bob')), full('bob'))
  })

  it('to a target by service and host, or by principal', async () => {
    for (const target of [SERVICE, Name.service('test', HOST), Name.principal(PRINCIPAL)]) {
      assert.equal(await seen('bob', 'krb5', target), full('bob'))
    }
  })

  it('no user of a realm that nobody here trusts', async () => {
    const error = await failure(() => seen('bob@OTHER.TEST'))
    assert.equal(error.minorName, 'KRB5KDC_ERR_S_PRINCIPAL_UNKNOWN')
  })

  it('a user who may not be delegated gets a ticket that cannot go further', async () => {
    const forwardable: boolean[] = []
    for (const user of ['bob', 'sensitive']) {
      const credential = await (await own()).impersonate(user)
      const acceptor = new Acceptor({ credential: await own('both') })
      await converse({ initiator: new Initiator({ credential, target: SERVICE }), acceptor })
      forwardable.push(acceptor.krb5.ticketFlags().forwardable)
    }
    assert.deepEqual(forwardable, [true, false])
  })

  it('a credential that impersonates somebody impersonates nobody else', async () => {
    const credential = await (await own()).impersonate('bob')
    const error = await failure(() => credential.impersonate('changing'))
    assert.match(error.code, /^GSS_S_/)
  })

  it('only who was asked for stands in the error, and nobody of an earlier one', async () => {
    const wrong = (name: string) =>
      failure(() => Credential.acquire({ name, password: PASSWORD, mechanisms: ['krb5'] }))
    const service = await own()
    for (let i = 0; i < 8; i++) {
      // On every thread, and more than once.
      await Promise.all(Array.from({ length: 8 }, () => wrong('somebody-else')))
      for (const mechanisms of [['krb5'], ['spnego']]) {
        const error = await failure(() => service.impersonate('nobody', { mechanisms }))
        assert.equal(error.minorName, 'KRB5KDC_ERR_C_PRINCIPAL_UNKNOWN')
        assert.deepEqual(error.minorMessages, ['Client not found in Kerberos database'])
        assert.doesNotMatch(`${error.message}${error.hint}`, /somebody-else/)
      }
    }
    const base = await Credential.acquire({ usage: 'accept' })
    await wrong('somebody-else')
    const options = { mechanism: 'krb5', name: 'nobody', impersonator: service } as const
    const error = await failure(() => base.add(options))
    assert.doesNotMatch(error.message, /somebody-else/)
  })
})
