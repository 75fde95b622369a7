import assert from 'node:assert/strict'
import { Acceptor, Credential, Initiator, Name } from 'gssapi'
import { Realm } from 'gssapi/testing'
import { converse, failure, MECHANISMS, type Pair } from '../helpers/handshake'

const TRUST = 'a-shared-secret-of-two-realms'
const ALICE = 'alice@NEAR.TEST'
const far = (service: string) => `${service}/server.far.test@FAR.TEST`

/** NEAR is trusted by MIDDLE, and MIDDLE by FAR: a ticket of FAR's for alice has passed through MIDDLE. */
describe('a trust between realms', () => {
  let near: Realm
  let middle: Realm
  let distant: Realm
  let restore: () => void
  let keytab = ''

  const block = (realm: Realm) => ` ${realm.realm} = {\n  kdc = 127.0.0.1:${realm.kdcPort}\n }\n`
  const capaths =
    '[capaths]\n NEAR.TEST = {\n  FAR.TEST = MIDDLE.TEST\n  MIDDLE.TEST = .\n }\n' +
    ' MIDDLE.TEST = {\n  FAR.TEST = .\n }\n' +
    ' FAR.TEST = {\n  NEAR.TEST = MIDDLE.TEST\n }\n'

  before('three realms', async () => {
    distant = await Realm.create({ realm: 'FAR.TEST', krb5Conf: capaths })
    await distant.addService('test@server.far.test')
    await distant.addService('other@server.far.test')
    keytab = distant.keytab
    middle = await Realm.create({
      realm: 'MIDDLE.TEST',
      krb5Conf: `[realms]\n${block(distant)}${capaths}`,
    })
    near = await Realm.create({
      realm: 'NEAR.TEST',
      principals: { alice: 'white-Rabbit-7', mallory: 'x' },
      krb5Conf:
        `[realms]\n${block(distant)}${block(middle)}${capaths}` +
        '[domain_realm]\n .far.test = FAR.TEST\n',
    })
    for (const [from, to] of [
      [near, middle],
      [middle, distant],
    ] as const) {
      for (const realm of [from, to]) {
        await realm.addPrincipal(`krbtgt/${to.realm}@${from.realm}`, TRUST)
      }
    }
    restore = near.use()
    await near.kinit('alice')
  })

  after(async () => {
    restore()
    await Promise.all([near.dispose(), middle.dispose(), distant.dispose()])
  })

  async function reach(target: string | Name, mechanism = 'krb5'): Promise<Pair> {
    const credential = await Credential.acquire({ usage: 'accept', store: { keytab } })
    const pair = {
      initiator: new Initiator({ target, mechanism }),
      acceptor: new Acceptor({ credential }),
    }
    await converse(pair)
    return pair
  }

  for (const mechanism of MECHANISMS) {
    it(`${mechanism}: a service two realms away knows the initiator by its own realm`, async () => {
      const { initiator, acceptor } = await reach(far('test'), mechanism)
      assert.equal(acceptor.complete, true)
      const name = acceptor.initiatorName
      assert.ok(name)
      assert.equal(String(name), ALICE)
      assert.ok(name.equals(Name.principal(ALICE)))
      assert.equal(name.equals(Name.principal('alice@FAR.TEST')), false)
      assert.equal(String(initiator.acceptorName), far('test'))
      assert.equal(String(acceptor.unwrap(initiator.wrap(Buffer.from('hi'))).message), 'hi')
    })
  }

  it('a host-based name finds its realm by [domain_realm]', async () => {
    const { initiator, acceptor } = await reach('other@server.far.test')
    assert.equal(String(acceptor.initiatorName), ALICE)
    assert.equal(String(initiator.acceptorName), far('other'))
  })

  it('a service that the distant realm does not know is unknown there', async () => {
    const error = await failure(() => new Initiator({ target: far('none') }).step())
    assert.equal(error.minorName, 'KRB5KDC_ERR_S_PRINCIPAL_UNKNOWN')
  })

  it('a realm that nobody trusts is not reached', async () => {
    const error = await failure(() => new Initiator({ target: 'test/a.b@NOWHERE.TEST' }).step())
    assert.match(
      error.minorName ?? '',
      /^KRB5(KDC_ERR_S_PRINCIPAL_UNKNOWN|_KDC_UNREACH|_REALM_UNKNOWN|_CC_NOTFOUND)$/,
    )
  })

  it('an acceptor of a service takes tickets of any realm for it', async () => {
    const usage = 'accept'
    const credential = await Credential.acquire({
      usage,
      name: 'test@server.far.test',
      store: { keytab },
    })
    const pair = {
      initiator: new Initiator({ target: far('test') }),
      acceptor: new Acceptor({ credential }),
    }
    await converse(pair)
    assert.equal(pair.acceptor.complete, true)
    const token = await new Initiator({ target: far('other') }).step()
    assert.ok(token)
    const error = await failure(() => new Acceptor({ credential }).step(token))
    assert.match(error.code, /^GSS_S_/)
  })
})
