import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { KinitOptions, PrincipalOptions, Realm, RealmOptions } from 'gssapi/testing'

/** What can be seen of a {@link Realm} from outside. */
type RealmMembers = { [Member in keyof Realm]: Realm[Member] }

/** Where the KDC of others is, and who may make principals there. */
export interface ExternalKdc {
  /** GSSAPI_TEST_KDC: its host; kadmind listens on the same. */
  host: string
  /** GSSAPI_TEST_KDC_ADMIN: `admin/admin@EXAMPLE.TEST`. */
  admin: string
  /** GSSAPI_TEST_KDC_PASSWORD: that principal's. */
  password: string
}

/** The KDC that the environment names, or undefined: then each suite makes one of its own. */
export function externalKdc(env = process.env): ExternalKdc | undefined {
  const host = env['GSSAPI_TEST_KDC']
  if (host === undefined) return undefined
  const admin = env['GSSAPI_TEST_KDC_ADMIN']
  const password = env['GSSAPI_TEST_KDC_PASSWORD']
  if (admin === undefined || password === undefined) {
    throw new Error('GSSAPI_TEST_KDC needs GSSAPI_TEST_KDC_ADMIN and GSSAPI_TEST_KDC_PASSWORD')
  }
  return { host, admin, password }
}

/** These are asked of the KDC by kadmin, or stand in krb5.conf; the others are set where a KDC is started. */
const POSSIBLE = new Set(['principals', 'services', 'libdefaults', 'forwardable'])

/** Why a suite with these options cannot have a KDC of others; undefined where it can. */
export function needsOwnKdc(options: RealmOptions): string | undefined {
  const names = Object.keys(options).filter((name) => !POSSIBLE.has(name))
  return names.length === 0 ? undefined : `it needs a KDC of its own: ${names.join(', ')}`
}

const quote = (argument: string) => `"${argument.replaceAll('"', '""')}"`
const realmOf = (principal: string) => principal.slice(principal.lastIndexOf('@') + 1)
const principalOf = (service: string) => service.replace('@', '/')

/** What kadmin says on standard error although it succeeded; it rings the bell before the last. */
const REMARKS =
  /^(?:(?:No|WARNING: no) policy specified for .*|.*Administration credentials NOT DESTROYED\.)$/gim

/** Runs one of MIT's programs; rejects with what it complained of, also where its exit code is 0. */
function run(command: string, args: string[], env: NodeJS.ProcessEnv, input = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env: { ...process.env, LC_ALL: 'C', ...env } })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    child.stdin.on('error', () => {}) // judged by what it says, not by EPIPE
    child.stdin.end(input)
    child.once('error', reject)
    child.once('close', (code) => {
      const complaint = stderr.replaceAll(REMARKS, '').trim()
      if (code === 0 && complaint === '') resolve(stdout)
      else reject(new Error(`${command} ended with ${code}: ${complaint}`))
    })
  })
}

function addCommand(principal: string, options: PrincipalOptions): string {
  const { password, attributes = [], maxLife } = options
  const lifetime = maxLife === undefined ? [] : ['-maxlife', quote(`${maxLife} seconds`)]
  const key = password === undefined ? ['-randkey'] : ['-pw', quote(password)]
  return ['add_principal', ...lifetime, ...attributes, ...key, quote(principal)].join(' ')
}

const asOptions = (value: string | true | PrincipalOptions): PrincipalOptions =>
  value === true ? {} : typeof value === 'string' ? { password: value } : value

/** As gssapi/testing writes it, but for the KDC's address. */
function krb5Conf(dir: string, realm: string, host: string, options: RealmOptions): string {
  const libdefaults = {
    default_realm: realm,
    ...{ dns_lookup_kdc: false, dns_lookup_realm: false },
    ...{ dns_canonicalize_hostname: false, rdns: false },
    default_ccache_name: `FILE:${path.join(dir, 'ccache')}`,
    default_keytab_name: `FILE:${path.join(dir, 'service.keytab')}`,
    default_client_keytab_name: `FILE:${path.join(dir, 'client.keytab')}`,
    forwardable: options.forwardable ?? true,
    ...options.libdefaults,
  }
  const lines = Object.entries(libdefaults).map(([name, value]) => ` ${name} = ${String(value)}`)
  const domain = realm.toLowerCase()
  return [
    ...['[libdefaults]', ...lines],
    ...['[realms]', ` ${realm} = {`, `  kdc = ${host}`, `  admin_server = ${host}`, ' }'],
    ...['[domain_realm]', ` ${domain} = ${realm}`, ` .${domain} = ${realm}`, ''],
  ].join('\n')
}

/**
 * A realm whose KDC runs elsewhere, in a container for example: its principals are made over the
 * network and taken away again, so that suites can use it one after the other, never two at once.
 * The names of its files are those of {@link Realm}.
 */
export class ExternalRealm implements RealmMembers {
  readonly realm: string
  readonly krb5Conf: string
  readonly keytab: string
  readonly ccache: string
  readonly env: Realm['env']
  readonly #passwords = new Map<string, string>()
  readonly #made: string[] = []
  readonly #kdc: ExternalKdc
  readonly #options: RealmOptions
  #extracted = 0

  private constructor(
    readonly dir: string,
    kdc: ExternalKdc,
    options: RealmOptions,
  ) {
    this.#kdc = kdc
    this.#options = options
    this.realm = realmOf(kdc.admin)
    this.krb5Conf = path.join(dir, 'krb5.conf')
    this.keytab = path.join(dir, 'service.keytab')
    this.ccache = `FILE:${path.join(dir, 'ccache')}`
    this.env = {
      KRB5_CONFIG: this.krb5Conf,
      KRB5_KDC_PROFILE: path.join(dir, 'kdc.conf'),
      KRB5CCNAME: this.ccache,
      KRB5_KTNAME: `FILE:${this.keytab}`,
      KRB5_CLIENT_KTNAME: `FILE:${path.join(dir, 'client.keytab')}`,
      KRB5RCACHEDIR: dir,
    }
  }

  static async create(kdc: ExternalKdc, options: RealmOptions): Promise<ExternalRealm> {
    const dir = await mkdtemp(path.join(tmpdir(), 'gssapi-realm-'))
    const realm = new ExternalRealm(dir, kdc, options)
    try {
      await realm.#populate()
    } catch (error) {
      await realm.dispose()
      throw error
    }
    return realm
  }

  async #populate(): Promise<void> {
    const { principals = {}, services = [] } = this.#options
    const { admin, password, host } = this.#kdc
    await writeFile(this.krb5Conf, krb5Conf(this.dir, this.realm, host, this.#options))
    const args = ['-c', this.#adminCache, '-S', `kadmin/admin@${this.realm}`, admin]
    await run('kinit', args, this.env, `${password}\n`)
    for (const [name, options] of Object.entries(principals)) await this.addPrincipal(name, options)
    for (const service of services) await this.addService(service)
  }

  get #adminCache(): string {
    return path.join(this.dir, 'admin')
  }

  async kinit(principal: string, options: KinitOptions = {}): Promise<string> {
    const { password = this.#passwords.get(principal), lifetime, forwardable } = options
    const where = options.ccache ?? this.ccache
    const ccache = /[:/]/.test(where) ? where : `FILE:${path.join(this.dir, where)}`
    const keytab =
      password === undefined ? (options.keytab ?? (await this.extractKeytab(principal))) : ''
    const args = [
      ...['-c', ccache],
      ...(lifetime === undefined ? [] : ['-l', `${lifetime}s`]),
      ...(forwardable === undefined ? [] : [forwardable ? '-f' : '-F']),
      ...(keytab === '' ? [] : ['-k', '-t', keytab]),
    ]
    await run('kinit', [...args, principal], this.env, `${password ?? ''}\n`)
    return ccache
  }

  async addPrincipal(
    principal: string,
    options: string | true | PrincipalOptions = true,
  ): Promise<void> {
    const given = asOptions(options)
    this.#made.push(principal)
    await this.kadmin(addCommand(principal, given))
    if (given.password !== undefined) this.#passwords.set(principal, given.password)
  }

  async addService(
    service: string,
    { keytab = this.keytab, ...options }: Parameters<Realm['addService']>[1] = {},
  ): Promise<string> {
    const principal = principalOf(service)
    await this.addPrincipal(principal, options)
    if (keytab !== false) await this.extractKeytab(principal, keytab)
    return `${principal}@${this.realm}`
  }

  async deletePrincipal(principal: string): Promise<void> {
    await this.kadmin(`delete_principal -force ${quote(principal)}`)
    this.#passwords.delete(principal)
  }

  async changeKeys(
    principal: string,
    { keepOld = false, keytab }: Parameters<Realm['changeKeys']>[1] = {},
  ): Promise<void> {
    const keep = keepOld ? '-keepold ' : ''
    await this.kadmin(`change_password -randkey ${keep}${quote(principal)}`)
    if (keytab !== undefined) await this.extractKeytab(principal, keytab)
  }

  async extractKeytab(names: string | string[], file?: string): Promise<string> {
    const keytab = file ?? path.join(this.dir, `extracted-${(this.#extracted += 1)}.keytab`)
    for (const name of [names].flat()) {
      await this.kadmin(`ktadd -k ${quote(keytab)} -norandkey ${quote(name)}`)
    }
    return keytab
  }

  kadmin(command: string): Promise<string> {
    const args = ['-c', this.#adminCache, '-r', this.realm]
    return run('kadmin', args, this.env, `${command}\n`)
  }

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

  /** Takes away what it made, and makes no fuss of what is gone already. */
  async dispose(): Promise<void> {
    await Promise.allSettled(this.#made.map((name) => this.deletePrincipal(name)))
    await rm(this.dir, { recursive: true, force: true })
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose()
  }

  // What only the owner of a KDC can do or know.
  get log(): string {
    throw new Error("The KDC is another's: its log is there")
  }

  get kdcPort(): number {
    throw new Error("The KDC is another's, and does not listen on this machine")
  }

  stopKdc(): Promise<void> {
    return Promise.reject(new Error("The KDC is another's: it cannot be ended"))
  }

  startKdc(): Promise<void> {
    return this.stopKdc()
  }

  silentKdc(): Promise<void> {
    return this.stopKdc()
  }

  disposeSync(): void {
    throw new Error('Principals elsewhere cannot be taken away while this thread waits')
  }
}
