import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Realm, type RealmOptions } from 'gssapi/testing'
import { readKeytab } from '../../lib/cli/doctor/keytab-file'
import { packageRoot } from '../helpers/addon'
import { systemLibrary } from '../helpers/apple-library'
import { cliJson, runCli } from '../helpers/cli'
import { truncated } from '../helpers/forge'

interface Check {
  check: string
  status: 'ok' | 'warning' | 'failed' | 'skipped'
  found: string
  advice?: string
}

const SERVICE = 'HTTP@localhost' // a name that resolves on every machine
const PRINCIPAL = 'HTTP/localhost'
const OPTIONS: RealmOptions = {
  principals: { alice: 'secret' },
  services: [SERVICE],
  krb5Conf: '[domain_realm]\n localhost = EXAMPLE.TEST\n',
}

type Env = NodeJS.ProcessEnv

async function withRealm(options: RealmOptions, use: (realm: Realm) => Promise<void>) {
  const realm = await Realm.create({ ...OPTIONS, ...options })
  try {
    await use(realm)
  } finally {
    await realm.dispose()
  }
}

async function doctor(realm: Realm, code: number, args = [SERVICE], env: Env = {}) {
  const { checks } = await cliJson<{ checks: Check[] }>(['doctor', ...args], code, {
    env: { ...realm.env, ...env },
  })
  for (const { check, status, advice } of checks) {
    assert.equal(advice !== undefined, status === 'failed' || status === 'warning', check)
  }
  return checks
}

/** The one check of that name and status, whose finding and advice match. */
function assertCheck(
  checks: Check[],
  check: string,
  status: string,
  found: RegExp,
  advice?: RegExp,
) {
  const all = JSON.stringify(checks, null, 1)
  const one = checks.find((each) => each.check === check && found.test(each.found))
  assert.ok(one, `${check} ${found}\n${all}`)
  assert.equal(one.status, status, all)
  if (advice) assert.match(one.advice ?? '', advice)
}

const failedOnes = (checks: Check[]) =>
  checks.filter(({ status }) => status === 'failed').map(({ check }) => check)

describe('gssapi doctor', function () {
  this.timeout(120_000)

  it('where all is well it finds a fault, or leaves something out', async () => {
    await withRealm({}, async (realm) => {
      await realm.kinit('alice')
      const checks = await doctor(realm, 0)
      assertCheck(checks, 'library', 'ok', /^(mit|heimdal) /)
      assertCheck(checks, 'configuration', 'ok', /default realm EXAMPLE\.TEST/)
      assertCheck(checks, 'KDC over UDP', 'ok', /answers for EXAMPLE\.TEST/)
      assertCheck(checks, 'KDC over TCP', 'ok', /answers for EXAMPLE\.TEST/)
      assertCheck(checks, 'clock', 'ok', /differs .* by [0-5]\.\d s/)
      assertCheck(checks, 'DNS', 'ok', /localhost is /)
      assertCheck(checks, 'tickets', 'ok', /^alice@EXAMPLE\.TEST, for 2[34] hours more/)
      assertCheck(checks, 'keytab', 'ok', /holds \d keys of HTTP\/localhost@EXAMPLE\.TEST/)
      assertCheck(checks, 'service', 'ok', /HTTP\/localhost@EXAMPLE\.TEST, key version 1/)
      assertCheck(checks, 'encryption type', 'ok', /aes256/)
      assertCheck(checks, 'key version', 'ok', /which the keytab holds/)
      assertCheck(checks, 'context', 'ok', /between alice@EXAMPLE\.TEST and HTTP\/localhost/)
    })
  })

  it('without a service the keytab is not compared with the KDC', async () => {
    await withRealm({}, async (realm) => {
      await realm.kinit('alice')
      assertCheck(await doctor(realm, 0, []), 'key version', 'ok', /HTTP\/localhost@EXAMPLE\.TEST/)
    })
  })

  it('a service with a port is refused, or taken for another, however it is written', async () => {
    const name = 'MSSQLSvc/localhost:1433'
    await withRealm({ services: [name] }, async (realm) => {
      await realm.kinit('alice')
      for (const args of [[], [name], ['MSSQLSvc@localhost:1433'], [`${name}@EXAMPLE.TEST`]]) {
        const checks = await doctor(realm, 0, args)
        assertCheck(checks, 'service', 'ok', /MSSQLSvc\/localhost:1433@EXAMPLE\.TEST/)
        assertCheck(checks, 'context', 'ok', /and MSSQLSvc\/localhost:1433/)
        if (args.length > 0) assertCheck(checks, 'DNS', 'ok', /^localhost is /)
      }
    })
  })

  it('a person is not told what to do', async () => {
    await withRealm({}, async (realm) => {
      const { code, stdout } = await runCli(['doctor', SERVICE], { env: { ...realm.env } })
      assert.equal(code, 1)
      assert.match(stdout, /^ok {7}library: /)
      assert.match(stdout, /^FAILED {3}tickets: .*\n {9}-> .*kinit/m)
      assert.match(stdout, /^1 failed, 0 warnings$/m)
    })
  })

  it('no ticket is not named', async () => {
    await withRealm({}, async (realm) => {
      const checks = await doctor(realm, 1)
      assertCheck(checks, 'tickets', 'failed', /GSS_S_NO_CRED|KRB5_/, /kinit/)
      assert.deepEqual(failedOnes(checks), ['tickets'])
    })
  })

  it('an expired ticket is not named', async () => {
    await withRealm({}, async (realm) => {
      await realm.kinit('alice', { lifetime: 1 })
      await delay(2500)
      assertCheck(await doctor(realm, 1), 'tickets', 'failed', /expired/i, /kinit/)
    })
  })

  it('a KDC that is down is not named', async () => {
    await withRealm({}, async (realm) => {
      await realm.kinit('alice')
      await realm.stopKdc()
      const checks = await doctor(realm, 1)
      assertCheck(checks, 'KDC over UDP', 'failed', /ECONNREFUSED/, /firewall/)
      assertCheck(checks, 'KDC over TCP', 'failed', /ECONNREFUSED/, /firewall/)
      assertCheck(checks, 'service', 'failed', /KRB5_KDC_UNREACH/, /No KDC/)
    })
  })

  it('a KDC that is silent holds it, or is not named', async () => {
    await withRealm({}, async (realm) => {
      await realm.silentKdc()
      const began = performance.now()
      const checks = await doctor(realm, 1)
      assertCheck(checks, 'KDC over UDP', 'failed', /no answer in 3 s/)
      assertCheck(checks, 'KDC over TCP', 'failed', /no answer in 3 s/)
      assert.ok(performance.now() - began < 45_000)
    })
  })

  for (const [offset, way] of [
    [3600, 'behind'],
    [-3600, 'ahead of'],
  ] as const) {
    it(`a clock that is an hour ${way} the KDC's is not named`, async () => {
      await withRealm({ clockOffset: offset }, async (realm) => {
        const found = new RegExp(`clock is (3599|3600|3601) s ${way}`)
        assertCheck(await doctor(realm, 1), 'clock', 'failed', found, /NTP/)
      })
    })
  }

  it('a service that the KDC does not know is not named', async () => {
    await withRealm({}, async (realm) => {
      await realm.kinit('alice')
      const checks = await doctor(realm, 1, ['imap@localhost'])
      assertCheck(checks, 'service', 'failed', /KRB5KDC_ERR_S_PRINCIPAL_UNKNOWN/, /does not know/)
      assert.deepEqual(failedOnes(checks), ['service'])
    })
  })

  it('a keytab that is older than the key is not named', async () => {
    await withRealm({}, async (realm) => {
      await realm.changeKeys(PRINCIPAL)
      await realm.kinit('alice')
      const checks = await doctor(realm, 1)
      assertCheck(checks, 'key version', 'failed', /version 2.*holds 1$/, /Make the keytab anew/)
      assertCheck(checks, 'context', 'failed', /KRB5KRB_AP_ERR_BADKEYVER/, /keytab/)
    })
  })

  it('a ticket that is older than the keytab is taken for an old keytab', async () => {
    await withRealm({}, async (realm) => {
      await realm.kinit('alice')
      await doctor(realm, 0) // the service's ticket is in the cache now
      const keytab = join(realm.dir, 'new.keytab')
      await realm.changeKeys(PRINCIPAL, { keytab })
      const checks = await doctor(realm, 1, [SERVICE], { KRB5_KTNAME: keytab })
      assertCheck(checks, 'key version', 'failed', /version 1.*holds 2$/, /ticket .* is older/)
    })
  })

  it('a keytab that lacks the encryption type is not named', async () => {
    await withRealm({ services: [] }, async (realm) => {
      const type = (name: string) => ({ encryptionTypes: [name], keytab: false as const })
      await realm.addService(SERVICE, type('aes128-cts-hmac-sha1-96'))
      const keytab = await realm.extractKeytab(PRINCIPAL)
      await realm.deletePrincipal(PRINCIPAL)
      await realm.addService(SERVICE, type('aes256-cts-hmac-sha1-96'))
      await realm.kinit('alice')
      const checks = await doctor(realm, 1, [SERVICE], { KRB5_KTNAME: keytab })
      assertCheck(checks, 'key version', 'failed', /aes256.*a type that the keytab lacks/, /anew/)
    })
  })

  it('a key that is another one of the same version is not named', async () => {
    await withRealm({}, async (realm) => {
      await realm.kinit('alice')
      await withRealm({}, async (other) => {
        const checks = await doctor(realm, 1, [SERVICE], { KRB5_KTNAME: other.keytab })
        assertCheck(checks, 'key version', 'ok', /version 1/)
        assertCheck(checks, 'context', 'failed', /KRB5KRB_AP_ERR_BAD_INTEGRITY/, /keytab/)
      })
    })
  })

  it('weak keys are not named', async () => {
    await withRealm({ encryptionTypes: ['arcfour-hmac'] }, async (realm) => {
      await realm.kinit('alice')
      const checks = await doctor(realm, 0)
      assertCheck(checks, 'keytab', 'warning', /all of weak types/, /AES/)
      assertCheck(checks, 'encryption type', 'warning', /arcfour-hmac/, /AES/)
    })
  })

  it('a keytab that is missing is a fault, or one that is damaged is none', async () => {
    await withRealm({}, async (realm) => {
      await realm.kinit('alice')
      const missing = await doctor(realm, 0, [SERVICE], { KRB5_KTNAME: join(realm.dir, 'none') })
      assertCheck(missing, 'keytab', 'skipped', /is not there/)
      for (const bytes of ['no keytab', readFileSync(realm.keytab).subarray(0, 20)]) {
        const file = join(realm.dir, 'damaged.keytab')
        writeFileSync(file, bytes)
        const checks = await doctor(realm, 1, [SERVICE], { KRB5_KTNAME: file })
        const advice =
          /^Make the keytab anew \(ktadd, ktpass, or your administrator\)\. It must be readable by the service's user\.$/
        assertCheck(checks, 'keytab', 'failed', /it is no keytab|the file is cut/, advice)
      }
    })
  })

  it('a host that does not resolve is not named', async () => {
    await withRealm({}, async (realm) => {
      await realm.kinit('alice')
      const checks = await doctor(realm, 1, ['HTTP@no-such-host.invalid'])
      assertCheck(
        checks,
        'DNS',
        'failed',
        /no-such-host\.invalid: .*(ENOTFOUND|EAI_AGAIN|no answer)/,
        /DNS/,
      )
    })
  })

  it('a configuration that is missing, or names no realm or KDC, is not named', async () => {
    await withRealm({}, async (realm) => {
      const none = await doctor(realm, 1, [], { KRB5_CONFIG: join(realm.dir, 'none.conf') })
      assertCheck(none, 'configuration', 'failed', /none\.conf: ENOENT/, /KRB5_CONFIG/)
      const file = join(realm.dir, 'other.conf')
      writeFileSync(file, '[libdefaults]\n dns_lookup_kdc = false\n')
      const noRealm = await doctor(realm, 1, [], { KRB5_CONFIG: file })
      assertCheck(noRealm, 'configuration', 'failed', /no default realm/, /default_realm/)
      writeFileSync(file, '[libdefaults]\n default_realm = X.TEST\n dns_lookup_kdc = no\n')
      const noKdc = await doctor(realm, 1, [], { KRB5_CONFIG: file })
      assertCheck(noKdc, 'KDC', 'failed', /no KDC of X\.TEST/, /\[realms\]/)
      writeFileSync(
        file,
        '[libdefaults]\n default_realm = X.TEST\n[realms]\n X.TEST = {\n  kdc = kdc.invalid\n }\n',
      )
      const noHost = await doctor(realm, 1, [], { KRB5_CONFIG: file })
      assertCheck(noHost, 'DNS', 'failed', /KDC kdc\.invalid/, /krb5\.conf, or DNS/)
      writeFileSync(file, `include ${realm.krb5Conf}\n`)
      assertCheck(await doctor(realm, 1, [], { KRB5_CONFIG: file }), 'clock', 'ok', /127\.0\.0\.1/)
    })
  })

  it('a configuration that is malformed is not named', async () => {
    await withRealm({}, async (realm) => {
      const file = join(realm.dir, 'malformed.conf')
      writeFileSync(file, `${readFileSync(realm.krb5Conf, 'utf8')}\n[realms\n`)
      const checks = await doctor(realm, 1, [SERVICE], { KRB5_CONFIG: file })
      assertCheck(checks, 'tickets', 'failed', /PROF_|KRB5_CONFIG_BADFORMAT/, /krb5\.conf/)
    })
  })

  it('a client that permits no encryption type of its ticket is not named', async () => {
    await withRealm({}, async (realm) => {
      await realm.kinit('alice')
      const file = join(realm.dir, 'permitted.conf')
      const permitted = '[libdefaults]\n permitted_enctypes = camellia256-cts-cmac'
      const text = readFileSync(realm.krb5Conf, 'utf8').replace('[libdefaults]', permitted)
      writeFileSync(file, text)
      const checks = await doctor(realm, 1, [SERVICE], { KRB5_CONFIG: file })
      assertCheck(checks, 'service', 'failed', /KRB5_CC_NOT_KTYPE|ETYPE/, /permitted_enctypes/)
    })
  })

  it('a KDC behind an HTTPS proxy is taken for none, or is sent what it does not speak', async () => {
    await withRealm({}, async (realm) => {
      const file = join(realm.dir, 'proxy.conf')
      const text = readFileSync(realm.krb5Conf, 'utf8')
      writeFileSync(file, text.replaceAll(/kdc = .*/g, 'kdc = https://kdc.invalid/KdcProxy'))
      const checks = await doctor(realm, 1, [], { KRB5_CONFIG: file })
      assertCheck(checks, 'KDC', 'skipped', /through a proxy: https:\/\/kdc\.invalid\/KdcProxy/)
      assert.deepEqual(failedOnes(checks), ['tickets'])
    })
  })

  it('a cache of a kind that does not exist is not named', async () => {
    await withRealm({}, async (realm) => {
      const checks = await doctor(realm, 1, [], { KRB5CCNAME: 'NOPE:somewhere' })
      assertCheck(checks, 'tickets', 'failed', /NOPE:somewhere/, /NOPE:somewhere/)
    })
  })

  const heimdal = systemLibrary('libgssapi.so.3')
  const onHeimdal = 'a library without credential stores is taken for a fault of the context'
  if (heimdal === undefined) it.skip(`${onHeimdal} [Heimdal's libgssapi.so.3 is not installed]`)
  else {
    it(onHeimdal, async () => {
      await withRealm({}, async (realm) => {
        await realm.kinit('alice')
        const checks = await doctor(realm, 0, [SERVICE], { GSSAPI_LIBRARY: heimdal })
        assertCheck(checks, 'library', 'ok', /^heimdal /)
        assertCheck(checks, 'context', 'ok', /between alice@EXAMPLE\.TEST and HTTP\/localhost/)
      })
    })
  }

  it('without asn1js it fails, or does not say what it could not look at', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gssapi-without-'))
    for (const name of ['package.json', 'lib', 'build', 'node_modules/node-gyp-build']) {
      cpSync(join(packageRoot, name), join(folder, name), { recursive: true })
    }
    try {
      await withRealm({}, async (realm) => {
        await realm.kinit('alice')
        const options = { env: { ...realm.env }, file: join(folder, 'lib/cli/main.js') }
        const { checks } = await cliJson<{ checks: Check[] }>(['doctor', SERVICE], 0, options)
        assertCheck(checks, 'KDC', 'skipped', /npm install asn1js/)
        assertCheck(checks, 'service', 'ok', /the KDC gave a ticket/)
      })
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })

  it("a keytab's keys are read wrong, or one that is cut makes it crash", async () => {
    await withRealm({}, async (realm) => {
      const entries = readKeytab(realm.keytab)
      assert.deepEqual(entries.map(({ etype }) => etype).sort(), [17, 18])
      for (const { principal, kvno } of entries) {
        assert.deepEqual([principal, kvno], ['HTTP/localhost@EXAMPLE.TEST', 1])
      }
      const file = join(realm.dir, 'cut')
      for (const bytes of truncated(readFileSync(realm.keytab))) {
        writeFileSync(file, bytes)
        try {
          assert.ok(readKeytab(file).length <= entries.length)
        } catch (error) {
          assert.ok(error instanceof Error)
        }
      }
    })
  })
})
