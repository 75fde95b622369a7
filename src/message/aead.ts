/** Messages with associated data, which is sealed with the message and not carried (gss_wrap_aead). */
import { type Bytes, bytes, messageView } from '../base/bytes'
import type { ContextCore } from './core'
import { unwrapIov, wrapIov, wrapIovLength } from './iov'
import type { IovBuffer } from './iov-buffer'
import {
  confidentialOption,
  qopOption,
  type UnwrapResult,
  WRAP_KEYS,
  type WrapOptions,
} from './message'

/** No part where there is nothing: Windows reads no stream with one. */
function signedOnly(associatedData: Bytes): IovBuffer[] {
  const buffer = bytes(associatedData, 'associatedData')
  return buffer.length === 0 ? [] : [{ type: 'signOnly', buffer }]
}

export function wrapAead(
  core: ContextCore,
  message: Bytes,
  associatedData: Bytes,
  options?: WrapOptions,
): Buffer {
  // Read once: what is measured and what is sealed must agree.
  const confidential = confidentialOption(options, WRAP_KEYS)
  const fixed = { confidential, qop: qopOption(options, WRAP_KEYS) }
  const input = messageView(message, 'message')
  const signed = signedOnly(associatedData)
  const parts = [
    { type: 'header' },
    { type: 'data', buffer: input },
    { type: 'padding' },
    { type: 'trailer' },
  ] as const
  const sizes = wrapIovLength(core, [...signed, ...parts], fixed).slice(signed.length)
  const token = Buffer.allocUnsafeSlow(sizes.reduce((sum, size) => sum + size, 0))
  let start = 0
  const pieces = sizes.map((size) => token.subarray(start, (start += size)))
  pieces[1]?.set(input)
  const own = parts.map(({ type }, i) => ({ type, buffer: pieces[i] ?? token }))
  const used = wrapIov(core, [...signed, ...own], fixed).slice(signed.length)
  const whole = used.every((piece, i) => piece.length === sizes[i])
  return whole ? token : Buffer.concat(used)
}

export function unwrapAead(core: ContextCore, token: Bytes, associatedData: Bytes): UnwrapResult {
  const input = messageView(token, 'token')
  const signed = signedOnly(associatedData)
  const stream = Buffer.allocUnsafeSlow(input.length)
  stream.set(input)
  const { buffers, ...found } = unwrapIov(core, [
    { type: 'stream', buffer: stream },
    ...signed,
    { type: 'data' },
  ])
  return { message: buffers.at(-1) ?? stream, ...found }
}
