/**
 * Messages in parts, in place on the caller's memory (gss_wrap_iov and its like). Memory that other threads share is worked on
 * in a copy, and written on success.
 */
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
import type { ContextCore } from './core'
import {
  confidentialOption,
  type MicOptions,
  micLength,
  MIC_KEYS,
  qopOption,
  WRAP_KEYS,
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

type Parts = readonly IovBuffer<Bytes>[]

export function wrapIov(core: ContextCore, buffers: Parts, options?: WrapOptions): Buffer[] {
  const confidential = confidentialOption(options, WRAP_KEYS)
  const qop = qopOption(options, WRAP_KEYS)
  const parts = wrapParts(buffers, confidential)
  const native = core.usable()
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

export function wrapIovLength(core: ContextCore, buffers: Parts, options?: WrapOptions): number[] {
  const confidential = confidentialOption(options, WRAP_KEYS)
  const qop = qopOption(options, WRAP_KEYS)
  const parts = wrapParts(buffers, confidential)
  return [...measure(core.usable(), parts, confidential, qop)]
}

export function unwrapIov(core: ContextCore, buffers: Parts): UnwrapIovResult {
  const [words, memory] = readParts(buffers)
  const inStream = words.includes('stream')
  const parts = checkParts(words, memory, inStream ? UNWRAP_STREAM : UNWRAP)
  const native = core.usable()
  const sizes = new Uint32Array(parts.length)
  onParts(() => {
    addon().unwrapIov(native, parts.types, parts.views, sizes)
  })
  const [confidential = 0, qop = 0, bits = 0, offset = 0] = addon().result
  // Nothing stays of a message that is refused for its place.
  if (core.throwsFor(bits)) parts.erase(['data', 'stream'])
  const sequence = core.judge(bits, 'gss_unwrap_iov')
  parts.giveBack(isWritten)
  const stream = parts.indexOf('stream')
  const found = inStream ? parts.indexOf('data') : -1
  const used = Array.from(sizes, (size, i) =>
    i === found ? parts.used(stream, size, offset) : parts.used(i, size),
  )
  return { buffers: used, confidential: confidential === 1, qop, sequence }
}

export function getMicIov(core: ContextCore, buffers: Parts, options?: MicOptions): Buffer {
  const qop = qopOption(options, MIC_KEYS)
  const parts = checkParts(...readParts(buffers), GET_MIC)
  const native = core.usable()
  parts.allocate(['mic'], () => micLength(core))
  const size = onParts(() => addon().getMicIov(native, parts.types, parts.views, qop))
  parts.giveBack((word) => word === 'mic')
  return parts.used(parts.indexOf('mic'), size)
}

export function verifyMicIov(core: ContextCore, buffers: Parts): VerifyResult {
  const parts = checkParts(...readParts(buffers), VERIFY_MIC)
  const native = core.usable()
  onParts(() => {
    addon().verifyMicIov(native, parts.types, parts.views)
  })
  const { result } = addon()
  return { qop: result[1] ?? 0, sequence: core.judge(result[2] ?? 0, 'gss_verify_mic_iov') }
}
