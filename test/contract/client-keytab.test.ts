import assert from 'node:assert/strict'
import { Credential } from 'gssapi'
import {
  delay,
  established,
  failure,
  heimdal,
  itUnless,
  MECHANISMS,
  SUITE,
  withEnv,
} from '../helpers/handshake'
import { externalKdc } from '../helpers/external-realm'
import { useRealm } from '../helpers/realm'

const OTHERS = externalKdc() !== undefined && 'it needs a KDC of its own, to end it'
const NO_CLIENT_KEYTAB = heimdal('7.8 gets no ticket from a client keytab by itself')
const ROBOT = 'robot@EXAMPLE.TEST'

describe('a credential from a client keytab', function () {
  this.timeout(60_000)
  const realm = useRealm({
    ...SUITE,
    principals: { ...SUITE.principals, robot: { maxLife: 3 } },
  })
  let clientKeytab = ''
  let count = 0
  const freshCache = () => `MEMORY:client-keytab-${count++}`
  before(async () => (clientKeytab = await realm().extractKeytab('robot')))

  const whoIs = async (credential: Credential, mechanism = 'krb5') => {
    const { acceptor } = await established({ initiator: { credential, mechanism } })
    return String(acceptor.initiatorName)
  }
  const makers: Record<string, () => Promise<Credential>> = {
    'by its store': () => Credential.acquire({ store: { clientKeytab, ccache: freshCache() } }),
    'by name': () =>
      Credential.acquire({ name: ROBOT, store: { clientKeytab, ccache: freshCache() } }),
    'by the environment': () =>
      withEnv({ KRB5_CLIENT_KTNAME: clientKeytab, KRB5CCNAME: freshCache() }, () =>
        Credential.acquire(),
      ),
    'by name and the environment': () =>
      withEnv({ KRB5_CLIENT_KTNAME: clientKeytab, KRB5CCNAME: `FILE:${realm().dir}/by-name` }, () =>
        Credential.acquire({ name: ROBOT }),
      ),
    'for both sides': () =>
      Credential.acquire({
        usage: 'both',
        mechanisms: ['krb5', 'spnego'],
        store: { clientKeytab, ccache: freshCache(), keytab: realm().keytab },
      }),
  }
  /** One after the other, since each has an environment of its own. */
  const all = async () => {
    const made: Credential[] = []
    for (const make of Object.values(makers)) made.push(await make())
    return made
  }

  itUnless(NO_CLIENT_KEYTAB, 'kept, it outlives three of its tickets', async () => {
    const kept = await all()
    const end = Date.now() + 11_000
    while (Date.now() < end) {
      for (const credential of kept) {
        for (const mechanism of MECHANISMS) assert.equal(await whoIs(credential, mechanism), ROBOT)
      }
      await delay(300)
    }
    const { initiatorLifetime } = await kept[0]!.inquire({ mechanism: 'krb5' })
    assert.ok(initiatorLifetime > 0 && initiatorLifetime <= 3)
  })

  itUnless(
    NO_CLIENT_KEYTAB,
    'after a pause longer than its tickets, it gets new ones',
    async () => {
      const kept = await all()
      for (const credential of kept) assert.equal(await whoIs(credential), ROBOT)
      await delay(4500)
      for (const credential of kept) {
        const names = await Promise.all(Array.from({ length: 8 }, () => whoIs(credential)))
        assert.deepEqual(new Set(names), new Set([ROBOT]))
      }
    },
  )

  itUnless(NO_CLIENT_KEYTAB, 'its options stay with it', async () => {
    const credential = await Credential.acquire({
      enctypes: [17],
      noCiFlags: true,
      store: { clientKeytab, ccache: freshCache() },
    })
    for (let i = 0; i < 2; i++) {
      const { acceptor } = await established({
        initiator: { credential, integrity: false, confidentiality: false },
      })
      assert.equal(acceptor.sessionKey().type, 17)
      assert.equal(acceptor.flags.integrity, false)
      if (i === 0) await delay(4500)
    }
  })

  itUnless(
    NO_CLIENT_KEYTAB || OTHERS,
    'without a KDC the tickets are used to their end',
    async () => {
      const credential = await makers['by its store']!()
      assert.equal(await whoIs(credential), ROBOT)
      await realm().stopKdc()
      try {
        await delay(1600)
        assert.equal(await whoIs(credential), ROBOT)
        await delay(3500)
        assert.match((await failure(() => whoIs(credential))).code, /^GSS_S_/)
      } finally {
        await realm().startKdc()
      }
    },
  )

  itUnless(NO_CLIENT_KEYTAB, 'disposed while it is renewed, it is refused afterwards', async () => {
    const credential = await makers['by its store']!()
    await delay(4000)
    const pending = established({ initiator: { credential } })
    credential.dispose()
    assert.equal(String((await pending).acceptor.initiatorName), ROBOT)
    await assert.rejects(async () => whoIs(credential), { code: 'ERR_GSS_DISPOSED' })
  })
})
