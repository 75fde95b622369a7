import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { Acceptor, Credential } from 'gssapi'
import { initiatedInChild } from '../helpers/adopting'
import {
  ALICE,
  established,
  failure,
  heimdal,
  itUnless,
  onHeimdal,
  PASSWORD,
  SERVICE,
  SUITE,
  withEnv,
} from '../helpers/handshake'
import { useRealm } from '../helpers/realm'

const NO_STORE = heimdal('7.8 lacks gss_store_cred_into')
const NO_ACCEPTOR = heimdal('7.8 exports no acceptor’s credential')
const NO_IMPERSONATION = heimdal('7.8 lacks gss_acquire_cred_impersonate_name')

const BOB = 'bob@EXAMPLE.TEST'

describe('credentials stored, exported and imported', () => {
  const realm = useRealm({
    ...SUITE,
    principals: { ...SUITE.principals, bob: 'a-password-nobody-uses' },
    services: [...SUITE.services, 'trusted@server.example.test'],
  })

  const byPassword = () => Credential.acquire({ name: ALICE, password: PASSWORD })

  itUnless(NO_STORE, 'a stored credential is found in the cache by others', async () => {
    const ccache = `${realm().ccache}-stored`
    const stored = await (await byPassword()).store({ store: { ccache } })
    assert.equal(stored.usage, 'initiate')
    assert.ok(stored.mechanisms.includes('krb5'))
    const credential = await Credential.acquire({ store: { ccache } })
    const { acceptor } = await established({ initiator: { credential } })
    assert.equal(String(acceptor.initiatorName), ALICE)
  })

  itUnless(NO_STORE, 'what is there is replaced only where asked', async () => {
    const ccache = `${realm().ccache}-twice`
    const credential = await byPassword()
    const krb5 = { store: { ccache }, mechanism: 'krb5' }
    await credential.store(krb5)
    assert.equal((await failure(() => credential.store(krb5))).code, 'GSS_S_DUPLICATE_ELEMENT')
    const again = await credential.store({ ...krb5, overwrite: true })
    assert.equal(again.usage, 'initiate')
  })

  itUnless(NO_STORE, 'an acceptor’s credential has nothing to store', async () => {
    const acceptor = await Credential.acquire({ usage: 'accept' })
    const ccache = `${realm().ccache}-acceptor`
    const error = await failure(() => acceptor.store({ store: { ccache } }))
    assert.match(error.code, /^GSS_S_/)
  })

  itUnless(NO_STORE, 'a cache that cannot be written is an error', async () => {
    const credential = await byPassword()
    const store = { ccache: 'FILE:/nowhere/at/all' }
    assert.match((await failure(() => credential.store({ store }))).code, /^GSS_S_/)
  })

  itUnless(
    !onHeimdal && 'only where the library lacks it',
    'storing ends the process',
    async () => {
      const credential = await byPassword()
      for (const options of [undefined, { overwrite: true }, { overwrite: true, default: true }]) {
        const error = await failure(() => credential.store(options))
        assert.equal(error.code, 'ERR_GSS_UNSUPPORTED')
      }
    },
  )

  itUnless(NO_STORE, 'what is stored by default is not what others take by default', async () => {
    const collection = { KRB5CCNAME: `DIR:${realm().dir}/collection` }
    mkdirSync(`${realm().dir}/collection`, { mode: 0o700 })
    const credential = await byPassword()
    await withEnv(collection, async () => {
      const options = { mechanism: 'krb5', overwrite: true, default: true }
      const stored = await credential.store(options)
      assert.ok(stored.mechanisms.includes('krb5'))
      const found = await Credential.acquire()
      assert.equal(String((await found.inquire()).name), ALICE)
      await assert.rejects(async () => credential.store({ mechanism: 'krb5' }), {
        code: 'GSS_S_DUPLICATE_ELEMENT',
      })
    })
  })

  itUnless(NO_STORE, 'what is stored into an empty collection is found by its name', async () => {
    const folder = `${realm().dir}/empty-collection`
    mkdirSync(folder, { mode: 0o700 })
    const store = { ccache: `DIR:${folder}` }
    const whose = async (name?: string) => {
      const found = await Credential.acquire({ store, ...(name !== undefined && { name }) })
      return String((await found.inquire()).name)
    }
    await (await byPassword()).store({ store, mechanism: 'krb5' })
    assert.equal(await whose(), ALICE)
    const password = 'a-password-nobody-uses'
    const other = await Credential.acquire({ name: BOB, password })
    await other.store({ store, mechanism: 'krb5', overwrite: true })
    assert.equal(await whose(), ALICE, 'the default one stays')
    assert.equal(await whose(BOB), BOB)
    await other.store({ store, mechanism: 'krb5', overwrite: true, default: true })
    assert.equal(await whose(), BOB)
  })

  itUnless(
    NO_STORE,
    'what is stored by default into an empty collection is the default',
    async () => {
      const folder = `${realm().dir}/empty-default`
      mkdirSync(folder, { mode: 0o700 })
      await withEnv({ KRB5CCNAME: `DIR:${folder}` }, async () => {
        await (await byPassword()).store({ mechanism: 'krb5', overwrite: true })
        const found = await Credential.acquire()
        assert.equal(String((await found.inquire()).name), ALICE)
      })
    },
  )

  it('an initiator’s tickets travel with it', async () => {
    const credential = await byPassword()
    const token = await credential.export()
    credential.dispose()
    const copy = await Credential.import(token)
    assert.equal(String(copy.name), ALICE)
    assert.equal(copy.usage, 'initiate')
    assert.equal(copy.lifetime, null)
    const { acceptor } = await established({ initiator: { credential: copy } })
    assert.equal(String(acceptor.initiatorName), ALICE)
    assert.ok(!JSON.stringify(copy).includes('K5C1'))
  })

  it('a default credential is undecided after the journey as before', async () => {
    const copy = await Credential.import(await (await Credential.acquire()).export())
    assert.equal(copy.name, null)
    const { acceptor } = await established({ initiator: { credential: copy } })
    assert.equal(String(acceptor.initiatorName), ALICE)
  })

  itUnless(NO_ACCEPTOR, 'an acceptor’s credential names its keytab', async () => {
    const credential = await Credential.acquire({ usage: 'accept' })
    const copy = await Credential.import(await credential.export())
    assert.equal(copy.usage, 'accept')
    const { initiator } = await established({ acceptor: { credential: copy } })
    assert.equal(initiator.complete, true)
  })

  it('a delegated credential outlives the process’s memory cache', async () => {
    const { acceptor } = await established({ initiator: { delegation: true } })
    const delegated = acceptor.delegatedCredential
    assert.ok(delegated)
    const token = await delegated.export()
    delegated.dispose()
    acceptor.dispose()
    const credential = await Credential.import(token)
    const again = await established({
      initiator: { credential, target: 'trusted@server.example.test' },
    })
    assert.equal(String(again.acceptor.initiatorName), ALICE)
  })

  it('another process cannot use what was exported: tickets by password, delegated ones', async () => {
    const { acceptor } = await established({ initiator: { delegation: true } })
    for (const credential of [await byPassword(), acceptor.delegatedCredential!]) {
      const errand = { credential: await credential.export(), target: SERVICE }
      const nobody = { KRB5CCNAME: 'MEMORY:nobody' }
      const token = await withEnv(nobody, () => initiatedInChild(errand))
      const service = new Acceptor()
      await service.step(token)
      assert.equal(service.complete, true)
      assert.equal(String(service.initiatorName), ALICE)
    }
  })

  itUnless(NO_IMPERSONATION, 'an impersonated one goes on impersonating', async () => {
    const credential = await (await byPassword()).impersonate('bob')
    const copy = await Credential.import(await credential.export())
    assert.equal(String((await copy.inquire()).name), 'bob@EXAMPLE.TEST')
  })

  it('a disposed credential is neither stored nor exported', async () => {
    const credential = await Credential.acquire()
    credential.dispose()
    await assert.rejects(credential.export(), { code: 'ERR_GSS_DISPOSED' })
    await assert.rejects(() => credential.store(), { code: 'ERR_GSS_DISPOSED' })
    await assert.rejects(() => credential.add({ mechanism: 'krb5' }), { code: 'ERR_GSS_DISPOSED' })
    await assert.rejects(() => credential.impersonate(ALICE), { code: 'ERR_GSS_DISPOSED' })
    assert.throws(() => credential.setNegotiableMechanisms(['krb5']), { code: 'ERR_GSS_DISPOSED' })
  })
})
