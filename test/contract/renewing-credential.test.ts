import assert from 'node:assert/strict'
import { once } from 'node:events'
import {
  Credential,
  destroyTicketCache,
  RenewingCredential,
  renewTicket,
  type RenewingOptions,
} from 'gssapi'
import { ALICE, delay, established, failure, heimdal, itUnless, SUITE } from '../helpers/handshake'
import { useRealm } from '../helpers/realm'

const NO_CLIENT_KEYTAB = heimdal('7.8 gets no ticket from a client keytab by itself')
const ROBOT = 'robot@EXAMPLE.TEST'

describe('a credential that renews itself', function () {
  this.timeout(60_000)
  const realm = useRealm({
    ...SUITE,
    principals: { ...SUITE.principals, robot: { maxLife: 4 } },
    renewLifetime: 3600,
    kinit: 'alice',
  })
  let keytab = ''
  before(async () => (keytab = await realm().extractKeytab('robot')))

  const robot = (options: RenewingOptions = {}) =>
    RenewingCredential.start({ clientKeytab: keytab, ...options })
  const whoIs = async (credential: Credential) => {
    const { acceptor } = await established({ initiator: { credential } })
    return String(acceptor.initiatorName)
  }
  /** A renewable ticket of a short life, in a cache of its own. */
  const shortLived = (name: string, renewable = 3600) =>
    realm().kinit('alice', { ccache: name, lifetime: 4, renewable })

  itUnless(NO_CLIENT_KEYTAB, 'a process outlives the tickets that its keytab gets it', async () => {
    using renewing = await robot()
    const first = renewing.credential
    const expired = renewing.expires
    assert.ok(expired.getTime() > Date.now() && expired.getTime() <= Date.now() + 4000)
    const held = await established({ initiator: { credential: first } })
    const [second] = (await once(renewing, 'renewed')) as [Credential]
    assert.equal(renewing.credential, second)
    assert.notEqual(first, second)
    assert.equal(await whoIs(first), ROBOT)
    while (Date.now() < expired.getTime() + 1000) await delay(200)
    assert.equal(await whoIs(renewing.credential), ROBOT)
    assert.ok(renewing.expires > expired)
    const token = held.initiator.wrap(Buffer.from('made before'))
    assert.equal(held.acceptor.unwrap(token).message.toString(), 'made before')
    await assert.rejects(first.export(), { code: 'ERR_GSS_DISPOSED' })
  })

  it('a process outlives a renewable ticket', async () => {
    const ccache = await shortLived('renewable')
    using renewing = await RenewingCredential.start({ ccache })
    const end = renewing.expires.getTime()
    while (Date.now() < end + 1000) await delay(200)
    assert.equal(await whoIs(renewing.credential), ALICE)
    assert.ok(renewing.expires.getTime() > end)
    const stale = await failure(async () => whoIs(await Credential.acquire({ store: { ccache } })))
    assert.match(stale.code, /^GSS_S_/)
  })

  it('a newer ticket that somebody else puts into the cache is taken', async () => {
    const ccache = await shortLived('replaced', 4)
    using renewing = await RenewingCredential.start({ ccache })
    const end = renewing.expires.getTime()
    await realm().kinit('alice', { ccache: 'replaced', lifetime: 3600 })
    await renewing.renew()
    assert.ok(renewing.expires.getTime() > end + 1_000_000)
  })

  it('where a ticket can be renewed no more, that is told, and tried again', async () => {
    const ccache = await shortLived('ending', 4)
    using renewing = await RenewingCredential.start({ ccache, retryFirst: 0.2, retryMost: 0.5 })
    const waits: number[] = []
    renewing.on('failed', (error, retryIn) => {
      assert.equal((error as Error).name, 'GssError')
      waits.push(retryIn)
    })
    while (waits.length < 4) await delay(50)
    assert.deepEqual(waits.slice(0, 4), [0.2, 0.4, 0.5, 0.5])
    const end = renewing.expires.getTime()
    while (Date.now() < end + 1000) await delay(100)
    assert.match((await failure(() => whoIs(renewing.credential))).code, /^GSS_S_/)
  })

  itUnless(NO_CLIENT_KEYTAB, 'a KDC that is away for a while is waited for', async () => {
    using renewing = await robot({ renewAfter: 0.1, retryFirst: 0.1, retryMost: 0.3 })
    await realm().stopKdc()
    const [error] = (await once(renewing, 'failed')) as [Error]
    assert.equal(error.name, 'GssError')
    await realm().startKdc()
    await once(renewing, 'renewed')
    assert.equal(await whoIs(renewing.credential), ROBOT)
  })

  itUnless(NO_CLIENT_KEYTAB, 'renewals at once are one, and no listener is needed', async () => {
    using renewing = await robot()
    const before = renewing.credential
    const [one, two] = await Promise.all([renewing.renew(), renewing.renew()])
    assert.equal(one, two)
    assert.notEqual(one, before)
    assert.equal(await whoIs(before), ROBOT)
  })

  itUnless(NO_CLIENT_KEYTAB, 'options reach each new credential', async () => {
    using renewing = await robot({ name: ROBOT, enctypes: [17], noCiFlags: true })
    for (let i = 0; i < 2; i++) {
      const { acceptor } = await established({
        initiator: {
          credential: renewing.credential,
          ...{ integrity: false, confidentiality: false },
        },
      })
      assert.equal(acceptor.sessionKey().type, 17)
      assert.equal(acceptor.flags.integrity, false)
      await renewing.renew()
    }
  })

  itUnless(NO_CLIENT_KEYTAB, 'after dispose nothing is renewed or used', async () => {
    const renewing = await robot({ renewAfter: 0.1 })
    const { credential } = renewing
    const pending = renewing.renew()
    renewing.dispose()
    renewing.dispose()
    renewing.on('renewed', () => assert.fail('renewed'))
    renewing.on('failed', () => assert.fail('failed'))
    assert.equal((await failure(() => pending)).code, 'ERR_GSS_DISPOSED')
    assert.throws(() => renewing.credential, { code: 'ERR_GSS_DISPOSED' })
    await assert.rejects(() => renewing.renew(), { code: 'ERR_GSS_DISPOSED' })
    await assert.rejects(credential.export(), { code: 'ERR_GSS_DISPOSED' })
    await delay(1500)
  })

  it('what cannot begin is refused by start', async () => {
    for (const options of [
      { ccache: `FILE:${realm().dir}/none` },
      { clientKeytab: `FILE:${realm().dir}/none` },
    ]) {
      const error = await failure(() => RenewingCredential.start(options))
      assert.match(error.code, /^GSS_S_|UNSUPPORTED/)
    }
  })

  it('mistakes in the options are thrown', async () => {
    const wrong: [unknown, RegExp][] = [
      [null, /"options"/],
      [{ ccache: 'a', clientKeytab: 'b' }, /"options.ccache"/],
      [{ ccache: '' }, /"options.ccache"/],
      [{ clientKeytab: 5 }, /"options.clientKeytab"/],
      [{ name: {} }, /"options.name"/],
      [{ mechanisms: 'krb5' }, /"options.mechanisms"/],
      [{ enctypes: ['x'] }, /"options.enctypes\[0\]"/],
      [{ noCiFlags: 1 }, /"options.noCiFlags"/],
      ...[0, 1, -1, NaN, Infinity, 2 ** 53].map((renewAfter): [unknown, RegExp] => [
        { renewAfter },
        /"options.renewAfter"/,
      ]),
      [{ retryFirst: 0 }, /"options.retryFirst"/],
      [{ retryMost: '1' }, /"options.retryMost"/],
    ]
    for (const [options, message] of wrong) {
      await assert.rejects(() => RenewingCredential.start(options as RenewingOptions), message)
    }
    assert.throws(() => Reflect.construct(RenewingCredential, []) as unknown, {
      code: 'ERR_ILLEGAL_CONSTRUCTOR',
    })
  })

  describe('tickets by the names of their caches', () => {
    it('a ticket is renewed into another cache, in memory too', async () => {
      const from = await shortLived('from')
      const to = 'MEMORY:renewed-to'
      await renewTicket(from, to)
      assert.equal(await whoIs(await Credential.acquire({ store: { ccache: to } })), ALICE)
      await renewTicket(to, to)
      assert.equal(await whoIs(await Credential.acquire({ store: { ccache: to } })), ALICE)
      await destroyTicketCache(to)
      const gone = await failure(async () =>
        whoIs(await Credential.acquire({ store: { ccache: to } })),
      )
      assert.match(gone.code, /^GSS_S_/)
    })

    it('a destroyed file is gone', async () => {
      const cache = await shortLived('destroyed')
      await destroyTicketCache(cache)
      const error = await failure(() => renewTicket(cache, 'MEMORY:never'))
      assert.equal(error.code, 'GSS_S_FAILURE')
      assert.match(error.call, /^krb5_cc_/)
    })

    it('a ticket that has ended, and a cache of no known type, say so', async () => {
      const plain = await realm().kinit('alice', { ccache: 'plain', lifetime: 1, renewable: 1 })
      await delay(2500)
      assert.match((await failure(() => renewTicket(plain, 'MEMORY:x'))).code, /^GSS_S_/)
      const strange = await failure(() => destroyTicketCache('STRANGE:x'))
      assert.equal(strange.minorName, 'KRB5_CC_UNKNOWN_TYPE')
    })

    it('a cache is named as in a store too', async () => {
      const ccache = await realm().kinit('alice', { ccache: 'as-in-a-store', renewable: 3600 })
      const renewed = { ccache: 'MEMORY:as-in-a-store' }
      await renewTicket({ ccache }, renewed)
      assert.equal(await whoIs(await Credential.acquire({ store: renewed })), ALICE)
      await destroyTicketCache(renewed)
      await assert.rejects(renewTicket(renewed, 'MEMORY:other'), { name: 'GssError' })
    })

    it('strange names are mistakes', async () => {
      for (const name of [null, undefined, 5, '', 'a\0b', {}, '\ud800'] as unknown as string[]) {
        await assert.rejects(() => destroyTicketCache(name), /"name(?:\.ccache)?"/)
        await assert.rejects(() => renewTicket(name, 'MEMORY:x'), /"from(?:\.ccache)?"/)
        await assert.rejects(() => renewTicket('MEMORY:x', name), /"to(?:\.ccache)?"/)
      }
      const slip = { cache: 'MEMORY:x' } as object
      await assert.rejects(
        () => destroyTicketCache(slip),
        /"name\.cache" \(did you mean "name\.ccache"/,
      )
    })
  })
})
