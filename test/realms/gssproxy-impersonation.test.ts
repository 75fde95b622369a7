import assert from 'node:assert/strict'
import { Acceptor, Credential, Initiator, Name } from 'gssapi'
import { noGssproxy, useGssproxy } from '../helpers/gssproxy'
import { converse, failure, itUnless } from '../helpers/handshake'
import { useLdapRealm } from '../helpers/ldap-realm'

const HOST = 'server.example.test'
const FRONT = `front/${HOST}`
const BOB = 'bob@EXAMPLE.TEST'

describe('a service that acts for its users through gssproxy (impersonate = yes)', () => {
  const site = useLdapRealm({
    principals: { bob: 'a-password-nobody-uses' },
    services: [`back@${HOST}`],
  })
  let backKeytab = ''
  before('a service that may act for anybody', async () => {
    const { realm } = site()
    await realm.addService(`front@${HOST}`, { attributes: ['+ok_to_auth_as_delegate'] })
    site().allow(FRONT, `back/${HOST}`)
    backKeytab = realm.keytab
  })
  useGssproxy(() => ({
    realm: site().realm,
    section: (dir) => [
      `cred_store = keytab:${backKeytab}`,
      `cred_store = client_keytab:${backKeytab}`,
      `cred_store = ccache:${dir}/cc_%U`,
      `krb5_principal = ${FRONT}`,
      'impersonate = yes',
    ],
  }))

  itUnless(noGssproxy, 'acquiring a user’s name initiates in the name of that user', async () => {
    const credential = await Credential.acquire({ name: BOB, mechanisms: ['krb5'] })
    assert.equal(String((await credential.inquire()).name), BOB)
    const pair = {
      initiator: new Initiator({ target: Name.service('back', HOST), credential }),
      acceptor: new Acceptor(),
    }
    await converse(pair)
    assert.equal(String(pair.acceptor.initiatorName), BOB)
  })

  itUnless(noGssproxy, 'impersonate() of a proxied credential fails with a code', async () => {
    const credential = await Credential.acquire({ usage: 'accept', mechanisms: ['krb5'] })
    const error = await failure(() => credential.impersonate(BOB))
    assert.match(error.code, /^(GSS_S_|ERR_GSS_)/)
  })
})
