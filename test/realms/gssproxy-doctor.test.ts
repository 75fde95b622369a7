import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cliJson } from '../helpers/cli'
import { INTERPOSER, noGssproxy, useGssproxy } from '../helpers/gssproxy'
import { itUnless } from '../helpers/handshake'
import { useRealm } from '../helpers/realm'

interface Check {
  check: string
  status: 'ok' | 'warning' | 'failed' | 'skipped'
  found: string
  advice?: string
}

const SERVICE = 'HTTP@localhost' // a name that resolves on every machine
const OPTIONS = {
  principals: { alice: 'secret' },
  services: [SERVICE],
  krb5Conf: '[domain_realm]\n localhost = EXAMPLE.TEST\n',
}
const KEYTABS_AND_KINIT = /kinit|ktadd|\(KRB5CCNAME\) or a client keytab/

async function doctor(
  code: number,
  args: string[] = [],
  env: NodeJS.ProcessEnv = {},
): Promise<Check[]> {
  const { checks } = await cliJson<{ checks: Check[] }>(['doctor', ...args], code, { env })
  assert.doesNotMatch(JSON.stringify(checks), KEYTABS_AND_KINIT)
  return checks
}

function assertCheck(checks: Check[], check: string, status: string, found: RegExp, advice = /^$/) {
  const all = JSON.stringify(checks, null, 1)
  const some = checks.filter((each) => each.check === check)
  assert.equal(some.length, 1, `${check}\n${all}`)
  assert.equal(some[0]!.status, status, all)
  assert.match(some[0]!.found, found)
  assert.match(some[0]!.advice ?? '', advice)
}

const named = (checks: Check[], status: string) =>
  checks.filter((each) => each.status === status).map(({ check }) => check)

describe('gssapi doctor where gssproxy has keys and tickets', function () {
  this.timeout(60_000)
  const realm = useRealm(OPTIONS)
  const proxy = useGssproxy(() => ({
    realm: realm(),
    section: (dir) => [
      `cred_store = keytab:${realm().keytab}`,
      `cred_store = client_keytab:${realm().keytab}`,
      `cred_store = ccache:${dir}/cc_%U`,
    ],
  }))

  for (const args of [[], [SERVICE]]) {
    const which = args.length === 0 ? 'its own service' : 'a named service'
    itUnless(noGssproxy, `finds all well, and establishes a context with ${which}`, async () => {
      const checks = await doctor(0, args)
      assertCheck(checks, 'gssproxy', 'ok', /keys and tickets, and listens at .*socket$/)
      assertCheck(checks, 'ticket cache', 'ok', /client-cache can be written$/)
      assertCheck(checks, 'tickets', 'ok', /^HTTP\/localhost@EXAMPLE\.TEST, for \d+ hours more$/)
      assertCheck(checks, 'keytab', 'ok', /^gssproxy has the keys of HTTP\/localhost@/)
      assertCheck(checks, 'service', 'ok', /a ticket for HTTP\/localhost@EXAMPLE\.TEST/)
      assertCheck(checks, 'context', 'ok', /HTTP\/localhost.* with the key in gssproxy$/)
      assert.deepEqual(named(checks, 'failed'), [])
    })
  }

  itUnless(noGssproxy, 'tells where nobody listens what to start, once', async () => {
    const socket = join(proxy().dir, 'no-such-socket')
    const checks = await doctor(1, [SERVICE], { GSSPROXY_SOCKET: socket })
    const advice = /Start gssproxy \(systemctl .*GSSPROXY_SOCKET/
    assertCheck(checks, 'gssproxy', 'failed', /no-such-socket: ENOENT$/, advice)
    assert.deepEqual(named(checks, 'failed'), ['gssproxy'])
    assert.deepEqual(named(checks, 'skipped'), ['tickets', 'keytab', 'service'])
  })

  itUnless(
    noGssproxy,
    'tells of a folder that KRB5CCNAME names and that is not there',
    async () => {
      const cache = join(proxy().dir, 'no-such-folder', 'cc')
      const checks = await doctor(1, [], { KRB5CCNAME: `FILE:${cache}` })
      const advice = /that this process may write in KRB5CCNAME \(systemd: RuntimeDirectory/
      assertCheck(checks, 'ticket cache', 'failed', /no-such-folder: ENOENT$/, advice)
    },
  )

  itUnless(
    noGssproxy,
    'tells that the module is missing which GSS_USE_PROXY asks for',
    async () => {
      const file = join(proxy().dir, 'other-mech')
      writeFileSync(file, `gssproxy_v1 ${INTERPOSER} /no/such/proxymech.so <interposer>\n`)
      const configs = {
        [file]: /proxymech\.so is not there$/,
        '/no/such/mech': /none of \/no\/such/,
      }
      for (const [config, found] of Object.entries(configs)) {
        const { checks } = await cliJson<{ checks: Check[] }>(['doctor'], 1, {
          env: { GSS_MECH_CONFIG: config },
        })
        assertCheck(
          checks,
          'gssproxy',
          'warning',
          found,
          /Install gssproxy, or unset GSS_USE_PROXY/,
        )
        assertCheck(checks, 'keytab', 'skipped', /no-keytab-of-this-process is not there/)
      }
    },
  )

  itUnless(
    noGssproxy,
    'says nothing of gssproxy where GSS_USE_PROXY does not ask for it',
    async () => {
      for (const value of [undefined, 'no', '0']) {
        const { checks } = await cliJson<{ checks: Check[] }>(['doctor'], 1, {
          env: { GSS_USE_PROXY: value },
        })
        assert.doesNotMatch(JSON.stringify(checks), /gssproxy has|listens at/)
      }
    },
  )
})

describe('gssapi doctor where gssproxy has keys and no tickets', function () {
  this.timeout(60_000)
  const realm = useRealm(OPTIONS)
  useGssproxy(() => ({
    realm: realm(),
    section: (dir) => [`cred_store = keytab:${realm().keytab}`, `cred_store = ccache:${dir}/cc_%U`],
  }))

  itUnless(
    noGssproxy,
    'calls no fault what a service that only accepts does not need',
    async () => {
      const checks = await doctor(0)
      assertCheck(checks, 'keytab', 'ok', /^gssproxy has the keys of HTTP\/localhost@/)
      assertCheck(checks, 'tickets', 'skipped', /only a process that initiates needs tickets$/)
      assert.deepEqual(named(checks, 'skipped'), ['tickets', 'service'])
    },
  )

  itUnless(noGssproxy, 'tells who names a service what gssproxy lacks', async () => {
    const checks = await doctor(1, [SERVICE])
    const advice = /^gssproxy holds the tickets .*client_keytab/
    assertCheck(checks, 'tickets', 'failed', /GSS|gss/, advice)
    assert.deepEqual(named(checks, 'failed'), ['tickets'])
  })
})

describe('gssapi doctor where gssproxy has neither keys nor tickets', function () {
  this.timeout(60_000)
  const realm = useRealm(OPTIONS)
  useGssproxy(() => ({
    realm: realm(),
    section: (dir) => [`cred_store = keytab:${dir}/none`, `cred_store = ccache:${dir}/cc_%U`],
  }))

  itUnless(noGssproxy, 'tells what its section of the configuration lacks', async () => {
    const checks = await doctor(1)
    assertCheck(checks, 'keytab', 'failed', /gss_acquire_cred/, /^gssproxy holds the keys/)
    assertCheck(checks, 'tickets', 'failed', /gss_/, /^gssproxy holds the tickets/)
    assert.deepEqual(named(checks, 'failed'), ['tickets', 'keytab'])
  })
})
