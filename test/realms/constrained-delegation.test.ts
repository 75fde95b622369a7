import assert from 'node:assert/strict'
import { Acceptor, Credential, Initiator, Name } from 'gssapi'
import { assertHint } from '../helpers/failure'
import { converse, delay, failure, MECHANISMS, type Pair } from '../helpers/handshake'
import { useLdapRealm } from '../helpers/ldap-realm'

const HOST = 'server.example.test'
const ALICE = 'alice@EXAMPLE.TEST'
const BOB = 'bob@EXAMPLE.TEST'
const SENSITIVE = 'sensitive@EXAMPLE.TEST'
const service = (name: string) => `${name}/${HOST}@EXAMPLE.TEST`

/** What a service says that could not be reached in the user's name. */
const REFUSED = /does not allow.*krbAllowedToDelegateTo.*msDS-AllowedToDelegateTo/

describe('constrained delegation (S4U2Proxy), in a realm whose KDC has rules for it', () => {
  const site = useLdapRealm({
    principals: {
      alice: 'white-Rabbit-7',
      bob: 'a-password-nobody-uses',
      nobody: 'x',
      sensitive: { attributes: ['-allow_forwardable'] },
    },
    services: [`plain@${HOST}`, `back@${HOST}`, `other@${HOST}`],
  })
  let caches = 0
  let alice = ''

  before('a service that may act for anybody, and one only for who came to it', async () => {
    await site().realm.addService(`front@${HOST}`, { attributes: ['+ok_to_auth_as_delegate'] })
    site().allow(`front/${HOST}`, `back/${HOST}`)
    site().allow(`plain/${HOST}`, `back/${HOST}`)
    // Nobody's test passes because the process's own ticket was used instead.
    await site().realm.kinit('nobody')
    alice = await site().realm.kinit('alice', { ccache: 'alice' })
  })

  /** A service's own credential, by its key. */
  function own(name: string, usage: 'initiate' | 'both'): Promise<Credential> {
    const { keytab } = site().realm
    return Credential.acquire({
      name: Name.principal(service(name)),
      usage,
      store: { ccache: `MEMORY:${name}${caches++}`, keytab, clientKeytab: keytab },
    })
  }

  /** Alice at a service that could go on in her name: what its context holds. */
  async function clientOf(name: string, initiator: object = {}): Promise<Pair> {
    const credential = await Credential.acquire({ store: { ccache: alice } })
    const target = Name.principal(service(name))
    const pair = {
      initiator: new Initiator({ target, credential, ...initiator }),
      acceptor: new Acceptor({ credential: await own(name, 'both') }),
    }
    await converse(pair)
    assert.equal(pair.acceptor.complete, true)
    return pair
  }

  /** A handshake with the service behind, as far as it comes. */
  async function goOn(credential: Credential, target = 'back', mechanism = 'krb5'): Promise<Pair> {
    const pair = {
      initiator: new Initiator({ credential, mechanism, target: Name.principal(service(target)) }),
      acceptor: new Acceptor(),
    }
    await converse(pair)
    return pair
  }

  describe('for a user who never came (protocol transition)', () => {
    for (const mechanism of MECHANISMS) {
      it(`${mechanism}: the service behind sees the user, and the messages are protected`, async () => {
        const front = await own('front', 'initiate')
        const credential = await front.impersonate(BOB, { mechanisms: ['krb5', 'spnego'] })
        const { initiator, acceptor } = await goOn(credential, 'back', mechanism)
        assert.equal(String(acceptor.initiatorName), BOB)
        assert.equal(String(initiator.initiatorName), BOB)
        const { message, confidential } = acceptor.unwrap(initiator.wrap(Buffer.from('as bob')))
        assert.equal(String(message), 'as bob')
        assert.equal(confidential, true)
      })
    }

    it('one impersonated credential serves many contexts, one after the other and at once', async () => {
      const credential = await (await own('front', 'initiate')).impersonate(BOB)
      const pairs = await Promise.all([goOn(credential), goOn(credential), goOn(credential)])
      pairs.push(await goOn(credential))
      for (const { acceptor } of pairs) assert.equal(String(acceptor.initiatorName), BOB)
    })

    it('a target that the KDC has no rule for is refused, with what to do about it', async () => {
      const credential = await (await own('front', 'initiate')).impersonate(BOB)
      const error = await failure(() => goOn(credential, 'other'))
      assert.equal(error.code, 'GSS_S_FAILURE')
      assert.equal(error.minorName, 'KRB5KDC_ERR_BADOPTION')
      assert.equal(error.call, 'gss_init_sec_context')
      assertHint(error, REFUSED)
    })

    it('a refused target does not spoil the credential for one that is allowed', async () => {
      const credential = await (await own('front', 'initiate')).impersonate(BOB)
      await failure(() => goOn(credential, 'other'))
      assert.equal(String((await goOn(credential)).acceptor.initiatorName), BOB)
    })

    it('a service that may act only for who came to it is refused', async () => {
      const credential = await (await own('plain', 'initiate')).impersonate(BOB)
      const error = await failure(() => goOn(credential))
      assert.equal(error.minorName, 'KRB5KDC_ERR_BADOPTION')
      assertHint(error, /ok_to_auth_as_delegate/)
    })

    it('a user who may not be delegated stays at the service', async () => {
      const credential = await (await own('front', 'initiate')).impersonate('sensitive')
      assert.equal(String((await goOn(credential, 'front')).acceptor.initiatorName), SENSITIVE)
      const error = await failure(() => goOn(credential))
      assert.equal(error.minorName, 'KRB5KDC_ERR_BADOPTION')
      assertHint(error, /ticket must be forwardable/)
    })

    it('rules hold for the one service they name', async () => {
      const credential = await (await own('other', 'initiate')).impersonate(BOB)
      const error = await failure(() => goOn(credential))
      assert.equal(error.minorName, 'KRB5KDC_ERR_BADOPTION')
    })
  })

  describe('for a client who came with a ticket', () => {
    for (const name of ['plain', 'front']) {
      it(`${name}: what the client delegated nothing of is enough to go on in her name`, async () => {
        const { initiator, acceptor } = await clientOf(name)
        assert.equal(initiator.flags.delegation, false)
        const credential = acceptor.delegatedCredential
        assert.ok(credential)
        const behind = await goOn(credential)
        assert.equal(String(behind.acceptor.initiatorName), ALICE)
      })
    }

    it('by SPNEGO as well', async () => {
      const { acceptor } = await clientOf('plain', { mechanism: 'spnego' })
      const credential = acceptor.delegatedCredential
      assert.ok(credential)
      assert.equal(String((await goOn(credential)).acceptor.initiatorName), ALICE)
    })

    it('the credential outlives the context that it came from', async () => {
      const { initiator, acceptor } = await clientOf('plain')
      const credential = acceptor.delegatedCredential
      initiator.dispose()
      acceptor.dispose()
      assert.ok(credential)
      assert.equal(String((await goOn(credential)).acceptor.initiatorName), ALICE)
    })

    it('it says whose it is', async () => {
      const credential = (await clientOf('plain')).acceptor.delegatedCredential
      assert.ok(credential)
      const { name, usage } = await credential.inquire()
      assert.equal(String(name), ALICE)
      assert.equal(usage, 'initiate')
    })

    it('a target that the KDC has no rule for is refused', async () => {
      const credential = (await clientOf('plain')).acceptor.delegatedCredential
      assert.ok(credential)
      const error = await failure(() => goOn(credential, 'other'))
      assert.equal(error.code, 'GSS_S_FAILURE')
      assert.equal(error.minorName, 'KRB5KDC_ERR_BADOPTION')
      assertHint(error, REFUSED)
    })

    it('with a ticket that is not forwardable the service cannot go on', async () => {
      const ccache = await site().realm.kinit('alice', { ccache: 'fixed', forwardable: false })
      const credential = await Credential.acquire({ store: { ccache } })
      const { acceptor } = await clientOf('plain', { credential })
      const delegated = acceptor.delegatedCredential
      assert.ok(delegated)
      const error = await failure(() => goOn(delegated))
      assert.equal(error.minorName, 'KRB5KDC_ERR_BADOPTION')
      assertHint(error, /ticket must be forwardable/)
    })

    it('a ticket got for the service by password, and for nothing else, is enough', async () => {
      const { realm } = site()
      const ccache = await realm.kinit('alice', { ccache: 'direct', service: service('plain') })
      const credential = await Credential.acquire({ store: { ccache } })
      const { acceptor } = await clientOf('plain', { credential })
      const delegated = acceptor.delegatedCredential
      assert.ok(delegated)
      assert.equal(String((await goOn(delegated)).acceptor.initiatorName), ALICE)
    })

    it('the credential has expired when the ticket of the client has', async () => {
      const ccache = await site().realm.kinit('alice', { ccache: 'short', lifetime: 3 })
      const credential = await Credential.acquire({ store: { ccache } })
      const delegated = (await clientOf('plain', { credential })).acceptor.delegatedCredential
      assert.ok(delegated)
      assert.ok((await delegated.inquire()).lifetime! <= 3)
      await delay(3100)
      // What MIT's KDC makes of it is another matter: it looks at the service's own ticket.
      const error = await failure(() => delegated.inquire())
      assert.equal(error.code, 'GSS_S_CREDENTIALS_EXPIRED')
      assertHint(error, /^The ticket has expired/)
    })

    it('a credential for accepting alone goes nowhere in the client’s name', async () => {
      const { keytab } = site().realm
      const credential = await Credential.acquire({ usage: 'accept', store: { keytab } })
      const pair = {
        initiator: new Initiator({ target: Name.principal(service('plain')) }),
        acceptor: new Acceptor({ credential }),
      }
      await converse(pair)
      assert.equal(pair.acceptor.delegatedCredential, null)
    })
  })

  describe('after the KDC’s own key was changed', () => {
    it('tickets from before it serve as those from after it', async () => {
      const { realm } = site()
      const credential = (await clientOf('plain')).acceptor.delegatedCredential
      assert.ok(credential)
      await realm.changeKeys('krbtgt/EXAMPLE.TEST', { keepOld: true })
      assert.equal(String((await goOn(credential)).acceptor.initiatorName), ALICE)
      alice = await realm.kinit('alice', { ccache: 'alice' })
      const later = (await clientOf('plain')).acceptor.delegatedCredential
      assert.ok(later)
      assert.equal(String((await goOn(later)).acceptor.initiatorName), ALICE)
    })
  })
})
