/**
 * Messages of an established context, synchronous and on the calling thread (RFC 2743 §2.3). What a caller must know of
 * each stands at the method of SecurityContext that has its name.
 */
import { addon } from '../native'
import {
  type Bytes,
  bytes,
  isDelicate,
  message as checkedMessage,
  messageView,
  outView,
} from '../base/bytes'
import { toGssError } from '../base/errors'
import { flag, optionOf, uint32 } from '../base/options'
import type { ContextCore } from './core'
import type { Sequence } from './sequence'
import { Slab, SLAB_LIMIT, SLAB_SIZE } from '../base/slab'

/** Options of wrap. */
export interface WrapOptions {
  /** Encrypt, not only seal against change. Default: true. */
  confidential?: boolean | undefined
  /** The mechanism's quality of protection (RFC 2743 §1.2.4); krb5 has only the default, 0. */
  qop?: number | undefined
}

/** Options of overhead. */
export type OverheadOptions = Pick<WrapOptions, 'confidential'>

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

/** Tokens are public, so all contexts of the thread share it; plaintext has a slab for each context. */
const tokens = new Slab(SLAB_SIZE)
const FIRST_PLAIN_SLAB = 4096

/** All that a call's options may have. */
type Keys<T> = readonly (keyof T & string)[]

export const WRAP_KEYS: Keys<WrapOptions> = ['confidential', 'qop']
export const MIC_KEYS: Keys<MicOptions> = ['qop']

/** `keys`: all that the call's options may have. */
export function confidentialOption<T extends Pick<WrapOptions, 'confidential'>>(
  options: T | undefined,
  keys: Keys<T>,
): boolean {
  return flag(optionOf(options, 'confidential', keys), 'options.confidential', true)
}

export function qopOption<T extends MicOptions>(options: T | undefined, keys: Keys<T>): number {
  const qop = optionOf(options, 'qop', keys)
  return qop === undefined ? 0 : uint32(qop, 'options.qop')
}

// -------------------------------------------------------------- wrap

export function wrap(core: ContextCore, message: Bytes, options?: WrapOptions): Buffer {
  const confidential = options === undefined || confidentialOption(options, WRAP_KEYS)
  const qop = options === undefined ? 0 : qopOption(options, WRAP_KEYS)
  const input = checkedMessage(message, 'message')
  const bound = input.length + overheadOf(core, confidential)
  if (bound > SLAB_LIMIT) {
    const out = Buffer.allocUnsafeSlow(bound)
    return out.subarray(0, wrapTo(core, input, out, 0, confidential, qop))
  }
  const slab = tokens.reserve(bound)
  return tokens.take(wrapTo(core, input, slab, tokens.used, confidential, qop))
}

export function wrapInto(
  core: ContextCore,
  message: Bytes,
  out: Bytes,
  offset: number,
  options?: WrapOptions,
): number {
  const confidential = options === undefined || confidentialOption(options, WRAP_KEYS)
  const qop = options === undefined ? 0 : qopOption(options, WRAP_KEYS)
  const input = checkedMessage(message, 'message')
  const target = outView(out, offset)
  if (!isDelicate(input, target)) return wrapTo(core, input, target, offset, confidential, qop)
  const most = input.length + overheadOf(core, confidential)
  return through(target, offset, most, (copy) => wrapTo(core, input, copy, 0, confidential, qop))
}

function wrapTo(
  core: ContextCore,
  input: Uint8Array,
  out: Uint8Array,
  offset: number,
  confidential: boolean,
  qop: number,
): number {
  const native = core.usable()
  try {
    return addon().wrap(native, input, out, offset, confidential, qop)
  } catch (thrown) {
    throw toGssError(thrown)
  }
}

export function overhead(core: ContextCore, options: OverheadOptions | undefined): number {
  return overheadOf(core, confidentialOption(options, ['confidential']))
}

function overheadOf(core: ContextCore, confidential: boolean): number {
  core.usable()
  const known = confidential ? core.sealOverhead : core.signOverhead
  return known < 0 ? measure(core, confidential) : known
}

function measure(core: ContextCore, confidential: boolean): number {
  const bound = addon().wrapBound(core.native, confidential, 0)
  if (confidential) core.sealOverhead = bound
  else core.signOverhead = bound
  return bound
}

export function wrapSizeLimit(
  core: ContextCore,
  maxTokenSize: number,
  options: WrapOptions | undefined,
): number {
  const most = uint32(maxTokenSize, 'maxTokenSize')
  const confidential = confidentialOption(options, WRAP_KEYS)
  const qop = qopOption(options, WRAP_KEYS)
  const native = core.usable()
  try {
    return addon().wrapSizeLimit(native, most, confidential, qop)
  } catch (thrown) {
    throw toGssError(thrown)
  }
}

// -------------------------------------------------------------- unwrap

export function unwrap(core: ContextCore, token: Bytes): UnwrapResult {
  const input = messageView(token, 'token')
  core.usable()
  if (input.length > SLAB_LIMIT) return unwrapLarge(core, input)
  const plain = (core.plain ??= new Slab(FIRST_PLAIN_SLAB))
  const slab = plain.reserve(input.length)
  const length = unwrapTo(core, input, slab, plain.used)
  const { result } = addon()
  const sequence = core.judge(result[2] ?? 0, 'gss_unwrap')
  return {
    message: plain.take(length),
    confidential: result[0] === 1,
    qop: result[1] ?? 0,
    sequence,
  }
}

function unwrapLarge(core: ContextCore, input: Uint8Array): UnwrapResult {
  const buffer = Buffer.allocUnsafeSlow(input.length)
  let length: number
  try {
    length = addon().unwrapWithin(core.native, input, buffer)
  } catch (thrown) {
    throw toGssError(thrown)
  }
  const [confidential = 0, qop = 0, bits = 0, start = 0] = addon().result
  const sequence = core.judge(bits, 'gss_unwrap')
  const message = buffer.subarray(start, start + length)
  return { message, confidential: confidential === 1, qop, sequence }
}

export function unwrapInto(
  core: ContextCore,
  token: Bytes,
  out: Bytes,
  offset: number,
): UnwrapIntoResult {
  const input = messageView(token, 'token')
  const target = outView(out, offset)
  const length = unwrapTo(core, input, target, offset)
  const { result } = addon()
  const bits = result[2] ?? 0
  if (core.throwsFor(bits)) target.fill(0, offset, offset + length)
  const sequence = core.judge(bits, 'gss_unwrap')
  return { length, confidential: result[0] === 1, qop: result[1] ?? 0, sequence }
}

/** The addon copies the token before it is looked at, so it may be shared, and share memory with `out`. */
function unwrapTo(core: ContextCore, input: Uint8Array, out: Uint8Array, offset: number): number {
  const native = core.usable()
  try {
    return addon().unwrap(native, input, out, offset)
  } catch (thrown) {
    throw toGssError(thrown)
  }
}

// -------------------------------------------------------------- MIC

export function getMic(core: ContextCore, message: Bytes, options?: MicOptions): Buffer {
  const qop = options === undefined ? 0 : qopOption(options, MIC_KEYS)
  const input = checkedMessage(message, 'message')
  const slab = tokens.reserve(micLength(core))
  return tokens.take(getMicTo(core, input, slab, tokens.used, qop))
}

export function getMicInto(
  core: ContextCore,
  message: Bytes,
  out: Bytes,
  offset: number,
  options?: MicOptions,
): number {
  const qop = options === undefined ? 0 : qopOption(options, MIC_KEYS)
  const input = checkedMessage(message, 'message')
  const target = outView(out, offset)
  if (!isDelicate(input, target)) return getMicTo(core, input, target, offset, qop)
  return through(target, offset, micLength(core), (copy) => getMicTo(core, input, copy, 0, qop))
}

export function micLength(core: ContextCore): number {
  const native = core.usable()
  if (core.micSize < 0) core.micSize = addon().micBound(native)
  return core.micSize
}

function getMicTo(
  core: ContextCore,
  input: Uint8Array,
  out: Uint8Array,
  offset: number,
  qop: number,
): number {
  const native = core.usable()
  try {
    return addon().getMic(native, input, out, offset, qop)
  } catch (thrown) {
    throw toGssError(thrown)
  }
}

export function verifyMic(core: ContextCore, message: Bytes, mic: Bytes): VerifyResult {
  const input = checkedMessage(message, 'message')
  const code = bytes(mic, 'mic')
  const native = core.usable()
  try {
    addon().verifyMic(native, input, code)
  } catch (thrown) {
    throw toGssError(thrown)
  }
  const { result } = addon()
  return { qop: result[1] ?? 0, sequence: core.judge(result[2] ?? 0, 'gss_verify_mic') }
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
