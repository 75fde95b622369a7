/** An Active Directory of Samba's (its own KDC, built on Heimdal), of which only the KDC runs. */
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readFileSync, statfsSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { reservePort, type Reservation } from '../../lib/testing/ports'
import { Daemon } from './daemon'
import { findProgram, programPath } from './programs'
import { skipSuite } from './realm'

const REALM = 'AD.EXAMPLE.TEST'
const DOMAIN = 'ad.example.test'
const PROVISION = '/usr/share/samba/setup/provision.ldif'
/** The same as for the container's domain. */
const ACCOUNTS = resolve(__dirname, '..', '..', 'docker', 'ad', 'accounts.py')
const SPACE = 256 * 1024 * 1024

export interface AccountOptions {
  password?: string
  /** Service principal names, 'HTTP/host'; their keys are in the keytab. */
  spns?: string[]
  /** The name by which the user logs on, where it is not NAME@DOMAIN. */
  upn?: string
  /** To which services it may delegate (msDS-AllowedToDelegateTo). */
  delegateTo?: string[]
  /** May act for users who never came: protocol transition. */
  trustedToAuthenticate?: boolean
  disabled?: boolean
  mustChangePassword?: boolean
}

/** Why there can be none here. */
export function sambaGap(): string | undefined {
  const lacks = ['samba', 'samba-tool'].find((name) => !findProgram(name))
  if (lacks !== undefined) return `${lacks} is not installed`
  if (!spaceIn('/usr/share/samba/setup')) return `${PROVISION} is not installed`
  return process.getuid?.() === 0 ? undefined : "Samba's domain controller needs root"
}

function spaceIn(folder: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(folder)
    return bavail * bsize > SPACE
  } catch {
    return false
  }
}

/** In memory it is made in a quarter of the time: the database waits for the disk at each of many changes. */
const folder = () => (spaceIn('/dev/shm') ? { folder: '/dev/shm' } : {})

const quoted = (argument: string): string => `'${argument.replaceAll("'", "'\\''")}'`

/** The Python that has Samba's modules. */
function samba(): string {
  const [line = ''] = readFileSync(programPath('samba-tool'), 'utf8').split('\n')
  return line.replace(/^#!\s*/, '').split(' ')[0]!
}

function provision(daemon: Daemon, kdc: number, kpasswd: number): string[] {
  const options = {
    'server services': 'kdc',
    'krb5 port': String(kdc),
    'kpasswd port': String(kpasswd),
    interfaces: 'lo',
    'bind interfaces only': 'yes',
    'pid directory': daemon.folder('run'),
    'ncalrpc dir': daemon.folder('ncalrpc'),
    'log file': daemon.path('log'),
    'ldb:nosync': 'true',
  }
  return [
    ...[programPath('samba-tool'), 'domain', 'provision', '-d', '0', '--targetdir', daemon.dir],
    ...['--realm', REALM, '--domain', 'ADEXAMPLE', '--host-name', 'dc', '--host-ip', '127.0.0.1'],
    ...['--server-role', 'dc', '--dns-backend', 'NONE'],
    ...['--adminpass', `A-${randomBytes(12).toString('base64url')}-1`],
    ...Object.entries(options).map(([name, value]) => `--option=${name}=${value}`),
  ]
}

const krb5Conf = (kdc: number, kpasswd: number) => `[libdefaults]
 default_realm = ${REALM}
 dns_lookup_kdc = false
 dns_lookup_realm = false
 dns_canonicalize_hostname = false
 rdns = false
 forwardable = true
[realms]
 ${REALM} = {
  kdc = 127.0.0.1:${kdc}
  kpasswd_server = 127.0.0.1:${kpasswd}
 }
[domain_realm]
 ${DOMAIN} = ${REALM}
 .${DOMAIN} = ${REALM}
`

export class SambaRealm {
  readonly realm = REALM
  readonly keytab: string
  readonly krb5Conf: string
  readonly env: Readonly<Record<string, string>>

  private constructor(
    readonly daemon: Daemon,
    readonly ports: Reservation[],
  ) {
    this.keytab = daemon.path('service.keytab')
    this.krb5Conf = daemon.path('krb5.conf')
    this.env = {
      KRB5_CONFIG: this.krb5Conf,
      KRB5CCNAME: `FILE:${daemon.path('ccache')}`,
      KRB5_KTNAME: `FILE:${this.keytab}`,
      KRB5RCACHEDIR: daemon.dir,
    }
  }

  static async create(accounts: Record<string, AccountOptions>): Promise<SambaRealm> {
    const ports = [(await reservePort())!, (await reservePort())!]
    const daemon = await Daemon.create({
      name: 'samba',
      ...folder(),
      command: (dir) => ['/bin/sh', join(dir, 'start')],
      limit: 240_000,
    })
    const made = new SambaRealm(daemon, ports)
    try {
      await made.#start(accounts)
      return made
    } catch (error) {
      await made.dispose()
      throw error
    }
  }

  async #start(accounts: Record<string, AccountOptions>): Promise<void> {
    const [kdc, kpasswd] = this.ports.map(({ port }) => port) as [number, number]
    writeFileSync(this.krb5Conf, krb5Conf(kdc, kpasswd))
    const list = Object.entries(accounts).map(([name, options]) => ({
      name,
      ...(options.spns === undefined ? {} : { keytab: this.keytab }),
      ...options,
    }))
    const smbConf = this.daemon.path('etc', 'smb.conf')
    const file = this.daemon.path('accounts.json')
    writeFileSync(file, JSON.stringify(list))
    const options = ['--foreground', '--no-process-group', '--model=single', '-s', smbConf]
    // The making too belongs to the watchdog, so that nothing of it outlives this process.
    const commands = [
      provision(this.daemon, kdc, kpasswd).map(quoted).join(' '),
      `${[samba(), ACCOUNTS, smbConf].map(quoted).join(' ')} <${quoted(file)}`,
      `exec ${[programPath('samba'), ...options].map(quoted).join(' ')}`,
    ]
    writeFileSync(this.daemon.path('start'), ['set -e', ...commands, ''].join('\n'))
    await this.daemon.serve({ port: kdc, host: '127.0.0.1' })
  }

  /** Puts its variables into process.env; the result puts the old ones back. */
  use(): () => void {
    const before = Object.keys(this.env).map((name) => [name, process.env[name]] as const)
    Object.assign(process.env, this.env)
    return () => {
      for (const [name, value] of before) {
        if (value === undefined) delete process.env[name]
        else process.env[name] = value
      }
    }
  }

  async kinit(user: string, password: string, ccache = 'ccache'): Promise<string> {
    const name = `FILE:${this.daemon.path(ccache)}`
    const running = promisify(execFile)('kinit', ['-c', name, user], {
      env: { ...process.env, ...this.env, LC_ALL: 'C' },
    })
    running.child.stdin?.end(`${password}\n`)
    await running
    return name
  }

  async dispose(): Promise<void> {
    for (const port of this.ports) port.release()
    await this.daemon.end()
  }
}

/** As `useRealm`: making one takes some ten seconds, so a file has one. */
export function useSambaRealm(accounts: Record<string, AccountOptions>): () => SambaRealm {
  let realm: SambaRealm | undefined
  let restore: (() => void) | undefined

  before('make a domain', async function () {
    const gap = sambaGap()
    if (gap !== undefined) skipSuite(this, gap)
    this.timeout(240_000)
    realm = await SambaRealm.create(accounts)
    restore = realm.use()
  })

  after('dispose of the domain', async () => {
    restore?.()
    await realm?.dispose()
    realm = undefined
  })

  return () => {
    if (!realm) throw new Error('The domain lives only while the tests and hooks of its suite run')
    return realm
  }
}
