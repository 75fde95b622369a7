/** What all calls on one context share: its handle, where it is in its life, and what does not change from message to message. */
import { refusal } from '../base/errors'
import type { Slab } from '../base/slab'
import type { NativeContext } from '../native'
import { type OnSequenceError, type Sequence, sequenceError, sequenceOf } from './sequence'

/** A context's life as its messages see it. */
export const enum State {
  Open,
  Established,
  Disposed,
}

/** The part of a context that messages need; who has it may use the context, so no public object shows it. */
export class ContextCore {
  readonly native: NativeContext
  state: State = State.Open
  /** What wrap adds to an encrypted message, at most; -1 until the library was asked. */
  sealOverhead = -1
  /** The same of a message that is signed only. */
  signOverhead = -1
  /** A MIC's size, at most. */
  micSize = -1
  /** Plaintext has memory for each context. */
  plain: Slab | undefined
  readonly #reports: boolean

  constructor(native: NativeContext, onSequenceError: OnSequenceError) {
    this.native = native
    this.#reports = onSequenceError === 'report'
  }

  /** The handle; throws unless messages may be exchanged. */
  usable(): NativeContext {
    if (this.state !== State.Established) this.#refuse()
    return this.native
  }

  #refuse(): never {
    this.checkNotDisposed()
    throw refusal('ERR_GSS_NOT_ESTABLISHED', 'the context is not established')
  }

  checkNotDisposed(): void {
    if (this.state !== State.Disposed) return
    throw refusal('ERR_GSS_DISPOSED', 'the context has been disposed')
  }

  /** The word for a message's place; throws where the context's owner wants no message that is out of its place. */
  judge(bits: number, call: string): Sequence {
    if (this.throwsFor(bits)) throw sequenceError(bits, call)
    return sequenceOf(bits)
  }

  /** Whether {@link judge} throws. */
  throwsFor(bits: number): boolean {
    return bits !== 0 && !this.#reports
  }
}
