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

/** Throws unless `value` is a Uint8Array, of any realm, with its memory still there. */
export function checkBytes(value: unknown, name: string): asserts value is Uint8Array {
  if (!(value instanceof Uint8Array) && !types.isUint8Array(value)) {
    throw invalidArgType(name, EXPECTED, value)
  }
  if (value.byteLength === 0 && isDetached(value)) {
    throw invalidArgValue(name, 'is a view on a detached ArrayBuffer')
  }
}

/** A view on a SharedArrayBuffer, which another thread may write while it is read. */
export function isShared(view: Uint8Array): boolean {
  return types.isSharedArrayBuffer(view.buffer)
}

/** The same bytes where nobody else changes them during the call. */
export function unshared(view: Uint8Array): Uint8Array {
  return isShared(view) ? Uint8Array.prototype.slice.call(new Uint8Array(view)) : view
}

/** Checked, and copied where it is shared. */
export function bytes(value: unknown, name: string): Uint8Array {
  checkBytes(value, name)
  return unshared(value)
}

/** A copy that the caller cannot change any more. */
export function copied(value: unknown, name: string): Uint8Array {
  checkBytes(value, name)
  return new Uint8Array(value)
}

/** Throws unless it is a message or token of a per-message call. */
export function checkMessage(value: unknown, name: string): asserts value is Uint8Array {
  checkBytes(value, name)
  if (value.byteLength > MAX_MESSAGE) {
    throw outOfRange(`${name}.byteLength`, `<= ${MAX_MESSAGE}`, value.byteLength)
  }
}

/** The same, copied where it is shared. */
export function message(value: unknown, name: string): Uint8Array {
  checkMessage(value, name)
  return unshared(value)
}

/** Throws unless `out` is a view and `offset` lies in it. */
export function checkOut(out: unknown, offset: unknown): asserts out is Uint8Array {
  checkBytes(out, 'out')
  if (typeof offset !== 'number') throw invalidArgType('offset', 'of type number', offset)
  if (!Number.isInteger(offset)) throw outOfRange('offset', 'an integer', offset)
  if (offset < 0 || offset > out.byteLength) {
    throw outOfRange('offset', `>= 0 && <= ${out.byteLength}`, offset)
  }
}

/** Whether two views have a byte in common. */
export function overlap(one: Uint8Array, other: Uint8Array): boolean {
  return (
    one.buffer === other.buffer &&
    one.byteOffset < other.byteOffset + other.byteLength &&
    other.byteOffset < one.byteOffset + one.byteLength
  )
}
