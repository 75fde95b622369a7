/**
 * Small results are laid side by side in one allocation, as Node's own Buffer.from() does it: a tenth
 * of the cost of a Buffer of its own each.
 */
import { markAsUntransferable } from 'node:worker_threads'

/** Results up to this size come from a slab. */
export const SLAB_LIMIT = 8192
/** The largest slab. */
export const SLAB_SIZE = 65536

interface MakeBuffer {
  new (memory: ArrayBuffer, offset: number, length: number): Buffer
  readonly prototype: Buffer
}

type View = (memory: ArrayBuffer, offset: number, length: number) => Buffer

/** With what Buffer's own subarray() makes its results, at half the cost of calling that. */
function viewMaker(species: MakeBuffer | undefined): View {
  if (species === undefined || species.prototype !== Buffer.prototype) {
    return (memory, offset, length) => Buffer.from(memory, offset, length)
  }
  return (memory, offset, length) => new species(memory, offset, length)
}

const view = viewMaker((Buffer as unknown as { [Symbol.species]?: MakeBuffer })[Symbol.species])

const NONE = new ArrayBuffer(0)

export class Slab {
  #memory: ArrayBuffer = NONE
  #bytes = new Uint8Array(NONE)
  #used = 0
  #size: number

  /** `size`: of the first allocation; later ones double up to {@link SLAB_SIZE}. */
  constructor(size: number) {
    this.#size = size
  }

  /** The memory, with at least `room` bytes free from {@link used}. */
  reserve(room: number): Uint8Array {
    if (this.#bytes.length - this.#used < room) this.#renew(room)
    return this.#bytes
  }

  get used(): number {
    return this.#used
  }

  /** Takes `size` bytes from {@link used} on. */
  take(size: number): Buffer {
    const start = this.#used
    this.#used = (start + size + 7) & ~7
    return view(this.#memory, start, size)
  }

  #renew(room: number): void {
    while (this.#size < room) this.#size *= 2
    this.#bytes = Buffer.allocUnsafeSlow(this.#size)
    this.#memory = this.#bytes.buffer
    // Otherwise postMessage() with one result in its transfer list would take all others away.
    markAsUntransferable(this.#memory)
    this.#used = 0
    this.#size = Math.max(Math.min(this.#size * 2, SLAB_SIZE), this.#size)
  }
}
