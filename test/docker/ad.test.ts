import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Acceptor, Credential, Initiator, Name } from 'gssapi'
import { failure } from '../helpers/failure'
import { converse, MECHANISMS, withEnv } from '../helpers/handshake'

/** What docker/ad exports, as docker/compose.yml mounts it. */
const EXPORT = '/domain'
const KEYTABS = `${EXPORT}/keytabs`
const HOST = 'client.ad.example.test'
const REALM = 'AD.EXAMPLE.TEST'
const principal = (service: string) => `${service}/${HOST}@${REALM}`

describe('the domain that docker/ad makes', () => {
  let folder = ''
  let caches = 0
  const inDomain = <T>(body: () => Promise<T>) =>
    withEnv(
      {
        KRB5_CONFIG: `${EXPORT}/krb5.conf`,
        KRB5CCNAME: `FILE:${folder}/none`,
        KRB5RCACHEDIR: folder,
      },
      body,
    )

  before(() => (folder = mkdtempSync(path.join(tmpdir(), 'gssapi-docker-'))))
  after(() => rmSync(folder, { recursive: true, force: true }))

  /** Whom the service, by its exported keys, takes the owner of a credential for. */
  async function seenBy(service: string, credential: Credential, mechanism = 'krb5') {
    const keytab = `${KEYTABS}/${service === 'gryphon' ? service : `${service}_${HOST}`}.keytab`
    const pair = {
      initiator: new Initiator({
        credential,
        mechanism,
        target: Name.principal(principal(service)),
      }),
      acceptor: new Acceptor({
        credential: await Credential.acquire({ usage: 'accept', store: { keytab } }),
      }),
    }
    await converse(pair)
    const { message } = pair.acceptor.unwrap(pair.initiator.wrap(Buffer.from('curiouser')))
    assert.equal(String(message), 'curiouser')
    return String(pair.acceptor.initiatorName)
  }

  const logOn = (name: Name | string, password: string, mechanism = 'krb5') =>
    Credential.acquire({ name, password, mechanisms: [mechanism] })

  it('exports a keytab for each service', () => {
    assert.deepEqual(readdirSync(KEYTABS).sort(), [
      `back_${HOST}.keytab`,
      `chat_${HOST}.keytab`,
      'gryphon.keytab',
    ])
  })

  it('exports a krb5.conf that leads other containers to it', () => {
    assert.match(readFileSync(`${EXPORT}/krb5.conf`, 'utf8'), /^ {2}kdc = dc\.ad\.example\.test$/m)
  })

  for (const mechanism of MECHANISMS) {
    it(`${mechanism}: knows the users of AD_USERS, and the services of AD_SERVICES`, () =>
      inDomain(async () => {
        const credential = await logOn(`alice@${REALM}`, 'white-Rabbit-7', mechanism)
        assert.equal(await seenBy('chat', credential, mechanism), `alice@${REALM}`)
      }))
  }

  it('knows the accounts of the mounted file: a logon name of its own, a disabled one', () =>
    inDomain(async () => {
      const credential = await logOn(Name.enterprise('robert@wonderland.test'), 'a-Password-9')
      assert.equal(await seenBy('chat', credential), `bob@${REALM}`)
      const error = await failure(() => logOn(`dinah@${REALM}`, 'cheshire-Cat-5'))
      assert.equal(error.minorName, 'KRB5KDC_ERR_CLIENT_REVOKED')
    }))

  it('an account that may delegate goes on in a user’s name, to the service it may', () =>
    inDomain(async () => {
      const keytab = `${KEYTABS}/gryphon.keytab`
      const own = await Credential.acquire({
        name: Name.principal(`gryphon@${REALM}`),
        store: { ccache: `MEMORY:gryphon${caches++}`, clientKeytab: keytab },
      })
      const bob = await own.impersonate(`bob@${REALM}`)
      assert.equal(await seenBy('back', bob), `bob@${REALM}`)
      const error = await failure(() => seenBy('chat', bob))
      assert.equal(error.minorName, 'KRB5KDC_ERR_BADOPTION')
    }))
})
