import assert from 'node:assert/strict'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { Credential } from 'gssapi'
import { Realm } from 'gssapi/testing'
import {
  ALICE,
  established,
  failure,
  heimdal,
  HOST,
  itUnless,
  MECHANISMS,
  SERVICE,
  withEnv,
} from '../helpers/handshake'

const GAP = heimdal('7.8 takes the primary cache, whatever the target')
const CAROL = 'carol@OTHER.TEST'

describe('selection from a cache collection', () => {
  let realm: Realm
  let other: Realm
  let restore: () => void
  let home: string
  const collection = () => `${realm.dir}/collection`
  const inCollection = <T>(body: () => Promise<T>) =>
    withEnv({ KRB5CCNAME: `DIR:${collection()}`, HOME: home }, body)
  const initiatorFor = async (target: string, mechanism = 'krb5') => {
    const { acceptor } = await established({ initiator: { target, mechanism } })
    return String(acceptor.initiatorName)
  }

  before('two realms, three users, one collection', async () => {
    other = await Realm.create({ realm: 'OTHER.TEST', principals: { carol: 'dodo-3' } })
    realm = await Realm.create({
      principals: { alice: 'wonder-1', bob: 'mad-hatter-2' },
      services: [SERVICE],
      krb5Conf: `[realms]\n OTHER.TEST = {\n  kdc = 127.0.0.1:${other.kdcPort}\n }\n`,
    })
    await other.addService('test@else.example.test', { keytab: realm.keytab })
    restore = realm.use()
    home = `${realm.dir}/home`
    await mkdir(home)
    const cache = (name: string) => ({ ccache: `DIR::${collection()}/${name}` })
    await realm.kinit('alice', cache('tkt'))
    await realm.kinit('bob', cache('tktbob'))
    await other.kinit('carol', cache('tktcarol'))
  })

  after(async () => {
    restore()
    await Promise.all([realm.dispose(), other.dispose()])
  })

  beforeEach(async () => {
    await writeFile(`${collection()}/primary`, 'tkt\n')
    await rm(`${home}/.k5identity`, { force: true })
  })

  for (const mechanism of MECHANISMS) {
    itUnless(GAP, `${mechanism}: the cache of the target's realm is chosen`, () =>
      inCollection(async () => {
        assert.equal(await initiatorFor('test/else.example.test@OTHER.TEST', mechanism), CAROL)
        assert.equal(await initiatorFor(`test/${HOST}@EXAMPLE.TEST`, mechanism), ALICE)
      }),
    )

    itUnless(GAP, `${mechanism}: .k5identity chooses by the target`, () =>
      inCollection(async () => {
        await writeFile(`${home}/.k5identity`, 'bob@EXAMPLE.TEST service=test\n')
        assert.equal(await initiatorFor(SERVICE, mechanism), 'bob@EXAMPLE.TEST')
      }),
    )

    itUnless(GAP, `${mechanism}: the primary cache is the default`, () =>
      inCollection(async () => {
        await writeFile(`${collection()}/primary`, 'tktbob\n')
        assert.equal(await initiatorFor(SERVICE, mechanism), 'bob@EXAMPLE.TEST')
      }),
    )
  }

  itUnless(GAP, 'a credential that has not been asked is still chosen by the target', () =>
    inCollection(async () => {
      const credential = await Credential.acquire()
      assert.equal(credential.name, null)
      const target = 'test/else.example.test@OTHER.TEST'
      const { acceptor } = await established({ initiator: { target, credential } })
      assert.equal(String(acceptor.initiatorName), CAROL)
    }),
  )

  itUnless(GAP, 'inquire decides for the primary cache', () =>
    inCollection(async () => {
      await writeFile(`${collection()}/primary`, 'tktbob\n')
      const credential = await Credential.acquire()
      assert.equal(String((await credential.inquire()).name), 'bob@EXAMPLE.TEST')
    }),
  )

  itUnless(GAP, 'a name finds its cache in the collection, and fails where there is none', () =>
    inCollection(async () => {
      for (const name of ['bob@EXAMPLE.TEST', CAROL, ALICE]) {
        const credential = await Credential.acquire({ name })
        assert.equal(String((await credential.inquire()).name), name)
      }
      const error = await failure(() => Credential.acquire({ name: 'nobody@EXAMPLE.TEST' }))
      assert.equal(error.code, 'GSS_S_NO_CRED')
    }),
  )

  itUnless(GAP, 'a name finds its cache in a collection that the store names', () =>
    withEnv({ KRB5CCNAME: `FILE:${realm.dir}/none` }, async () => {
      const store = { ccache: `DIR:${collection()}` }
      for (const name of ['bob@EXAMPLE.TEST', CAROL, ALICE]) {
        const credential = await Credential.acquire({ name, store })
        assert.equal(String((await credential.inquire()).name), name)
      }
      const error = await failure(() => Credential.acquire({ name: 'nobody@EXAMPLE.TEST', store }))
      assert.equal(error.code, 'GSS_S_NO_CRED')
    }),
  )
})
