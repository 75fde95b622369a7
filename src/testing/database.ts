import { randomBytes } from 'node:crypto'
import { join, resolve } from 'node:path'
import { kadmin, quote } from './kadmin'
import { qualify } from './names'
import { addCommand, extractCommand } from './principal'
import type { PrincipalOptions, ServiceOptions } from './principal'
import { runChecked } from './run'
import type { Tools } from './tools'

/** What a realm's programs need to know. */
export interface Site {
  realm: string
  dir: string
  keytab: string
  tools: Tools
  env: NodeJS.ProcessEnv
}

/** The principals of a realm, by kadmin.local. Calls must not overlap: the database has one writer. */
export class Database {
  readonly #site: Site
  readonly #passwords = new Map<string, string>()
  #extracted = 0

  constructor(site: Site) {
    this.#site = site
  }

  /** Makes the database. Nobody needs its master password again: the key is in the stash file. */
  async create(): Promise<void> {
    const { realm, tools, env } = this.#site
    const password = randomBytes(24).toString('base64')
    await runChecked(tools.kdb5_util, ['-r', realm, 'create', '-s'], env, `${password}\n`.repeat(2))
  }

  /** Runs commands in one session. */
  run(...commands: string[]): Promise<string> {
    const { realm, tools, env } = this.#site
    return kadmin(tools['kadmin.local'], realm, env, commands)
  }

  /** Adds all of them in one session. */
  async addAll(principals: [string, PrincipalOptions][], services: string[]): Promise<void> {
    const commands = [
      ...principals.map(([name, options]) => addCommand(name, options)),
      ...services.flatMap((name) => this.#serviceCommands(name, {})),
    ]
    if (commands.length > 0) await this.run(...commands)
    for (const [name, options] of principals) this.#remember(name, options)
  }

  async addPrincipal(principal: string, options: PrincipalOptions): Promise<void> {
    await this.run(addCommand(principal, options))
    this.#remember(principal, options)
  }

  async addService(principal: string, options: ServiceOptions): Promise<string> {
    await this.run(...this.#serviceCommands(principal, options))
    return this.qualify(principal)
  }

  async delete(principal: string): Promise<void> {
    await this.run(`delete_principal -force ${quote(principal)}`)
    this.#passwords.delete(this.qualify(principal))
  }

  async changeKeys(principal: string, keepOld: boolean, keytab?: string): Promise<void> {
    const change = `change_password -randkey ${keepOld ? '-keepold ' : ''}${quote(principal)}`
    const extract = keytab === undefined ? [] : [extractCommand(principal, resolve(keytab))]
    await this.run(change, ...extract)
    this.#passwords.delete(this.qualify(principal))
  }

  /** Adds present keys to a keytab, by default a new one. */
  async extract(principals: readonly string[], path?: string): Promise<string> {
    const keytab = resolve(
      path ?? join(this.#site.dir, `extracted-${(this.#extracted += 1)}.keytab`),
    )
    await this.run(...principals.map((name) => extractCommand(name, keytab)))
    return keytab
  }

  /** The password that the principal was given here, unless its keys have changed since. */
  password(principal: string): string | undefined {
    return this.#passwords.get(principal)
  }

  qualify(principal: string): string {
    return qualify(principal, this.#site.realm)
  }

  #serviceCommands(principal: string, options: ServiceOptions): string[] {
    const { keytab = this.#site.keytab, ...rest } = options
    const add = addCommand(principal, rest)
    return keytab === false ? [add] : [add, extractCommand(principal, resolve(keytab))]
  }

  #remember(principal: string, { password }: PrincipalOptions): void {
    if (password !== undefined) this.#passwords.set(this.qualify(principal), password)
  }
}
