/** A credential for long-lived processes: it is renewed before it expires. */
import { EventEmitter } from 'node:events'
import { illegalConstructor } from '../base/argument-error'
import { Credential } from './credential'
import { dispose } from '../base/dispose-symbol'
import { refusal, refusalAs } from '../base/errors'
import { type RenewingOptions, renewingSettings, type RenewingSettings } from './renewing-options'
import { destroyTicketCache, freshCache, renewOrForget } from './ticket-cache'

/** One credential after the other, each with tickets of its own. */
interface Generation {
  credential: Credential
  /** Where its tickets are. */
  cache: string
  /** Whether that is a cache in memory of ours. */
  own: boolean
  /** Milliseconds since 1970. */
  begins: number
  ends: number
}

/** What a {@link RenewingCredential} tells. */
export interface RenewingEvents {
  /** There is a new credential. */
  renewed: [credential: Credential]
  /** A renewal failed; the next attempt is in so many seconds. The old credential goes on until it expires. */
  failed: [error: unknown, retryIn: number]
}

const KEY = Symbol('RenewingCredential')
/** Timers do not run while a machine sleeps, so the clock is looked at now and then. */
const LOOK = 60_000
/** A ticket of a very short life must not be renewed all the time. */
const LEAST = 500

/** Lifetimes are whole seconds. */
const ROUNDING = 1000

const expired = (why: string) => refusalAs('GSS_S_CREDENTIALS_EXPIRED', why, 'gss_inquire_cred')

function release({ credential, cache, own }: Generation): void {
  credential.dispose()
  // What cannot be freed is lost with the process; nobody could do anything about it.
  if (own) destroyTicketCache(cache).catch(() => undefined)
}

/**
 * A credential that is renewed in time, for processes that outlive a ticket: from the client's key in a keytab, or a
 * renewable ticket in a cache. Its tickets are in memory; no file is written.
 *
 * ```ts
 * const renewing = await RenewingCredential.start({ clientKeytab: '/etc/client.keytab' })
 * renewing.on('failed', (error, retryIn) => console.warn(error, retryIn))
 * const context = new Initiator({ credential: renewing.credential, target: 'imap@mail.example.com' })
 * ```
 *
 * Take {@link credential} anew for each context. A context keeps the credential that it was made with: a renewal does not
 * touch it, and a superseded credential is released only when it has expired. Its timers do not keep the process alive.
 *
 * A failed renewal is tried again, after `retryFirst` seconds, then twice that and so on up to `retryMost`. Each failure is an event
 * 'failed', which need not be listened to: using an expired credential fails with GSS_S_CREDENTIALS_EXPIRED.
 */
export class RenewingCredential extends EventEmitter<RenewingEvents> {
  readonly #settings: RenewingSettings
  #current: Generation | null = null
  readonly #superseded = new Set<Generation>()
  #renewal: Promise<Credential> | null = null
  #timer: NodeJS.Timeout | undefined
  #due = Infinity
  #failures = 0
  #disposed = false

  /** @internal */
  private constructor(key: symbol, settings: RenewingSettings) {
    super()
    if (key !== KEY) throw illegalConstructor('RenewingCredential', 'RenewingCredential.start()')
    this.#settings = settings
  }

  /**
   * Obtains the first credential, which fails as Credential.acquire does (or as {@link renewTicket}), and goes on from there. Windows
   * renews its credentials by itself: ERR_GSS_UNSUPPORTED; Heimdal can do with a `ccache` only.
   *
   * @throws TypeError, RangeError for a mistake in the options
   */
  static async start(options?: RenewingOptions): Promise<RenewingCredential> {
    const made = new RenewingCredential(KEY, renewingSettings(options))
    await made.renew()
    return made
  }

  /**
   * The credential of this moment, for the next context. It is released some time after the next renewal: do not keep it, and do
   * not dispose it.
   *
   * @throws GssError ERR_GSS_DISPOSED
   */
  get credential(): Credential {
    if (this.#current === null) throw refusal('ERR_GSS_DISPOSED', 'the credential was disposed')
    return this.#current.credential
  }

  /** When the credential of this moment expires. */
  get expires(): Date {
    return new Date(Math.min(this.#current?.ends ?? 0, 8.64e15))
  }

  /** Renews it now; calls at the same time share one renewal. Rejects as {@link start}; the event 'failed' comes as well. */
  async renew(): Promise<Credential> {
    if (this.#disposed) throw refusal('ERR_GSS_DISPOSED', 'the credential was disposed')
    this.#renewal ??= this.#attempt().finally(() => (this.#renewal = null))
    return this.#renewal
  }

  /** Ends the renewing and releases all credentials; established contexts go on. Idempotent. */
  dispose(): void {
    this.#disposed = true
    if (typeof this.#settings.clientKeytab === 'object') this.#settings.clientKeytab.fill(0)
    clearTimeout(this.#timer)
    if (this.#current !== null) release(this.#current)
    for (const generation of this.#superseded) release(generation)
    this.#current = null
    this.#superseded.clear()
  }

  /** {@link dispose}, for `using`. */
  [dispose](): void {
    this.dispose()
  }

  async #attempt(): Promise<Credential> {
    try {
      const made = await this.#obtain()
      this.#replace(made)
      return made.credential
    } catch (thrown) {
      if (!this.#disposed) this.#failed(thrown)
      throw thrown
    }
  }

  #replace(made: Generation): void {
    if (this.#disposed) {
      release(made)
      throw refusal('ERR_GSS_DISPOSED', 'the credential was disposed')
    }
    if (this.#current !== null) this.#superseded.add(this.#current)
    this.#current = made
    this.#failures = 0
    const life = made.ends - made.begins
    this.#schedule(made.begins + Math.max(life * this.#settings.renewAfter, LEAST))
    this.#tell('renewed', made.credential)
  }

  #failed(error: unknown): void {
    const { retryFirst, retryMost } = this.#settings
    const seconds = Math.min(retryFirst * 2 ** this.#failures, retryMost)
    if (this.#current === null) return this.dispose() // start() rejects, and nobody has the object
    this.#failures++
    this.#schedule(Date.now() + seconds * 1000)
    this.#tell('failed', error, seconds)
  }

  /** A listener that throws must not end the renewing: it throws where nobody catches, as from any event. */
  #tell<K extends keyof RenewingEvents>(event: K, ...values: RenewingEvents[K]): void {
    process.nextTick(() => {
      if (!this.#disposed) (this as EventEmitter).emit(event, ...values)
    })
  }

  #schedule(due: number): void {
    this.#due = due
    clearTimeout(this.#timer)
    const wait = Math.min(Math.max(due - Date.now(), 0), LOOK)
    this.#timer = setTimeout(() => this.#look(), wait).unref()
  }

  #look(): void {
    const now = Date.now()
    for (const generation of this.#superseded) {
      if (generation.ends > now) continue
      this.#superseded.delete(generation)
      release(generation)
    }
    if (now < this.#due) this.#schedule(this.#due)
    // The event 'failed' has reported the failure.
    else this.renew().catch(() => undefined)
  }

  async #obtain(): Promise<Generation> {
    const { ccache } = this.#settings
    if (ccache === undefined) return this.#acquire(freshCache(), true)
    const before = this.#current
    if (before === null) return this.#acquire(ccache, false)
    // Where it has gone meanwhile, the ticket that was in it can still be renewed.
    const found = await this.#acquire(ccache, false).catch(() => null)
    if (found !== null && found.ends > before.ends + ROUNDING) return found
    if (found !== null) release(found)
    const cache = freshCache()
    await renewOrForget(before.cache, cache)
    const renewed = await this.#acquire(cache, true)
    if (renewed.ends > before.ends + ROUNDING) return renewed
    release(renewed)
    throw expired('its ticket cannot be renewed beyond this')
  }

  async #acquire(cache: string, own: boolean): Promise<Generation> {
    const { acquire, clientKeytab } = this.#settings
    const begins = Date.now()
    const store = { ccache: cache, ...(clientKeytab !== undefined && { clientKeytab }) }
    try {
      const credential = await Credential.acquire({ ...acquire, store })
      const { initiatorLifetime } = await credential.inquire()
      if (initiatorLifetime === 0) throw expired('its ticket has expired')
      return { credential, cache, own, begins, ends: begins + initiatorLifetime * 1000 }
    } catch (thrown) {
      if (own) await destroyTicketCache(cache).catch(() => undefined)
      throw thrown
    }
  }
}
