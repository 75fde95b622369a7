/** Byte views from the caller: what they are, whether another thread or a transfer may change them. */
import { types } from 'node:util'
import { invalidArgType, invalidArgValue, outOfRange } from './argument-error'

/** A Buffer is one; so is any view with an offset, also on a SharedArrayBuffer. */
export type Bytes = Uint8Array

/** The largest message of a per-message call: 1 GiB. */
export const MAX_MESSAGE = 0x40000000
/** The largest context token: 16 MiB. Real ones have at most some 10 KiB. */
export const MAX_CONTEXT_TOKEN = 0x1000000

const EXPECTED = 'an instance of Uint8Array'

function isDetached(view: Uint8Array): boolean {
  try {
    new Uint8Array(view.buffer)
    return false
  } catch {
    return true
  }
}

/**
 * Throws unless `value` is a Uint8Array, of any realm, with its memory still there. Here and below
 * `length` is asked for, never `byteLength` or `buffer`: those getters cost 15 to 25 ns, a tenth of a
 * small message's whole call.
 */
export function checkBytes(value: unknown, name: string): asserts value is Uint8Array {
  if (!(value instanceof Uint8Array) && !types.isUint8Array(value)) {
    // A string here is a message, or a token, in the wrong type: not for a log.
    throw invalidArgType(name, EXPECTED, value, typeof value === 'string')
  }
  if (value.length === 0 && isDetached(value)) {
    throw invalidArgValue(name, 'is a view on a detached ArrayBuffer')
  }
}

/** A view on a SharedArrayBuffer, which another thread may write while it is read. */
export function isShared(view: Uint8Array): boolean {
  return types.isSharedArrayBuffer(view.buffer)
}

/** Checked, and copied where another thread could change it during the call. */
export function bytes(value: unknown, name: string): Uint8Array {
  checkBytes(value, name)
  return isShared(value) ? new Uint8Array(value) : value
}

/** A copy that the caller cannot change any more. */
export function copied(value: unknown, name: string): Uint8Array {
  checkBytes(value, name)
  return new Uint8Array(value)
}

/** Throws unless it is a message or token of a per-message call. */
export function checkMessage(value: unknown, name: string): asserts value is Uint8Array {
  checkBytes(value, name)
  if (value.length > MAX_MESSAGE) {
    throw outOfRange(`${name}.length`, `<= ${MAX_MESSAGE}`, value.length)
  }
}

/** Messages up to this size are copied by the library before it looks at them. */
const COPIED_AT_ONCE = 256

/** The same, copied where another thread could change it during the call. */
export function message(value: unknown, name: string): Uint8Array {
  checkMessage(value, name)
  return value.length > COPIED_AT_ONCE && isShared(value) ? new Uint8Array(value) : value
}

/** Whether what is written to `out` could be seen or changed by another thread during the call. */
export function isDelicate(input: Uint8Array, out: Uint8Array): boolean {
  return input.length > COPIED_AT_ONCE && isShared(out)
}

/** Throws unless `out` is a view and `offset` lies in it. */
export function checkOut(out: unknown, offset: unknown): asserts out is Uint8Array {
  checkBytes(out, 'out')
  if (typeof offset !== 'number' || offset >>> 0 !== offset || offset > out.length) {
    throw badOffset(offset, out.length)
  }
}

function badOffset(offset: unknown, length: number): Error {
  if (typeof offset !== 'number') return invalidArgType('offset', 'of type number', offset)
  const range = Number.isInteger(offset) ? `>= 0 && <= ${length}` : 'an integer'
  return outOfRange('offset', range, offset)
}
