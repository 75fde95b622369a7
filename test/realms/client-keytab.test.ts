import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execFileSync } from 'node:child_process'
import { Credential, Initiator, library } from 'gssapi'
import {
  ALICE,
  delay,
  established,
  failure,
  itUnless,
  PASSWORD,
  SERVICE,
  withEnv,
} from '../helpers/handshake'
import { programPath } from '../helpers/programs'
import { useRealm } from '../helpers/realm'

const BOB = 'bob@EXAMPLE.TEST'
const CAROL = 'carol@EXAMPLE.TEST'
const GAP = library().implementation !== 'mit' && "these are MIT krb5's rules"

/** "Developing with GSSAPI", on the default client keytab: whose tickets are taken, obtained, refreshed, and where they go. */
describe('the default client keytab', () => {
  const realm = useRealm({
    principals: {
      alice: PASSWORD,
      bob: 'cheshire-5',
      carol: 'dodo-3',
      short: { maxLife: 6 },
      long: { password: 'mouse-1', maxLife: 100 },
    },
    services: [SERVICE],
  })
  let keytab = ''
  let cases = 0
  let dir = ''

  before('a keytab of four, bob the first', async () => {
    keytab = join(realm().dir, 'client-keys')
    for (const name of ['bob', 'carol', 'short', 'long']) await realm().extractKeytab(name, keytab)
  })

  beforeEach(() => {
    dir = join(realm().dir, `case${cases++}`)
    mkdirSync(join(dir, 'home'), { recursive: true })
  })

  const file = () => `FILE:${dir}/cache`
  const collection = () => `DIR:${dir}/collection`
  const inCollection = (name: string) => `DIR::${dir}/collection/tkt${name}`

  const withKeytab = (ccache: string, body: () => Promise<void>, keys = keytab) => {
    if (ccache.startsWith('DIR:')) mkdirSync(`${dir}/collection`)
    const variables = { KRB5CCNAME: ccache, KRB5_CLIENT_KTNAME: keys, HOME: join(dir, 'home') }
    return withEnv(variables, body)
  }

  const initiator = async (credential?: Credential) => {
    const { acceptor } = await established({ initiator: credential ? { credential } : {} })
    return String(acceptor.initiatorName)
  }
  const named = async (name: string) => initiator(await Credential.acquire({ name }))
  const inquired = async (name?: string) =>
    String((await (await Credential.acquire(name ? { name } : {})).inquire()).name)

  /** Who the caches are for, as klist sees them. */
  const holders = (ccache: string) =>
    execFileSync(programPath('klist'), ['-A', '-c', ccache], { encoding: 'utf8' })
      .split('\n')
      .filter((line) => line.startsWith('Default principal: '))
      .map((line) => line.slice('Default principal: '.length))
      .sort()

  const identity = (text: string) => writeFileSync(join(dir, 'home', '.k5identity'), `${text}\n`)

  itUnless(GAP, 'no name, no cache: the first principal, by a context or an inquiry', async () => {
    await withKeytab(file(), async () => {
      assert.equal(await initiator(), BOB)
      assert.deepEqual(holders(file()), [BOB])
      rmSync(`${dir}/cache`)
      assert.equal(await inquired(), BOB)
    })
  })

  itUnless(
    GAP,
    'no name, no cache: .k5identity chooses by the target, not an inquiry',
    async () => {
      await withKeytab(collection(), async () => {
        identity(`${CAROL} service=test`)
        assert.equal(await initiator(), CAROL)
        assert.deepEqual(holders(collection()), [CAROL])
      })
    },
  )

  itUnless(GAP, '.k5identity that names somebody without a key fails by that name', async () => {
    await withKeytab(collection(), async () => {
      identity(`${ALICE} service=test`)
      const error = await failure(() => new Initiator({ target: SERVICE }).step())
      assert.equal(error.code, 'GSS_S_NO_CRED')
      assert.ok(error.message.includes(ALICE), error.message)
    })
  })

  itUnless(GAP, 'a name without a cache: its key, and the ticket is stored', async () => {
    await withKeytab(file(), async () => {
      assert.equal(await named(CAROL), CAROL)
      assert.deepEqual(holders(file()), [CAROL])
    })
  })

  itUnless(GAP, 'a name without a key: refused, and nothing is stored', async () => {
    await withKeytab(file(), async () => {
      const error = await failure(() => Credential.acquire({ name: ALICE }))
      assert.equal(error.code, 'GSS_S_NO_CRED')
      assert.equal(existsSync(`${dir}/cache`), false)
    })
  })

  itUnless(
    GAP,
    'a name beside a cache of somebody else: refused, though it has a key',
    async () => {
      await withKeytab(file(), async () => {
        await realm().kinit('alice', { ccache: file() })
        const error = await failure(() => Credential.acquire({ name: CAROL }))
        assert.equal(error.code, 'GSS_S_NO_CRED')
        assert.equal(error.minorName, 'KG_CCACHE_NOMATCH')
        assert.deepEqual(holders(file()), [ALICE])
      })
    },
  )

  itUnless(GAP, 'no name beside a cache with tickets: the cache is taken', async () => {
    await withKeytab(file(), async () => {
      await realm().kinit('alice', { ccache: file() })
      assert.equal(await initiator(), ALICE)
    })
  })

  itUnless(GAP, 'a cache that is of a name and without tickets is filled', async () => {
    await withKeytab(file(), async () => {
      await realm().kinit('carol', { ccache: file() })
      const whole = readFileSync(`${dir}/cache`)
      // version 4: two bytes, the header's length and the header, then the principal; tickets follow it
      const at = 4 + whole.readUInt16BE(2)
      let end = at + 8
      const components = whole.readUInt32BE(at + 4) + 1 // and the realm
      for (let i = 0; i < components; i++) end += 4 + whole.readUInt32BE(end)
      writeFileSync(`${dir}/cache`, whole.subarray(0, end))
      assert.equal(await named(CAROL), CAROL)
      assert.equal(await inquired(), CAROL)
    })
  })

  describe('and a collection', () => {
    itUnless(GAP, 'a name with a key gets a cache of its own', async () => {
      await withKeytab(collection(), async () => {
        await realm().kinit('alice', { ccache: inCollection('alice') })
        writeFileSync(`${dir}/collection/primary`, 'tktalice\n')
        assert.equal(await named(CAROL), CAROL)
        assert.deepEqual(holders(collection()), [ALICE, CAROL])
        assert.equal(await initiator(), ALICE, 'the primary one stays')
      })
    })

    itUnless(GAP, 'tickets that are there go before the key', async () => {
      await withKeytab(collection(), async () => {
        await realm().kinit('carol', { ccache: inCollection('carol') })
        const before = readFileSync(`${dir}/collection/tktcarol`)
        assert.equal(await inquired(CAROL), CAROL)
        assert.ok(readFileSync(`${dir}/collection/tktcarol`).equals(before))
      })
    })

    itUnless(GAP, '.k5identity gets the ticket that is missing', async () => {
      await withKeytab(collection(), async () => {
        await realm().kinit('alice', { ccache: inCollection('alice') })
        identity(`${CAROL} service=test`)
        assert.equal(await initiator(), CAROL)
        assert.deepEqual(holders(collection()), [ALICE, CAROL])
      })
    })
  })

  itUnless(GAP, 'a keytab that cannot be read does no harm to a cache with tickets', async () => {
    await withKeytab(
      file(),
      async () => {
        await realm().kinit('alice', { ccache: file() })
        assert.equal(await initiator(), ALICE)
      },
      join(realm().dir, 'no-such-keytab'),
    )
  })

  describe('as its tickets end', () => {
    const left = async (name: string) =>
      (await (await Credential.acquire({ name })).inquire()).lifetime!

    itUnless(GAP, 'what a key got is refreshed halfway', async () => {
      await withKeytab(file(), async () => {
        assert.ok((await left('short')) > 3)
        await delay(3600)
        assert.ok((await left('short')) >= 5)
      })
    })

    itUnless(
      GAP,
      'what a password got is refreshed in its last 30 seconds, not before',
      async () => {
        await withKeytab(file(), async () => {
          await realm().kinit('long', { ccache: file(), lifetime: 45 })
          assert.ok((await left('long')) <= 45)
          await realm().kinit('long', { ccache: file(), lifetime: 20 })
          assert.ok((await left('long')) > 90)
        })
      },
    )

    itUnless(GAP, 'what has expired stays so where there is no key for it', async () => {
      await withKeytab(
        file(),
        async () => {
          await realm().kinit('short', { ccache: file(), keytab, lifetime: 1 })
          await delay(2100)
          const error = await failure(() => new Initiator({ target: SERVICE }).step())
          assert.equal(error.minorName, 'KRB5KRB_AP_ERR_TKT_EXPIRED')
        },
        await realm().extractKeytab('carol'),
      )
    })
  })
})
