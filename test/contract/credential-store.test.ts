import assert from 'node:assert/strict'
import { copyFile } from 'node:fs/promises'
import { Credential, type CredentialStore } from 'gssapi'
import { Realm } from 'gssapi/testing'
import {
  ALICE,
  delay,
  established,
  failure,
  firstToken,
  heimdal,
  itUnless,
  MECHANISMS,
  newPair,
  onHeimdal,
  PASSWORD,
  PRINCIPAL,
  SERVICE,
  SUITE,
  withEnv,
} from '../helpers/handshake'
import { useRealm } from '../helpers/realm'

const NO_STORE = heimdal('7.8 lacks gss_acquire_cred_from')
const ROBOT = 'robot@EXAMPLE.TEST'

describe('credential stores', () => {
  const realm = useRealm({
    ...SUITE,
    principals: { alice: PASSWORD, bob: 'cheshire-5', robot: { maxLife: 6 } },
  })
  const initiatorOf = async (store: CredentialStore, mechanism = 'krb5') => {
    const credential = await Credential.acquire({ store })
    const { acceptor } = await established({ initiator: { mechanism, credential } })
    return String(acceptor.initiatorName)
  }

  if (onHeimdal) {
    it('elements that the library cannot take are ERR_GSS_UNSUPPORTED, never passed over', async () => {
      const { ccache, keytab } = realm()
      const clientKeytab = keytab
      for (const store of [
        { clientKeytab },
        { ccache, rcache: 'none:' },
        { ccache, clientKeytab },
      ]) {
        const error = await failure(() => Credential.acquire({ store }))
        assert.equal(error.code, 'ERR_GSS_UNSUPPORTED')
        assert.match(error.hint ?? '', /library/)
      }
      const spnego = { mechanisms: ['spnego'], store: { ccache } }
      assert.equal((await failure(() => Credential.acquire(spnego))).code, 'ERR_GSS_UNSUPPORTED')
      const both = { usage: 'both', store: { ccache } } as const
      assert.equal((await failure(() => Credential.acquire(both))).code, 'ERR_GSS_UNSUPPORTED')
    })
  }

  for (const mechanism of MECHANISMS) {
    const gap = mechanism === 'spnego' && heimdal('an imported credential is for krb5 alone')
    itUnless(gap, `${mechanism}: ccache is used instead of the environment's`, async () => {
      const ccache = await realm().kinit('bob', { ccache: 'bob-cache' })
      assert.equal(await initiatorOf({ ccache }, mechanism), 'bob@EXAMPLE.TEST')
      assert.equal(await initiatorOf({ ccache: realm().ccache }, mechanism), ALICE)
    })

    itUnless(gap, `${mechanism}: keytab is used instead of the environment's`, async () => {
      const keytab = `FILE:${realm().dir}/copy.keytab`
      await copyFile(realm().keytab, `${realm().dir}/copy.keytab`)
      await withEnv({ KRB5_KTNAME: `FILE:${realm().dir}/none` }, async () => {
        const credential = await Credential.acquire({ usage: 'accept', store: { keytab } })
        await established({ initiator: { mechanism }, acceptor: { credential } })
      })
    })
  }

  itUnless(NO_STORE, 'a clientKeytab gets the ticket by itself', async () => {
    const clientKeytab = await realm().extractKeytab('robot')
    const ccache = `FILE:${realm().dir}/robot-cache`
    const credential = await Credential.acquire({ store: { clientKeytab, ccache } })
    const { acceptor } = await established({ initiator: { credential } })
    assert.equal(String(acceptor.initiatorName), ROBOT)
  })

  itUnless(NO_STORE, 'a clientKeytab renews the ticket before it ends', async () => {
    const clientKeytab = await realm().extractKeytab('robot')
    const store = { clientKeytab, ccache: `FILE:${realm().dir}/renewed` }
    const lifetime = async () =>
      (await (await Credential.acquire({ name: ROBOT, store })).inquire()).lifetime ?? 0
    const first = await lifetime()
    assert.ok(first > 0 && first <= 6, String(first))
    await delay(3600)
    assert.ok((await lifetime()) >= 5, 'a new ticket')
  })

  itUnless(NO_STORE, 'a client keytab of the environment works as well', async () => {
    const clientKeytab = await realm().extractKeytab('robot')
    const variables = {
      KRB5_CLIENT_KTNAME: `FILE:${clientKeytab}`,
      KRB5CCNAME: `FILE:${realm().dir}/automatic`,
    }
    await withEnv(variables, async () => {
      const { acceptor } = await established()
      assert.equal(String(acceptor.initiatorName), ROBOT)
    })
  })

  itUnless(NO_STORE, 'a password in the store gets the ticket', async () => {
    const credential = await Credential.acquire({ name: ALICE, store: { password: PASSWORD } })
    const { acceptor } = await established({ initiator: { credential } })
    assert.equal(String(acceptor.initiatorName), ALICE)
  })

  itUnless(NO_STORE, 'verify refuses a ticket that no key of the keytab confirms', async () => {
    const acquire = (keytab: string, verify: string) =>
      Credential.acquire({ name: ALICE, store: { password: PASSWORD, keytab, verify } })
    await acquire(realm().keytab, PRINCIPAL)
    const impostor = await Realm.create({ services: [SERVICE] })
    const error = await failure(() => acquire(impostor.keytab, PRINCIPAL))
    await impostor.dispose()
    assert.equal(error.name, 'GssError')
  })

  itUnless(NO_STORE, 'rcache is where replays are remembered', async () => {
    const accept = async (rcache: string) =>
      newPair({
        acceptor: { credential: await Credential.acquire({ usage: 'accept', store: { rcache } }) },
      }).acceptor
    const token = await firstToken(newPair().initiator)
    const file = `file2:${realm().dir}/rcache`
    await (await accept(file)).step(token)
    assert.equal(
      (await failure(async () => (await accept(file)).step(token))).minorName,
      'KRB5KRB_AP_ERR_REPEAT',
    )
    await (await accept('none:')).step(token)
  })

  it('a name is that of the cache, or of a key in the keytab, or nobody is acquired', async () => {
    const { ccache, keytab } = realm()
    const named = await Credential.acquire({ name: ALICE, store: { ccache } })
    const { acceptor } = await established({ initiator: { credential: named } })
    assert.equal(String(acceptor.initiatorName), ALICE)
    const other = await failure(() => Credential.acquire({ name: ROBOT, store: { ccache } }))
    assert.equal(other.code, 'GSS_S_NO_CRED')
    for (const name of [SERVICE, PRINCIPAL]) {
      const credential = await Credential.acquire({ name, usage: 'accept', store: { keytab } })
      await established({ acceptor: { credential } })
    }
  })

  itUnless(NO_STORE, 'for both sides a name as text is a principal, and no service', async () => {
    const keytab = await realm().extractKeytab('alice')
    const store = { keytab, clientKeytab: keytab, ccache: 'MEMORY:both-sides' }
    const credential = await Credential.acquire({ name: ALICE, usage: 'both', store })
    const { name, usage } = await credential.inquire()
    assert.deepEqual([String(name), usage], [ALICE, 'both'])
  })

  itUnless(NO_STORE, 'a cache that is not there is GSS_S_NO_CRED with a hint', async () => {
    const ccache = `FILE:${realm().dir}/nothing-here`
    const error = await failure(() => initiatorOf({ ccache }))
    assert.equal(error.code, 'GSS_S_NO_CRED')
    assert.match(error.hint ?? '', /kinit/)
  })
})
