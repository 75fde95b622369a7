import assert from 'node:assert/strict'
import { Credential, Name, verifyPassword } from 'gssapi'
import { failure, onHeimdal, SERVICE } from '../helpers/handshake'
import { useLdapRealm } from '../helpers/ldap-realm'

const ALICE = 'alice@EXAMPLE.TEST'
const PASSWORD = 'white-Rabbit-7'

describe('users whom the KDC knows by other names, and krb5.conf leaves names to the KDC', () => {
  const site = useLdapRealm({
    principals: { alice: PASSWORD, mallory: 'a-Password-of-their-own' },
    services: [SERVICE],
    libdefaults: { canonicalize: true },
  })

  before('other names', function () {
    if (onHeimdal) this.skip() // it has no `canonicalize`
    site().alias('alice', 'ALICE', 'Alice', 'al', 'al@corp.example')
    site().alias('mallory', 'bob')
  })

  const options = { service: SERVICE }
  const verified = async (user: string | Name, password = PASSWORD, more = {}) =>
    String(await verifyPassword(user, password, { ...options, ...more }))
  const code = async (user: string | Name, password = PASSWORD, more = {}) =>
    (await failure(() => verifyPassword(user, password, { ...options, ...more }))).code

  it('the case of letters does not matter, and the name is the KDC’s', async () => {
    for (const user of ['alice', 'ALICE', 'Alice@EXAMPLE.TEST', Name.user('ALICE')]) {
      assert.equal(await verified(user), ALICE)
    }
    assert.equal(await code('ALICE', 'mistyped'), 'ERR_GSS_PASSWORD_WRONG')
  })

  it('a ticket that is made out to somebody else is no proof, whoever’s password it was', async () => {
    const error = await failure(() => verifyPassword('bob', 'a-Password-of-their-own', options))
    assert.equal(error.code, 'ERR_GSS_USER_MISMATCH')
    assert.equal(
      error.hint,
      'The KDC knows the user by another name than the one given. If that is to be: give Name.enterprise(), or the name that the KDC has, and take the name that comes back for what the user may do. Otherwise somebody answered in the place of the KDC, with another user’s ticket.',
    )
    assert.equal(await code('al'), 'ERR_GSS_USER_MISMATCH')
    assert.equal(await code(Name.user('bob'), 'a-Password-of-their-own'), 'ERR_GSS_USER_MISMATCH')
  })

  it('an enterprise name is what the KDC says', async () => {
    assert.equal(await verified(Name.enterprise('al@corp.example')), ALICE)
    assert.equal(await code(Name.enterprise('al@corp.example'), 'x'), 'ERR_GSS_PASSWORD_WRONG')
  })

  it('held to realms, the answer is held to them too', async () => {
    const realms = ['EXAMPLE.TEST']
    assert.equal(await verified('ALICE', PASSWORD, { realms }), ALICE)
    assert.equal(await verified(Name.enterprise('al@corp.example'), PASSWORD, { realms }), ALICE)
    const other = { realms: ['CORP.EXAMPLE'] }
    assert.equal(await code('alice', PASSWORD, other), 'ERR_GSS_REALM_NOT_ALLOWED')
    const enterprise = Name.enterprise('al@corp.example')
    assert.equal(await code(enterprise, PASSWORD, other), 'ERR_GSS_REALM_NOT_ALLOWED')
    const name = enterprise
    const credential = await Credential.acquire({ name, password: PASSWORD, realms })
    assert.equal(String((await credential.inquire()).name), ALICE)
    credential.dispose()
  })
})
