import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { Acceptor, Credential, Initiator, library } from 'gssapi'
import { PAIR_REALM, SERVICE } from '../helpers/pair'
import { useRealm } from '../helpers/realm'

/** The default of RHEL 8 and FreeIPA, a cache of this test's own within. */
const CACHE = `KEYRING:persistent:${process.getuid?.()}:gssapi-test-${process.pid}`
const CONTEXTS = 24

describe('a cache in the persistent keyring (Linux, MIT)', function () {
  this.timeout(60_000)
  const realm = useRealm(PAIR_REALM)
  before('a ticket in it', function () {
    if (library().implementation !== 'mit' || process.platform !== 'linux') this.skip()
    const env = { ...process.env, ...realm().env }
    const input = `${PAIR_REALM.principals.alice}\n`
    const { status } = spawnSync('kinit', ['-c', CACHE, 'alice'], { env, input })
    if (status !== 0) this.skip() // a kernel or a sandbox without keyrings
  })

  after('destroy it', () => void spawnSync('kdestroy', ['-q', '-c', CACHE]))

  it('serves every thread of the pool, whichever acquired from it', async () => {
    const kept = await Credential.acquire({ store: { ccache: CACHE } })
    await kept.inquire()
    const one = async (credential: Credential): Promise<string> => {
      const server = new Acceptor()
      await server.step(await new Initiator({ target: SERVICE, credential }).step())
      return String(server.initiatorName)
    }
    const another = async () => one(await Credential.acquire({ store: { ccache: CACHE } }))
    const all = Array.from({ length: CONTEXTS }, () => [one(kept), another()]).flat()
    assert.deepEqual(await Promise.all(all), Array(2 * CONTEXTS).fill('alice@EXAMPLE.TEST'))
    const server = new Acceptor()
    await server.step(new Initiator({ target: SERVICE, credential: kept }).stepSync())
    assert.equal(server.complete, true)
  })
})
