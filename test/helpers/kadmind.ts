import { randomInt } from 'node:crypto'
import type { Realm, RealmOptions } from 'gssapi/testing'
import { Daemon } from './daemon'
import { programPath } from './programs'

/** Below those that realms take at random, and above those of the system's own services. */
const randomPort = (): number => randomInt(4000, 10_000)

/** kadmind, whose kpasswd service changes passwords: options for the realm, and the program itself. */
export class Kadmind {
  readonly options: RealmOptions
  readonly #port = randomPort()
  #daemon: Daemon | undefined

  constructor(realm = 'EXAMPLE.TEST') {
    const kpasswd = `127.0.0.1:${randomPort()}`
    this.options = {
      krb5Conf: `[realms]\n ${realm} = {\n  kpasswd_server = ${kpasswd}\n }\n`,
      kdc: {
        kadmind_listen: `127.0.0.1:${this.#port}`,
        kpasswd_listen: kpasswd,
        acl_file: '/dev/null',
      },
    }
  }

  /** Resolves when it serves. */
  async start(realm: Realm): Promise<void> {
    const profile = { KRB5_KDC_PROFILE: `${realm.dir}/kdc.conf` }
    this.#daemon = await Daemon.create({
      name: 'kadmind',
      command: () => [programPath('kadmind'), '-nofork'],
      env: { ...process.env, LC_ALL: 'C', ...realm.env, ...profile },
    })
    await this.#daemon.serve({ host: '127.0.0.1', port: this.#port })
  }

  /** Idempotent. */
  async stop(): Promise<void> {
    const daemon = this.#daemon
    this.#daemon = undefined
    await daemon?.end()
  }
}
