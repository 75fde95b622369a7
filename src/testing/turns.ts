import { RealmError } from './errors'

/**
 * Runs a realm's jobs one after another, because kadmin.local locks the database and a KDC starts or
 * stops at a time; and none after the realm's end.
 */
export class Turns {
  #last: Promise<unknown> = Promise.resolve()
  #closed = false

  take<T>(job: () => Promise<T>): Promise<T> {
    const result = this.#last.then(() => {
      this.check()
      return job()
    })
    this.#last = result.catch(() => {})
    return result
  }

  /** Throws once closed. */
  check(): void {
    if (!this.#closed) return
    throw new RealmError('ERR_GSS_TESTING_DISPOSED', 'The realm has been disposed of')
  }

  close(): void {
    this.#closed = true
  }
}
