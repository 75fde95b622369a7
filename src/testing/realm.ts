import { join } from 'node:path'
import { bare, checkList, checkSecret, checkText, optional } from './checks'
import { Database, type Site } from './database'
import { asyncDispose } from './dispose-symbol'
import { newDirectory, realmEnvironment, toolEnvironment, useEnvironment } from './environment'
import type { RealmEnvironment } from './environment'
import { Kdc } from './kdc'
import { checkKinitOptions, kinit, type KinitOptions } from './kinit'
import { checkPrincipal, checkService } from './names'
import { checkOptions, type RealmOptions, type Settings } from './options'
import { checkKeyChange, checkPrincipalOptions, checkServiceOptions } from './principal'
import type { KeyChangeOptions, PrincipalOptions, ServiceOptions } from './principal'
import { Supervisor } from './supervisor'
import { findTools, kdcCommand } from './tools'
import { Turns } from './turns'

/**
 * A throw-away Kerberos realm with an MIT KDC of its own, for tests. It needs no root, listens on the
 * loopback address alone, and ends with the process that made it, however that ends. Any number may
 * live at once. Every method that runs a program rejects with {@link RealmError} where the program
 * fails (`ERR_GSS_TESTING_COMMAND_FAILED`) or after `dispose` (`ERR_GSS_TESTING_DISPOSED`), and
 * throws a TypeError with `ERR_INVALID_ARG_TYPE` or `ERR_INVALID_ARG_VALUE` for what it cannot take.
 */
export class Realm {
  /** The realm's name: `'EXAMPLE.TEST'`. */
  readonly realm: string
  /** The private directory (mode 0700) that holds all files of the realm. */
  readonly dir: string
  /** The path of krb5.conf. */
  readonly krb5Conf: string
  /** The path of the service keytab: the keys of `services` and of what `addService` adds. */
  readonly keytab: string
  /** The name of the default credential cache: `'FILE:...'`. The file exists after `kinit`. */
  readonly ccache: string
  /** The path of the KDC's log: one line for each ticket that it issued or refused. */
  readonly log: string
  /** The variables to hand to a child process: `{ env: { ...process.env, ...realm.env } }`. */
  readonly env: Readonly<RealmEnvironment>

  readonly #site: Site
  readonly #supervisor: Supervisor
  readonly #kdc: Kdc
  readonly #database: Database
  readonly #turns = new Turns()

  private constructor(site: Site, kdc: Kdc, supervisor: Supervisor) {
    const { realm, dir, keytab } = site
    this.realm = realm
    this.dir = dir
    this.keytab = keytab
    this.krb5Conf = join(dir, 'krb5.conf')
    this.log = join(dir, 'kdc.log')
    this.env = realmEnvironment(dir)
    this.ccache = this.env.KRB5CCNAME
    this.#site = site
    this.#kdc = kdc
    this.#supervisor = supervisor
    this.#database = new Database(site)
  }

  /**
   * Makes a realm: its database, principals and keytab, and a KDC that answers when this resolves.
   * Rejects with `ERR_GSS_TESTING_KDC_NOT_FOUND` where MIT's programs are not installed,
   * `ERR_GSS_TESTING_FAKETIME_NOT_FOUND` where `clockOffset` needs a library that is not,
   * `ERR_GSS_TESTING_KDC_FAILED` where the KDC does not start (`port` is taken, or `kdcConf` is wrong).
   */
  static async create(options: RealmOptions = {}): Promise<Realm> {
    const settings = checkOptions(options)
    const tools = findTools(settings.searchPath)
    const command = kdcCommand(tools, settings.clockOffset)
    const dir = newDirectory()
    const env = toolEnvironment(realmEnvironment(dir))
    const supervisor = await Supervisor.start(dir, command, env)
    const site = { realm: settings.realm, dir, keytab: join(dir, 'service.keytab'), tools, env }
    const kdc = new Kdc(settings, supervisor)
    try {
      return await new Realm(site, kdc, supervisor).#populate(settings)
    } catch (error) {
      kdc.release()
      await supervisor.end()
      throw error
    }
  }

  /** The KDC's port on 127.0.0.1, over UDP and TCP. It stays the same when the KDC is restarted. */
  get kdcPort(): number {
    return this.#kdc.port
  }

  /**
   * Gets a ticket-granting ticket and resolves to the name of the cache that holds it. Without
   * `password` and `keytab` it uses the password that the realm was told, or the principal's key from
   * the database.
   */
  async kinit(principal: string, options: KinitOptions = {}): Promise<string> {
    const name = this.#database.qualify(checkPrincipal('principal', principal))
    const given = checkKinitOptions(options)
    const chosen = bare({ ...given, ...(await this.#key(name, given)) })
    this.#turns.check()
    return kinit(this.#site, name, chosen)
  }

  /** Adds a principal with a password, or with a random key (`true`, or no password). */
  async addPrincipal(
    principal: string,
    options: string | true | PrincipalOptions = true,
  ): Promise<void> {
    checkPrincipal('principal', principal)
    const checked = checkPrincipalOptions('options', options)
    await this.#turns.take(() => this.#database.addPrincipal(principal, checked))
  }

  /**
   * Adds a service with a random key, named as `'HTTP@host'` or `'HTTP/host'`, and puts the key into
   * the service keytab or another. Resolves to the principal's name.
   */
  async addService(service: string, options: ServiceOptions = {}): Promise<string> {
    const name = checkService('service', service)
    const checked = checkServiceOptions('options', options)
    return this.#turns.take(() => this.#database.addService(name, checked))
  }

  /** Deletes a principal. Tickets for it stay valid as long as its key is in a keytab. */
  async deletePrincipal(principal: string): Promise<void> {
    checkPrincipal('principal', principal)
    await this.#turns.take(() => this.#database.delete(principal))
  }

  /**
   * Gives a principal new random keys, with the next key version number. Keytabs keep the old keys,
   * which is how a service with a stale keytab is made.
   */
  async changeKeys(principal: string, options: KeyChangeOptions = {}): Promise<void> {
    checkPrincipal('principal', principal)
    const { keepOld = false, keytab } = checkKeyChange('options', options)
    await this.#turns.take(() => this.#database.changeKeys(principal, keepOld, keytab))
  }

  /**
   * Adds the present keys of one or several principals, which do not change, to a keytab. Default:
   * a new file in the realm's directory. Resolves to its path.
   */
  async extractKeytab(names: string | string[], path?: string): Promise<string> {
    const list = checkList('names', typeof names === 'string' ? [names] : names, checkPrincipal)
    optional('path', path, checkText)
    return this.#turns.take(() => this.#database.extract(list, path))
  }

  /** Runs one kadmin.local command, such as `'modify_principal -allow_tix alice'`; its answer. */
  async kadmin(command: string): Promise<string> {
    checkSecret('command', command)
    return this.#turns.take(() => this.#database.run(command))
  }

  /** Ends the KDC: from here on its port refuses, as that of a KDC that is down. */
  stopKdc(): Promise<void> {
    return this.#turns.take(() => this.#kdc.stop())
  }

  /** Starts the KDC again, after `stopKdc` or `silentKdc`; resolves when it answers. */
  startKdc(): Promise<void> {
    return this.#turns.take(() => this.#kdc.start())
  }

  /**
   * Replaces the KDC by sockets, UDP and TCP, that take everything and never answer. They do not keep
   * the event loop alive, and stay silent also while it is blocked.
   */
  silentKdc(): Promise<void> {
    return this.#turns.take(() => this.#kdc.silence())
  }

  /**
   * Points this process at the realm and returns a function that puts back what was there. Where process.env is a copy (Jest,
   * vitest's threads, any worker thread) the process's own environment, which libgssapi reads, is written by the addon. There is
   * one of it: while another thread uses a realm it throws `ERR_GSS_TESTING_ENVIRONMENT_IN_USE`; where process.env is a copy and
   * the addon cannot be loaded, `ERR_GSS_TESTING_ENVIRONMENT_COPIED`.
   */
  use(): () => void {
    return useEnvironment(this.env)
  }

  /** Ends the KDC and removes the directory. Idempotent, and never rejects. */
  dispose(): Promise<void> {
    this.#release()
    return this.#supervisor.end()
  }

  /** The same, and blocks this thread until it is done, about 10 ms: for an exit handler. */
  disposeSync(): void {
    this.#release()
    this.#supervisor.endSync()
  }

  /** `await using realm = await Realm.create()` disposes of the realm at the end of the block. */
  [asyncDispose](): Promise<void> {
    return this.dispose()
  }

  #release(): void {
    this.#turns.close()
    this.#kdc.release()
  }

  async #populate({ principals, services }: Settings): Promise<this> {
    await this.#kdc.configure()
    await this.#database.create()
    await Promise.all([this.#kdc.start(), this.#database.addAll(principals, services)])
    return this
  }

  /** What kinit proves the principal's identity with, where the caller named nothing. */
  async #key(principal: string, given: KinitOptions): Promise<KinitOptions> {
    if (given.password !== undefined || given.keytab !== undefined || given.anonymous) return {}
    const password = this.#database.password(principal)
    if (password !== undefined) return { password }
    return { keytab: await this.extractKeytab(principal) }
  }
}
