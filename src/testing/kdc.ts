import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { RealmError } from './errors'
import type { Settings } from './options'
import { isFree, reservePort, type Reservation } from './ports'
import { writeProfiles } from './profile'
import { Silence } from './silence'
import type { Supervisor } from './supervisor'

const ATTEMPTS = 5
const TAKEN = 'Address already in use'

/** The KDC of one realm: running, stopped or replaced by silence, always on the same port. */
export class Kdc {
  readonly #settings: Settings
  readonly #supervisor: Supervisor
  #reservation: Reservation | undefined
  #silence: Silence | undefined
  #port = 0
  #settled = false
  #released = false

  constructor(settings: Settings, supervisor: Supervisor) {
    this.#settings = settings
    this.#supervisor = supervisor
  }

  get port(): number {
    return this.#port
  }

  /** Chooses the port and writes krb5.conf and kdc.conf. */
  async configure(): Promise<void> {
    this.#reservation?.release()
    const { port } = this.#settings
    if (port === undefined) this.#reservation = (await reservePort()) ?? undefined
    this.#port = port ?? this.#reservation?.port ?? 0
    if (this.#port === 0) throw startError(0, 'no port is free')
    writeProfiles(this.#settings, this.#supervisor.dir, this.#port)
  }

  /** Resolves once the KDC answers. The first start may move to another port. */
  async start(): Promise<void> {
    if (this.#supervisor.serving) return
    await this.#unmute()
    for (let attempt = 1; ; attempt++) {
      const reason = await this.#tryStart()
      if (reason === null) break
      const fixed = this.#settled || this.#settings.port !== undefined
      if (fixed || attempt === ATTEMPTS || !reason.includes(TAKEN)) {
        throw startError(this.#port, reason)
      }
      await this.configure()
    }
    this.#settled = true
  }

  /** Resolves once the port refuses connections. */
  async stop(): Promise<void> {
    await this.#unmute()
    if (this.#supervisor.serving) await this.#supervisor.stopKdc()
  }

  /** Puts silence in the KDC's place. */
  async silence(): Promise<void> {
    if (this.#silence) return
    await this.stop()
    this.#silence = await Silence.start(this.#port)
    if (this.#released) await this.#unmute()
  }

  /** Frees what this process itself holds. The supervisor ends the KDC. */
  release(): void {
    this.#released = true
    this.#reservation?.release()
    this.#reservation = undefined
    this.#silence?.stop().catch(() => {})
    this.#silence = undefined
  }

  async #unmute(): Promise<void> {
    const silence = this.#silence
    this.#silence = undefined
    await silence?.stop()
  }

  /** The reason why it did not start; `null` if it did. */
  async #tryStart(): Promise<string | null> {
    if (!(await isFree(this.#port))) return TAKEN
    const output = await this.#supervisor.startKdc()
    if (output === null) return this.#lastWords()
    // The dynamic linker goes on without libfaketime, and the clock would silently be right.
    if (this.#settings.clockOffset === 0 || !output.includes('preload')) return null
    await this.#supervisor.stopKdc()
    return output
  }

  /** The KDC says on its way out why; once it has opened its log, it says it there. */
  #lastWords(): string {
    return [this.#supervisor.output, ...this.#logTail()].join('\n').trim() || 'it said nothing'
  }

  #logTail(): string[] {
    try {
      const log = readFileSync(join(this.#supervisor.dir, 'kdc.log'), 'utf8')
      return log.trimEnd().split('\n').slice(-3)
    } catch {
      return []
    }
  }
}

function startError(port: number, output: string): RealmError {
  const message = `krb5kdc did not start on 127.0.0.1:${port}: ${output}`
  return new RealmError('ERR_GSS_TESTING_KDC_FAILED', message, { command: 'krb5kdc', output })
}
