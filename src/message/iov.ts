/** Messages in parts, in place on the caller's memory (gss_wrap_iov and its like). */
import type { Bytes } from '../base/bytes'
import { toGssError } from '../base/errors'
import {
  checkParts,
  type IovBuffer,
  type IovRules,
  type IovType,
  type PartList,
  readParts,
} from './iov-buffer'
import { sharesMemory } from './iov-shared'
import {
  confidentialOption,
  judgeSequence,
  MessageProtection,
  type MicOptions,
  qopOption,
  usableHandle,
  type VerifyResult,
  type WrapOptions,
} from './message'
import { addon, type NativeContext } from '../native'

/** What unwrapIov finds. */
export interface UnwrapIovResult extends VerifyResult {
  /** Of each part what is used, in the caller's memory. A stream's data is a view inside the stream. */
  buffers: Buffer[]
  /** Whether it was encrypted. */
  confidential: boolean
}

const MADE: readonly IovType[] = ['header', 'padding', 'trailer']

const WRAP: IovRules = { needed: ['data', 'signOnly'], allowed: MADE, required: ['header'] }
const UNWRAP: IovRules = {
  needed: ['header', 'data', 'signOnly'],
  allowed: ['padding', 'trailer'],
  required: ['header'],
}
const UNWRAP_STREAM: IovRules = {
  needed: ['stream', 'signOnly'],
  allowed: [],
  bare: ['data'],
  required: ['stream', 'data'],
}
const GET_MIC: IovRules = {
  needed: ['data', 'signOnly'],
  allowed: ['mic'],
  required: ['mic'],
  written: ['mic'],
}
const VERIFY_MIC: IovRules = {
  needed: ['data', 'signOnly', 'mic'],
  allowed: [],
  required: ['mic'],
  written: [],
}

const isWritten = (word: IovType) => word !== 'signOnly'

/** Runs a native call on parts, and words its refusals. */
function onParts<T>(call: () => T): T {
  try {
    return call()
  } catch (thrown) {
    const { code, detail } = thrown as { code?: string; detail?: string }
    if (code === 'ERR_INVALID_ARG_VALUE' && detail !== undefined) throw sharesMemory(detail)
    throw toGssError(thrown)
  }
}

function wrapParts(buffers: unknown, confidential: boolean): PartList {
  const [words, memory] = readParts(buffers)
  const rules = confidential ? { ...WRAP, required: [...WRAP.required, 'data' as const] } : WRAP
  return checkParts(words, memory, rules)
}

function measure(
  native: NativeContext,
  parts: PartList,
  confidential: boolean,
  qop: number,
): Uint32Array {
  const sizes = Uint32Array.from(parts.views, (view) => view.length)
  onParts(() => {
    addon().wrapIovLength(native, parts.types, parts.views, sizes, confidential, qop)
  })
  return sizes
}

/**
 * Protecting a message that lies in parts: data that is encrypted in place, and data that is only sealed and
 * travels elsewhere. The caller says where the mechanism's own parts go. The header, data, padding and trailer of one
 * message in a row are what {@link SecurityContext.unwrap} reads, where nothing is `signOnly` and the context is not
 * of DCE style.
 *
 * All throw as {@link MessageProtection} does, and
 * - TypeError where a part has no place in the call, is there twice, lacks memory, or shares some with another
 * - RangeError where a part is too small, or there are more than 65,536 parts or 1 GiB
 * - GssError ERR_GSS_UNSUPPORTED where the library has no IOV
 *
 * Memory that other threads share is worked on in a copy, and written on success.
 */
export abstract class IovProtection extends MessageProtection {
  /**
   * Protects a message in parts, in place (gss_wrap_iov): one `header`, any `data` and `signOnly`, at most one
   * `padding` and one `trailer`.
   *
   * @returns of each part what is used, in its order: the caller's memory, or what was allocated
   * @throws where a part is too small, nothing is consumed; where the mechanism fails, what is in the parts is
   *   not defined
   */
  wrapIov(buffers: readonly IovBuffer<Bytes>[], options?: WrapOptions): Buffer[] {
    const confidential = confidentialOption(options)
    const qop = qopOption(options)
    const parts = wrapParts(buffers, confidential)
    const native = usableHandle(this)
    if (parts.lacks(MADE)) {
      const sizes = measure(native, parts, confidential, qop)
      parts.allocate(MADE, (i) => sizes[i] ?? 0)
    }
    const sizes = new Uint32Array(parts.length)
    onParts(() => {
      addon().wrapIov(native, parts.types, parts.views, sizes, confidential, qop)
    })
    parts.giveBack(isWritten)
    return Array.from(sizes, (size, i) => parts.used(i, size))
  }

  /**
   * What {@link wrapIov} needs (gss_wrap_iov_length): of each part its size in bytes, in its order; at most, on
   * Windows. Of data only the length counts. Padding depends on it; header and trailer may.
   */
  wrapIovLength(buffers: readonly IovBuffer<Bytes>[], options?: WrapOptions): number[] {
    const confidential = confidentialOption(options)
    const qop = qopOption(options)
    const parts = wrapParts(buffers, confidential)
    return [...measure(usableHandle(this), parts, confidential, qop)]
  }

  /**
   * Checks and opens a message in parts, in place (gss_unwrap_iov): the parts of the peer's wrapIov as they came
   * (padding and trailer may be left out where they are empty), or a `stream` and one `data` without memory,
   * with `signOnly` where the peer had it.
   *
   * @throws GssError GSS_S_DEFECTIVE_TOKEN, GSS_S_BAD_MIC, GSS_S_FAILURE; sequence states as
   *   {@link SecurityContext.unwrap}. Once the library has begun, data and stream are overwritten with zeros
   *   where it throws, so that nothing unverified stays there.
   */
  unwrapIov(buffers: readonly IovBuffer<Bytes>[]): UnwrapIovResult {
    const [words, memory] = readParts(buffers)
    const inStream = words.includes('stream')
    const parts = checkParts(words, memory, inStream ? UNWRAP_STREAM : UNWRAP)
    const native = usableHandle(this)
    const sizes = new Uint32Array(parts.length)
    onParts(() => {
      addon().unwrapIov(native, parts.types, parts.views, sizes)
    })
    const [confidential = 0, qop = 0, bits = 0, offset = 0] = addon().result
    const sequence = this.#judged(bits, parts)
    parts.giveBack(isWritten)
    const stream = parts.indexOf('stream')
    const found = inStream ? parts.indexOf('data') : -1
    const used = Array.from(sizes, (size, i) =>
      i === found ? parts.used(stream, size, offset) : parts.used(i, size),
    )
    return { buffers: used, confidential: confidential === 1, qop, sequence }
  }

  /** Nothing stays of a message that is thrown for its place. */
  #judged(bits: number, parts: PartList) {
    try {
      return judgeSequence(this, bits, 'gss_unwrap_iov')
    } catch (error) {
      parts.erase(['data', 'stream'])
      throw error
    }
  }

  /**
   * A MIC of a message in parts (gss_get_mic_iov), `data` and `signOnly` alike: that of all of them in a row, as
   * {@link SecurityContext.getMic} makes it.
   *
   * @returns the MIC, in the memory of the part `mic` or in what was allocated
   */
  getMicIov(buffers: readonly IovBuffer<Bytes>[], options?: MicOptions): Buffer {
    const qop = qopOption(options)
    const parts = checkParts(...readParts(buffers), GET_MIC)
    const native = usableHandle(this)
    parts.allocate(['mic'], () => addon().micBound(native))
    const size = onParts(() => addon().getMicIov(native, parts.types, parts.views, qop))
    parts.giveBack((word) => word === 'mic')
    return parts.used(parts.indexOf('mic'), size)
  }

  /** The size of a MIC in bytes, at most (gss_get_mic_iov_length): a constant of the context. */
  getMicIovLength(): number {
    return addon().micBound(usableHandle(this))
  }

  /**
   * Checks the peer's MIC of a message in parts (gss_verify_mic_iov).
   *
   * @throws as {@link SecurityContext.verifyMic}
   */
  verifyMicIov(buffers: readonly IovBuffer<Bytes>[]): VerifyResult {
    const parts = checkParts(...readParts(buffers), VERIFY_MIC)
    const native = usableHandle(this)
    onParts(() => {
      addon().verifyMicIov(native, parts.types, parts.views)
    })
    const { result } = addon()
    return {
      qop: result[1] ?? 0,
      sequence: judgeSequence(this, result[2] ?? 0, 'gss_verify_mic_iov'),
    }
  }
}
