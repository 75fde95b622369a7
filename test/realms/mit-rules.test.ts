import assert from 'node:assert/strict'
import { Acceptor, Credential, Initiator, Name } from 'gssapi'
import { Realm } from 'gssapi/testing'
import { converse, established, failure, HOST, MECHANISMS, withEnv } from '../helpers/handshake'

const ALICE = 'alice@EXAMPLE.TEST'
const CAROL = 'carol@OTHER.TEST'

/** One service, on two hosts and in two realms, and another one; their keys are in one keytab. */
const SERVICES = {
  here: `test/${HOST}@EXAMPLE.TEST`,
  'on another host': 'test/second.example.test@EXAMPLE.TEST',
  'in another realm': `test/${HOST}@OTHER.TEST`,
  'another service': `print/${HOST}@EXAMPLE.TEST`,
}
type Service = keyof typeof SERVICES
const ALL = Object.keys(SERVICES) as Service[]

/** docs/rules.md: what MIT documents of its krb5 mechanism, as far as no other test is about it. */
describe('MIT’s documented rules', () => {
  let realm: Realm
  let other: Realm
  let restore: () => void
  let carol = ''

  before('two realms, one keytab', async () => {
    other = await Realm.create({ realm: 'OTHER.TEST', principals: { carol: 'dodo-3' } })
    realm = await Realm.create({
      principals: { alice: 'white-Rabbit-7', bob: 'cheshire-5' },
      services: [`test@${HOST}`, 'test@second.example.test', `print@${HOST}`],
      krb5Conf: `[realms]\n OTHER.TEST = {\n  kdc = 127.0.0.1:${other.kdcPort}\n }\n`,
    })
    await other.addService(`test@${HOST}`, { keytab: realm.keytab })
    await realm.addService(`absent@${HOST}`, { keytab: false })
    restore = realm.use()
    await realm.kinit('alice')
    carol = `FILE:${realm.dir}/carol`
    await other.kinit('carol', { ccache: carol })
  })

  after(async () => {
    restore()
    await Promise.all([realm.dispose(), other.dispose()])
  })

  /** Which of the services an acceptor lets clients authenticate to, and as whom it sees them. */
  async function lets(options: ConstructorParameters<typeof Acceptor>[0], mechanism: string) {
    const found: Service[] = []
    for (const service of ALL) {
      const elsewhere = service === 'in another realm'
      const credential = await Credential.acquire(elsewhere ? { store: { ccache: carol } } : {})
      const target = Name.principal(SERVICES[service])
      const pair = {
        initiator: new Initiator({ target, credential, mechanism }),
        acceptor: new Acceptor(options),
      }
      try {
        await converse(pair)
      } catch (error) {
        assert.match((error as { minorName: string }).minorName, /AP_(ERR_NOT_US|WRONG_PRINC)$/)
        continue
      }
      assert.equal(String(pair.acceptor.initiatorName), elsewhere ? CAROL : ALICE)
      assert.equal(String(pair.acceptor.acceptorName), SERVICES[service])
      found.push(service)
    }
    return found
  }

  for (const mechanism of MECHANISMS) {
    describe(`${mechanism}: clients may authenticate`, () => {
      it('to any service of the keytab, where the acceptor has no credential', async () => {
        assert.deepEqual(await lets({}, mechanism), ALL)
      })

      for (const usage of ['accept', 'both'] as const) {
        it(`to any service of the keytab, where its credential (${usage}) has no name`, async () => {
          const credential = await Credential.acquire({ usage })
          assert.deepEqual(await lets({ credential }, mechanism), ALL)
        })
      }

      const NAMES: [string, Name, Service[]][] = [
        [
          'on any host and in any realm, where its name is a service',
          Name.service('test'),
          ['here', 'on another host', 'in another realm'],
        ],
        [
          'in any realm, where its name is a service on a host',
          Name.service('test', HOST),
          ['here', 'in another realm'],
        ],
        ['to that principal alone which is its name', Name.principal(SERVICES.here), ['here']],
        ['to that principal alone which its local name is', Name.user(SERVICES.here), ['here']],
        ['to that principal alone which text of no type is', Name.import(SERVICES.here), ['here']],
      ]
      for (const [title, name, services] of NAMES) {
        it(title, async () => {
          const credential = await Credential.acquire({ usage: 'accept', name })
          assert.deepEqual(await lets({ credential }, mechanism), services)
        })
      }
    })
  }

  it('a service that the keytab lacks is no acceptor’s', async () => {
    const target = `absent@${HOST}`
    const error = await failure(() => established({ initiator: { target } }))
    assert.match(error.minorName ?? '', /^KRB5KRB_AP_(ERR_NOT_US|WRONG_PRINC)$|^KRB5_KT_NOTFOUND$/)
  })

  it('the default keytab is that of KRB5_KTNAME', async () => {
    const keytab = await realm.extractKeytab(`print/${HOST}`)
    await withEnv({ KRB5_KTNAME: keytab }, async () => {
      assert.deepEqual(await lets({}, 'krb5'), ['another service'])
    })
  })

  it('an acceptor’s credential without a name tells one of the keytab', async () => {
    for (const mechanism of MECHANISMS) {
      const credential = await Credential.acquire({ usage: 'accept', mechanisms: [mechanism] })
      assert.equal(String((await credential.inquire()).name), SERVICES.here)
    }
  })

  it('a credential for both sides logs on by the client keytab, and accepts by the keytab', async () => {
    const { keytab } = realm
    const store = { ccache: 'MEMORY:both', keytab, clientKeytab: await realm.extractKeytab('bob') }
    const credential = await Credential.acquire({ usage: 'both', store, mechanisms: ['krb5'] })
    const { name, usage } = await credential.inquire()
    assert.deepEqual([String(name), usage], ['bob@EXAMPLE.TEST', 'both'])
    const { acceptor } = await established({ initiator: { credential }, acceptor: { credential } })
    assert.equal(String(acceptor.initiatorName), 'bob@EXAMPLE.TEST')
  })

  it('text of no type, and a user’s name, are read as principals', async () => {
    for (const [text, principal] of [
      ['alice', ALICE],
      ['test/h@OTHER.TEST', 'test/h@OTHER.TEST'],
    ] as const) {
      for (const name of [Name.import(text), Name.user(text), Name.principal(text)]) {
        assert.equal(String(await name.canonicalize({ mechanism: 'krb5' })), principal)
      }
    }
  })

  it('a principal’s name is krb5’s, and others are also for other mechanisms', () => {
    assert.equal(Name.principal('alice').mechanisms().includes('spnego'), false)
    for (const name of [Name.user('alice'), Name.service('test')]) {
      assert.ok(name.mechanisms().includes('krb5') && name.mechanisms().includes('spnego'))
    }
  })

  it('an anonymous name is the anonymous principal, whatever its value', async () => {
    for (const name of [Name.anonymous(), Name.import('alice', 'anonymous')]) {
      assert.equal(String(await name.canonicalize()), 'WELLKNOWN/ANONYMOUS@WELLKNOWN:ANONYMOUS')
    }
  })

  describe('an exported credential', () => {
    it('is whole after it was exported, and may be so again', async () => {
      const credential = await Credential.acquire({ name: ALICE })
      const tokens = [await credential.export(), await credential.export()]
      for (const each of [
        credential,
        ...(await Promise.all(tokens.map((t) => Credential.import(t)))),
      ]) {
        const { acceptor } = await established({ initiator: { credential: each } })
        assert.equal(String(acceptor.initiatorName), ALICE)
      }
    })

    it('names the files of its cache and keytab, and does not hold them', async () => {
      const ccache = await realm.kinit('bob', { ccache: 'bob' })
      const credential = await Credential.acquire({ name: 'bob', store: { ccache } })
      const token = await credential.export()
      assert.ok(token.includes(`${realm.dir}/bob`))
      const store = { keytab: realm.keytab }
      const acceptor = await Credential.acquire({ usage: 'accept', store })
      assert.ok((await acceptor.export()).includes(realm.keytab))
      await realm.kinit('alice', { ccache: 'bob' })
      const copy = await Credential.import(token)
      const error = await failure(() => established({ initiator: { credential: copy } }))
      assert.match(error.code, /^GSS_S_/)
    })

    it('in memory holds its tickets, which nobody else has any more', async () => {
      const password = 'cheshire-5'
      const credential = await Credential.acquire({ name: 'bob', password, mechanisms: ['krb5'] })
      const token = await credential.export()
      credential.dispose()
      const copy = await Credential.import(token)
      const { acceptor } = await established({ initiator: { credential: copy } })
      assert.equal(String(acceptor.initiatorName), 'bob@EXAMPLE.TEST')
    })
  })
})
