// Long because: the per-message calls share one object's private state, and each is documented.
/** Messages of an established context, on the calling thread. */
import { addon, type NativeContext } from '../native'
import {
  type Bytes,
  bytes,
  isDelicate,
  message as checkedMessage,
  messageView,
  outView,
} from '../base/bytes'
import { refusal, toGssError } from '../base/errors'
import { flag, optionOf, uint32 } from '../base/options'
import { type OnSequenceError, type Sequence, sequenceError, sequenceOf } from './sequence'
import { Slab, SLAB_LIMIT, SLAB_SIZE } from '../base/slab'

/** Options of wrap. */
export interface WrapOptions {
  /** Encrypt, not only seal against change. Default: true. */
  confidential?: boolean | undefined
  /** The mechanism's quality of protection (RFC 2743 §1.2.4); krb5 has only the default, 0. */
  qop?: number | undefined
}

/** Options of getMic. */
export type MicOptions = Pick<WrapOptions, 'qop'>

/** What verifyMic finds. */
export interface VerifyResult {
  /** The quality of protection that it had. */
  qop: number
  /** 'ok' unless `onSequenceError` is 'report'. */
  sequence: Sequence
}

/** What unwrapInto finds. */
export interface UnwrapIntoResult extends VerifyResult {
  /** The message's length. */
  length: number
  /** Whether it was encrypted. */
  confidential: boolean
}

/** What unwrap finds. */
export interface UnwrapResult extends VerifyResult {
  message: Buffer
  /** Whether it was encrypted. */
  confidential: boolean
}

/** @internal A context's life as its messages see it. */
export const enum State {
  Open,
  Established,
  Disposed,
}

/** @internal */
export let contextHandle: (context: MessageProtection) => NativeContext
/** @internal */
export let contextState: (context: MessageProtection) => State
/** @internal */
export let setContextState: (context: MessageProtection, state: State) => void
/** @internal Throws unless messages may be exchanged. */
export let usableHandle: (context: MessageProtection) => NativeContext
/** @internal The word for the bits; throws where the context's owner wants that. */
export let judgeSequence: (context: MessageProtection, bits: number, call: string) => Sequence

/** Tokens are public, so all contexts of the thread share it; plaintext has a slab for each context. */
const tokens = new Slab(SLAB_SIZE)
const FIRST_PLAIN_SLAB = 4096

/** @internal */
export function confidentialOption(options: WrapOptions | undefined): boolean {
  return flag(optionOf(options, 'confidential'), 'options.confidential', true)
}

/** @internal */
export function qopOption(options: WrapOptions | undefined): number {
  const qop = optionOf(options, 'qop')
  return qop === undefined ? 0 : uint32(qop, 'options.qop')
}

/**
 * The per-message calls of a context, synchronous and on the calling thread (RFC 2743 §2.3). The caller's
 * message and token are never changed; `out` may overlap them. Memory that other threads share is used where
 * it lies: what they write there during the call may or may not be in the result.
 *
 * All throw
 * - TypeError or RangeError for a mistake in the arguments; messages have at most 1 GiB
 * - GssError ERR_GSS_NOT_ESTABLISHED before {@link SecurityContext.complete}, ERR_GSS_DISPOSED,
 *   ERR_GSS_CONTEXT_BUSY while an asynchronous call on the context is pending
 * - GssError GSS_S_CONTEXT_EXPIRED, GSS_S_BAD_QOP and what else the mechanism says
 */
export abstract class MessageProtection {
  readonly #native: NativeContext
  readonly #reports: boolean
  #state: State = State.Open
  #sealOverhead = -1
  #signOverhead = -1
  #micSize = -1
  #plain: Slab | undefined

  static {
    contextHandle = (context) => context.#native
    contextState = (context) => context.#state
    setContextState = (context, state) => {
      context.#state = state
    }
    usableHandle = (context) => context.#usable()
    judgeSequence = (context, bits, call) => context.#judge(bits, call)
  }

  /** @internal */
  protected constructor(native: NativeContext, onSequenceError: OnSequenceError) {
    this.#native = native
    this.#reports = onSequenceError === 'report'
  }

  #usable(): NativeContext {
    if (this.#state !== State.Established) this.#refuse()
    return this.#native
  }

  #refuse(): never {
    if (this.#state === State.Disposed) {
      throw refusal('ERR_GSS_DISPOSED', 'the context has been disposed')
    }
    throw refusal('ERR_GSS_NOT_ESTABLISHED', 'the context is not established')
  }

  #judge(bits: number, call: string): Sequence {
    if (bits !== 0 && !this.#reports) throw sequenceError(bits, call)
    return sequenceOf(bits)
  }

  // -------------------------------------------------------------- wrap

  /**
   * Protects a message (gss_wrap): encrypted unless `confidential` is false, and sealed against change.
   *
   * @returns the token, at most `message.length + overhead()` bytes
   */
  wrap(message: Bytes, options?: WrapOptions): Buffer {
    const confidential = options === undefined || confidentialOption(options)
    const qop = options === undefined ? 0 : qopOption(options)
    const input = checkedMessage(message, 'message')
    const bound = input.length + this.#overhead(confidential)
    if (bound > SLAB_LIMIT) {
      const out = Buffer.allocUnsafeSlow(bound)
      return out.subarray(0, this.#wrap(input, out, 0, confidential, qop))
    }
    const slab = tokens.reserve(bound)
    return tokens.take(this.#wrap(input, slab, tokens.used, confidential, qop))
  }

  /**
   * The same into the caller's memory.
   *
   * @param offset where in `out` the token begins; default 0
   * @returns bytes written
   * @throws RangeError ERR_OUT_OF_RANGE where there is no room for `message.length + overhead()` bytes;
   *   nothing is consumed then
   */
  wrapInto(message: Bytes, out: Bytes, offset = 0, options?: WrapOptions): number {
    const confidential = options === undefined || confidentialOption(options)
    const qop = options === undefined ? 0 : qopOption(options)
    const input = checkedMessage(message, 'message')
    const target = outView(out, offset)
    if (!isDelicate(input, target)) return this.#wrap(input, target, offset, confidential, qop)
    const most = input.length + this.#overhead(confidential)
    return through(target, offset, most, (copy) => this.#wrap(input, copy, 0, confidential, qop))
  }

  #wrap(
    input: Uint8Array,
    out: Uint8Array,
    offset: number,
    confidential: boolean,
    qop: number,
  ): number {
    const native = this.#usable()
    try {
      return addon().wrap(native, input, out, offset, confidential, qop)
    } catch (thrown) {
      throw toGssError(thrown)
    }
  }

  /** What wrap adds to a message, at most: a constant of the context, in bytes. */
  overhead(options?: { confidential?: boolean | undefined }): number {
    return this.#overhead(confidentialOption(options))
  }

  #overhead(confidential: boolean): number {
    this.#usable()
    const known = confidential ? this.#sealOverhead : this.#signOverhead
    return known < 0 ? this.#measure(confidential) : known
  }

  #measure(confidential: boolean): number {
    const bound = addon().wrapBound(this.#native, confidential, 0)
    if (confidential) this.#sealOverhead = bound
    else this.#signOverhead = bound
    return bound
  }

  /**
   * The largest message whose token has at most `maxTokenSize` bytes (gss_wrap_size_limit); 0 where none
   * has.
   */
  wrapSizeLimit(maxTokenSize: number, options?: WrapOptions): number {
    const most = uint32(maxTokenSize, 'maxTokenSize')
    const confidential = confidentialOption(options)
    const qop = qopOption(options)
    const native = this.#usable()
    try {
      return addon().wrapSizeLimit(native, most, confidential, qop)
    } catch (thrown) {
      throw toGssError(thrown)
    }
  }

  // -------------------------------------------------------------- unwrap

  /**
   * Checks and opens a token of the peer's wrap (gss_unwrap). A token that is refused does no harm: the
   * next genuine one is read.
   *
   * @throws GssError GSS_S_DEFECTIVE_TOKEN, GSS_S_BAD_MIC; unless `onSequenceError` is 'report' also
   *   GSS_S_DUPLICATE_TOKEN, GSS_S_OLD_TOKEN, GSS_S_UNSEQ_TOKEN, GSS_S_GAP_TOKEN. (Heimdal gives no
   *   message with a duplicate, so that throws in both cases.)
   */
  unwrap(token: Bytes): UnwrapResult {
    const input = messageView(token, 'token')
    this.#usable()
    if (input.length > SLAB_LIMIT) return this.#unwrapLarge(input)
    this.#plain ??= new Slab(FIRST_PLAIN_SLAB)
    const slab = this.#plain.reserve(input.length)
    const length = this.#unwrap(input, slab, this.#plain.used)
    const { result } = addon()
    const sequence = this.#judge(result[2] ?? 0, 'gss_unwrap')
    return {
      message: this.#plain.take(length),
      confidential: result[0] === 1,
      qop: result[1] ?? 0,
      sequence,
    }
  }

  #unwrapLarge(input: Uint8Array): UnwrapResult {
    const buffer = Buffer.allocUnsafeSlow(input.length)
    let length: number
    try {
      length = addon().unwrapWithin(this.#native, input, buffer)
    } catch (thrown) {
      throw toGssError(thrown)
    }
    const [confidential = 0, qop = 0, bits = 0, start = 0] = addon().result
    const sequence = this.#judge(bits, 'gss_unwrap')
    const message = buffer.subarray(start, start + length)
    return { message, confidential: confidential === 1, qop, sequence }
  }

  /**
   * The same into the caller's memory. `out` is written only on success.
   *
   * @param offset where in `out` the message begins; default 0
   * @throws RangeError ERR_OUT_OF_RANGE where there is no room for what the token may hold (never more
   *   than `token.length`); nothing is consumed then
   */
  unwrapInto(token: Bytes, out: Bytes, offset = 0): UnwrapIntoResult {
    const input = messageView(token, 'token')
    const target = outView(out, offset)
    const length = this.#unwrap(input, target, offset)
    const { result } = addon()
    const bits = result[2] ?? 0
    if (bits !== 0 && !this.#reports) target.fill(0, offset, offset + length)
    const sequence = this.#judge(bits, 'gss_unwrap')
    return { length, confidential: result[0] === 1, qop: result[1] ?? 0, sequence }
  }

  /** The addon copies the token before it is looked at, so it may be shared, and share memory with `out`. */
  #unwrap(input: Uint8Array, out: Uint8Array, offset: number): number {
    const native = this.#usable()
    try {
      return addon().unwrap(native, input, out, offset)
    } catch (thrown) {
      throw toGssError(thrown)
    }
  }

  // -------------------------------------------------------------- MIC

  /** A message integrity code for a message that travels by other ways (gss_get_mic). */
  getMic(message: Bytes, options?: MicOptions): Buffer {
    const qop = options === undefined ? 0 : qopOption(options)
    const input = checkedMessage(message, 'message')
    const slab = tokens.reserve(this.#micBound())
    return tokens.take(this.#getMic(input, slab, tokens.used, qop))
  }

  /**
   * The same into the caller's memory.
   *
   * @returns bytes written
   * @throws RangeError ERR_OUT_OF_RANGE where `out` has no room for it; nothing is consumed then
   */
  getMicInto(message: Bytes, out: Bytes, offset = 0, options?: MicOptions): number {
    const qop = options === undefined ? 0 : qopOption(options)
    const input = checkedMessage(message, 'message')
    const target = outView(out, offset)
    if (!isDelicate(input, target)) return this.#getMic(input, target, offset, qop)
    return through(target, offset, this.#micBound(), (copy) => this.#getMic(input, copy, 0, qop))
  }

  #micBound(): number {
    const native = this.#usable()
    if (this.#micSize < 0) this.#micSize = addon().micBound(native)
    return this.#micSize
  }

  #getMic(input: Uint8Array, out: Uint8Array, offset: number, qop: number): number {
    const native = this.#usable()
    try {
      return addon().getMic(native, input, out, offset, qop)
    } catch (thrown) {
      throw toGssError(thrown)
    }
  }

  /**
   * Checks the peer's message integrity code (gss_verify_mic).
   *
   * @throws GssError GSS_S_BAD_MIC or GSS_S_DEFECTIVE_TOKEN where it does not fit the message; sequence
   *   states as {@link unwrap}
   */
  verifyMic(message: Bytes, mic: Bytes): VerifyResult {
    const input = checkedMessage(message, 'message')
    const code = bytes(mic, 'mic')
    const native = this.#usable()
    try {
      addon().verifyMic(native, input, code)
    } catch (thrown) {
      throw toGssError(thrown)
    }
    const { result } = addon()
    return { qop: result[1] ?? 0, sequence: this.#judge(result[2] ?? 0, 'gss_verify_mic') }
  }
}

/** Writes to memory of its own first: another thread could change shared memory under the library. */
function through(
  out: Uint8Array,
  offset: number,
  most: number,
  write: (copy: Uint8Array) => number,
): number {
  const copy = new Uint8Array(Math.min(most, out.byteLength - offset))
  const length = write(copy)
  out.set(copy.subarray(0, length), offset)
  return length
}
