/**
 * Small results are laid side by side in one allocation, as Node's own Buffer.from() does it: a tenth
 * of the cost of a Buffer of its own each.
 */
import { markAsUntransferable } from 'node:worker_threads'

/** Results up to this size come from a slab. */
export const SLAB_LIMIT = 8192
/** The largest slab. */
export const SLAB_SIZE = 65536

export class Slab {
  #memory: Buffer
  #used = 0
  #size: number

  /** `size`: of the first allocation; later ones double up to {@link SLAB_SIZE}. */
  constructor(size: number) {
    this.#size = size
    this.#memory = Buffer.alloc(0)
  }

  /** The memory, with at least `room` bytes free from {@link used}. */
  reserve(room: number): Buffer {
    if (this.#memory.length - this.#used < room) this.#renew(room)
    return this.#memory
  }

  get used(): number {
    return this.#used
  }

  /** Takes `size` bytes, which begin `skip` bytes after {@link used}. */
  take(size: number): Buffer {
    const start = this.#used
    this.#used = (start + size + 7) & ~7
    return this.#memory.subarray(start, start + size)
  }

  #renew(room: number): void {
    while (this.#size < room) this.#size *= 2
    this.#memory = Buffer.allocUnsafeSlow(this.#size)
    // Otherwise postMessage() with one result in its transfer list would take all others away.
    markAsUntransferable(this.#memory.buffer)
    this.#used = 0
    this.#size = Math.max(Math.min(this.#size * 2, SLAB_SIZE), this.#size)
  }
}
