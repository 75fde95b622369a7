import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Credential, type GssError, Initiator } from 'gssapi'
import { assertHint, failure } from '../helpers/failure'
import { useRealm } from '../helpers/realm'
import { dispose, establish, PAIR_REALM, SERVICE } from '../helpers/pair'

const NO_REALM = '[libdefaults]\n default_realm = EXAMPLE.TEST\n dns_lookup_kdc = false\n'

describe('a krb5.conf that is of no use', function () {
  this.timeout(30_000)
  const realm = useRealm({ ...PAIR_REALM, kinit: 'alice' })
  let serial = 0

  /** A cache with a ticket-granting ticket only, so that the KDC has to be found. */
  async function initiate(path: string): Promise<GssError> {
    const ccache = await realm().kinit('alice', { ccache: `conf${serial++}` })
    const before = process.env['KRB5_CONFIG']
    process.env['KRB5_CONFIG'] = path
    try {
      return await failure(async () => {
        const credential = await Credential.acquire({ store: { ccache } })
        await new Initiator({ target: SERVICE, credential }).step()
      })
    } finally {
      process.env['KRB5_CONFIG'] = before
    }
  }

  function file(content: string): string {
    const path = join(realm().dir, `broken${serial}.conf`)
    writeFileSync(path, content)
    return path
  }

  const broken: Record<string, () => string> = {
    'without the end of a section’s name': () => file('[libdefaults\n default_realm = X\n'),
    'with a brace too many': () => file('[realms]\n EXAMPLE.TEST = {\n }\n }\n'),
    'with a line that is none': () => file('[libdefaults]\n default_realm EXAMPLE.TEST\n'),
    'a directory': () => realm().dir,
  }
  for (const [what, path] of Object.entries(broken)) {
    it(`a configuration ${what} does not say that it is the configuration`, async () => {
      const error = await initiate(path())
      assert.match(error.minorName ?? '', /^(KRB5_CONFIG_|PROF_)/)
      assertHint(error, /krb5\.conf/)
    })
  }

  it('a configuration that is missing or does not know the realm does not say so', async () => {
    for (const path of ['/no/such/krb5.conf', file(''), file(NO_REALM)]) {
      const error = await initiate(path)
      assert.match(error.minorName ?? '', /^KRB5_(REALM_|CONFIG_|KDC_UNREACH|ERR_HOST_REALM)/, path)
      assertHint(error, /krb5\.conf/)
    }
  })

  it('after a broken configuration the good one is not read any more', async () => {
    await initiate(broken['with a brace too many']!())
    dispose(await establish())
  })
})
