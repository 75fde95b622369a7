/** AbortSignal for native calls: pending calls are numbered, and cancelled by number. */
import { attempt, toGssError } from './errors'
import type { Addon } from '../native'

/** Options of every asynchronous call. */
export interface AsyncOptions {
  /**
   * Aborts the call: its promise rejects with an AbortError (code 'ABORT_ERR', `cause` the signal's
   * reason). A call that waits in the queue never begins; one that is running ends in the background
   * and its result is dropped.
   */
  signal?: AbortSignal | undefined
}

class AbortError extends Error {
  readonly code = 'ABORT_ERR'
  constructor(cause: unknown) {
    super('The operation was aborted', { cause })
    Object.defineProperty(this, 'name', { value: 'AbortError', configurable: true, writable: true })
  }
}

const ABORTED: unique symbol = Symbol('aborted')
let lastJob = 0

function nextJob(): number {
  lastJob = lastJob >= 0xffffffff ? 1 : lastJob + 1
  return lastJob
}

/** Awaited here, so that the error is made where V8 knows the caller's asynchronous stack. */
async function settled<T>(promise: Promise<T>): Promise<T> {
  try {
    return await promise
  } catch (thrown) {
    throw toGssError(thrown)
  }
}

/** The calls that watch a signal, behind one listener: Node warns of more than ten. */
class Watch {
  readonly #calls = new Set<() => void>()
  readonly #signal: AbortSignal
  readonly #all = (): void => {
    for (const call of [...this.#calls]) call()
  }

  constructor(signal: AbortSignal) {
    this.#signal = signal
    signal.addEventListener('abort', this.#all, { once: true })
  }

  add(call: () => void): () => void {
    this.#calls.add(call)
    return () => this.#remove(call)
  }

  #remove(call: () => void): void {
    this.#calls.delete(call)
    if (this.#calls.size > 0) return
    this.#signal.removeEventListener('abort', this.#all)
    watches.delete(this.#signal)
  }
}

const watches = new WeakMap<AbortSignal, Watch>()

function watch(signal: AbortSignal, onAbort: () => void): () => void {
  const known = watches.get(signal)
  if (known !== undefined) return known.add(onAbort)
  const made = new Watch(signal)
  watches.set(signal, made)
  return made.add(onAbort)
}

async function raced<T>(
  promise: Promise<T>,
  signal: AbortSignal,
  cancel: () => boolean,
  abandoned: ((begun: boolean) => void) | undefined,
): Promise<T> {
  let begun = false
  let unwatch = (): void => undefined
  const aborted = new Promise<typeof ABORTED>((resolve) => {
    unwatch = watch(signal, () => {
      resolve(ABORTED)
      begun = !cancel()
    })
  })
  try {
    const outcome = await settled(Promise.race([promise, aborted]))
    if (outcome !== ABORTED) return outcome
  } finally {
    unwatch()
  }
  abandoned?.(begun)
  throw new AbortError(signal.reason)
}

/**
 * Runs a native call that `signal` may abort. `start` receives the job's number, 0 where nobody will
 * cancel it; `abandoned` is told whether the aborted call had begun.
 */
export function abortable<T>(
  native: Pick<Addon, 'cancel'>,
  signal: AbortSignal | undefined,
  start: (job: number) => Promise<T>,
  abandoned?: (begun: boolean) => void,
): Promise<T> {
  if (signal === undefined) return attempt(() => settled(start(0)))
  if (signal.aborted) {
    abandoned?.(false)
    return Promise.reject(new AbortError(signal.reason))
  }
  const job = nextJob()
  return attempt(() => raced(start(job), signal, () => native.cancel(job), abandoned))
}
