import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { library } from 'gssapi'
import { runForJson } from '../helpers/child'
import { itUnless } from '../helpers/handshake'
import { firstFile } from '../helpers/programs'
import { useRealm } from '../helpers/realm'
import type { Request } from './programs/host-names'

const ARCH = { x64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' }[process.arch as string] ?? ''
const wrapper = firstFile(
  [`/usr/lib/${ARCH}`, '/usr/lib64', '/usr/lib'].map((folder) => join(folder, 'libnss_wrapper.so')),
)
const GAP =
  library().implementation !== 'mit'
    ? "these are MIT krb5's rules"
    : wrapper === undefined && 'nss_wrapper is not there'

// By the table the alias leads to forward; its address leads back to reverse.
const [FORWARD, REVERSE, ALIAS] = ['forward', 'reverse', 'alias'].map((n) => `${n}.example.test`)
const HOSTS = `127.0.0.9 ${REVERSE}\n127.0.0.9 ${FORWARD} ${ALIAS}\n`
const of = (host = '') => `svc/${host}@EXAMPLE.TEST`

const SETTINGS = {
  'no look-up': 'dns_canonicalize_hostname = false',
  'forward only': 'dns_canonicalize_hostname = true\n rdns = false',
  'forward and reverse': 'dns_canonicalize_hostname = true\n rdns = true',
  'a look-up only where the name itself is unknown':
    'dns_canonicalize_hostname = fallback\n rdns = false',
  'the acceptor’s host ignored':
    'dns_canonicalize_hostname = false\n ignore_acceptor_hostname = true',
}
type Setting = keyof typeof SETTINGS

/** "Developing with GSSAPI", on host-based names: how they become principals, by krb5.conf and a table of hosts. */
describe('host-based names and the look-up of their host', () => {
  const realm = useRealm({
    principals: { alice: 'white-Rabbit-7' },
    services: [FORWARD, REVERSE, ALIAS].map((host) => `svc@${host}`).concat(`only@${FORWARD}`),
    kinit: 'alice',
  })

  function config(setting: Setting): string {
    const file = join(realm().dir, `${Object.keys(SETTINGS).indexOf(setting)}.conf`)
    const own = readFileSync(realm().krb5Conf, 'utf8')
      .split('\n')
      .filter((line) => !/^\s*(rdns|dns_canonicalize_hostname)\b/.test(line))
      .join('\n')
    writeFileSync(file, own.replace('[libdefaults]', `[libdefaults]\n ${SETTINGS[setting]}`))
    return file
  }

  function ask(setting: Setting, ...requests: Omit<Request, 'config'>[]): Promise<string[]> {
    const hosts = join(realm().dir, 'hosts')
    writeFileSync(hosts, HOSTS)
    const file = config(setting)
    const input = {
      ccache: realm().env.KRB5CCNAME,
      keytab: realm().keytab,
      requests: requests.map((request) => ({ ...request, config: file })),
    }
    const preload = [process.env['LD_PRELOAD'], wrapper].filter((each) => each !== undefined)
    return runForJson('realms/programs/host-names', [JSON.stringify(input)], {
      env: {
        LD_PRELOAD: preload.join(' '),
        NSS_WRAPPER_HOSTS: hosts,
        NSS_WRAPPER_HOSTNAME: FORWARD!,
      },
    })
  }

  const everywhere = (host?: string): Omit<Request, 'config'>[] =>
    (['canonical', 'initiator', 'target'] as const).map((as) => ({
      as,
      service: 'svc',
      ...(host === undefined ? {} : { host }),
    }))
  const thrice = (principal: string) => [principal, principal, principal]

  const RULES: [Setting, string | undefined][] = [
    ['no look-up', ALIAS],
    ['forward only', FORWARD],
    ['forward and reverse', REVERSE],
  ]
  for (const [setting, host] of RULES) {
    itUnless(GAP, `${setting}: an initiator, a target and a canonical name`, async () => {
      assert.deepEqual(await ask(setting, ...everywhere(ALIAS)), thrice(of(host)))
    })
  }

  itUnless(GAP, 'a service without a host is on the local host', async () => {
    assert.deepEqual(await ask('no look-up', ...everywhere()), thrice(of(FORWARD)))
  })

  itUnless(
    GAP,
    'fallback: the name as it is, and the looked-up one where no key has it',
    async () => {
      const [known, unknown] = await ask(
        'a look-up only where the name itself is unknown',
        { as: 'target', service: 'svc', host: ALIAS! },
        { as: 'target', service: 'only', host: ALIAS! },
      )
      assert.equal(known, of(ALIAS))
      assert.equal(unknown, `only/${FORWARD}@EXAMPLE.TEST`)
    },
  )

  itUnless(GAP, 'a host that nobody knows is left as it is', async () => {
    const request = { as: 'canonical', service: 'svc', host: 'nowhere.example.test' } as const
    assert.deepEqual(await ask('forward and reverse', request), [of(request.host)])
  })

  describe('an acceptor', () => {
    const accept = (host: string | undefined, principal: string): Omit<Request, 'config'> => ({
      as: 'acceptor',
      service: 'svc',
      principal,
      ...(host === undefined ? {} : { host }),
    })

    itUnless(GAP, 'of a service alone takes a ticket for any of its hosts', async () => {
      const all = [FORWARD, REVERSE, ALIAS].map(of)
      const asked = await ask('no look-up', ...all.map((each) => accept(undefined, each)))
      assert.deepEqual(asked, all)
    })

    itUnless(GAP, 'of a service and a host takes a ticket for that host alone', async () => {
      const [right, wrong] = await ask(
        'no look-up',
        accept(ALIAS, of(ALIAS)),
        accept(ALIAS, of(FORWARD)),
      )
      assert.equal(right, of(ALIAS))
      assert.match(wrong!, /^GSS_S_FAILURE KRB5KRB_AP_ERR_NOT_US$/)
    })

    itUnless(GAP, 'has its host looked up as an initiator has', async () => {
      const [right, wrong] = await ask(
        'forward only',
        accept(ALIAS, of(FORWARD)),
        accept(ALIAS, of(ALIAS)),
      )
      assert.equal(right, of(FORWARD))
      assert.match(wrong!, /KRB5KRB_AP_ERR_NOT_US/)
    })

    itUnless(GAP, 'takes any host where ignore_acceptor_hostname is set', async () => {
      const [other, service] = await ask(
        'the acceptor’s host ignored',
        accept(ALIAS, of(FORWARD)),
        { ...accept(ALIAS, `only/${FORWARD}@EXAMPLE.TEST`) },
      )
      assert.equal(other, of(FORWARD))
      assert.match(service!, /KRB5KRB_AP_ERR_NOT_US/)
    })
  })
})
