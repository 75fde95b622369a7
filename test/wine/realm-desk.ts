/**
 * Realms for a test process that cannot make its own: under Wine there is no KDC to start, and variables
 * that a Windows program sets do not reach the Unix library behind it. So this process makes the
 * realms, and the variables name links in a folder, which point at the files of the realm in use.
 */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import type { Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Realm, type RealmOptions } from 'gssapi/testing'
import { listen, methodServer, type Methods } from '../helpers/remote'

/** The variables of the Unix library that a test may point elsewhere. */
const LINKED = ['KRB5_CONFIG', 'KRB5CCNAME', 'KRB5_KTNAME', 'KRB5_CLIENT_KTNAME'] as const

/** What the test process is told of a realm. */
export interface RealmFacts {
  id: number
  realm: string
  dir: string
  krb5Conf: string
  keytab: string
  ccache: string
  log: string
  env: Record<string, string>
  kdcPort: number
}

const pathOf = (value: string) => value.replace(/^FILE:/, '')

export class RealmDesk {
  /** The environment of the test process. */
  readonly env: Record<string, string>
  readonly #folder = mkdtempSync(join(tmpdir(), 'gssapi-desk-'))
  readonly #server: Server
  readonly #realms: Realm[] = []

  private constructor() {
    this.#server = methodServer(() => this.#methods())
    mkdirSync(join(this.#folder, 'rcache'))
    this.env = {
      ...Object.fromEntries(LINKED.map((name) => [name, join(this.#folder, name)])),
      KRB5CCNAME: `FILE:${join(this.#folder, 'KRB5CCNAME')}`,
      KRB5RCACHEDIR: join(this.#folder, 'rcache'),
      KRB5_TRACE: join(this.#folder, 'trace'),
    }
  }

  static async open(): Promise<RealmDesk> {
    const desk = new RealmDesk()
    desk.env['GSSAPI_TEST_REALM_PORT'] = String(await listen(desk.#server))
    return desk
  }

  async close(): Promise<void> {
    this.#server.close()
    await Promise.all(this.#realms.map((realm) => realm.dispose()))
    rmSync(this.#folder, { recursive: true, force: true })
  }

  #methods(): Methods {
    return {
      create: (options: RealmOptions) => this.#create(options),
      dispose: (id: number) => this.#realm(id).dispose(),
      point: (variables: Record<string, string | null>) => this.#point(variables),
      call: (id: number, method: string, args: unknown[]) => this.#call(id, method, args),
    }
  }

  async #create(options: RealmOptions): Promise<RealmFacts> {
    const made = await Realm.create(options)
    const id = this.#realms.push(made) - 1
    const { realm, dir, krb5Conf, keytab, ccache, log, env, kdcPort } = made
    return { id, realm, dir, krb5Conf, keytab, ccache, log, env: { ...env }, kdcPort }
  }

  #realm(id: number): Realm {
    const realm = this.#realms[id]
    if (!realm) throw new Error(`There is no realm ${id}`)
    return realm
  }

  #call(id: number, method: string, args: unknown[]): unknown {
    const realm = this.#realm(id) as unknown as Record<string, (...args: unknown[]) => unknown>
    return realm[method]!(...args)
  }

  /** Lets variables stand for other files; null for no file. */
  #point(variables: Record<string, string | null>): void {
    for (const name of LINKED) {
      const value = variables[name]
      if (value === undefined) continue
      const link = join(this.#folder, name)
      rmSync(link, { force: true })
      if (value !== null) symlinkSync(pathOf(value), link)
    }
  }
}
