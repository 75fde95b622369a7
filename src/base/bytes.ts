/** Byte views from the caller: what they are, whether another thread or a transfer may change them. */
import { types } from 'node:util'
import { invalidArgType, invalidArgValue, outOfRange } from './argument-error'

/** A Buffer, Uint8Array, other typed array or DataView of any realm, for the bytes of its memory; also on a SharedArrayBuffer. */
export type Bytes = NodeJS.ArrayBufferView

/** The largest message of a per-message call: 1 GiB. */
export const MAX_MESSAGE = 0x40000000
/** The largest context token: 16 MiB. Real ones have at most some 10 KiB. */
export const MAX_CONTEXT_TOKEN = 0x1000000

const EXPECTED = 'an instance of Buffer, TypedArray or DataView'
const GONE = 'is a view on an ArrayBuffer that is detached or has shrunk'
export const TEXT_OR_BYTES = `of type string or ${EXPECTED}`

const typedArray = Object.getPrototypeOf(Uint8Array.prototype) as object
const values = Reflect.get(typedArray, 'values') as (this: Bytes) => unknown

/** A typed array that is detached, or whose resizable buffer no longer holds it: its `length` is 0, and this throws. */
function isGone(view: Bytes): boolean {
  try {
    values.call(view)
    return false
  } catch {
    return true
  }
}

/** Whether it is a view on memory: a Jest or vm context has classes of its own. */
export function isBytes(value: unknown): value is Bytes {
  return ArrayBuffer.isView(value)
}

/** Another typed array's memory, or a DataView's. */
function memoryOf(value: unknown, name: string): Uint8Array {
  // A string here is a message, or a token, in the wrong type: not for a log.
  if (!isBytes(value)) throw invalidArgType(name, EXPECTED, value, typeof value === 'string')
  try {
    const view = new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
    if (view.length > 0 || !types.isTypedArray(value) || !isGone(value)) return view
  } catch {
    // a DataView that is gone has no length at all
  }
  throw invalidArgValue(name, GONE)
}

/**
 * The bytes of a view, where they lie; throws unless it is one, with its memory still there. Here and below
 * `length` is asked for, never `byteLength` or `buffer`: those getters cost 15 to 25 ns, a tenth of a
 * small message's whole call. Called once the options have been read: a getter among them could take the memory away.
 */
export function viewed(value: unknown, name: string): Uint8Array {
  if (!types.isUint8Array(value)) return memoryOf(value, name)
  if (value.length === 0 && isGone(value)) throw invalidArgValue(name, GONE)
  return value
}

/** A view on a SharedArrayBuffer, which another thread may write while it is read. */
export function isShared(view: Uint8Array): boolean {
  return types.isSharedArrayBuffer(view.buffer)
}

/** Checked, and copied where another thread could change it during the call. */
export function bytes(value: unknown, name: string): Uint8Array {
  const view = viewed(value, name)
  return isShared(view) ? new Uint8Array(view) : view
}

/** A copy that the caller cannot change any more. */
export function copied(value: unknown, name: string): Uint8Array {
  return new Uint8Array(viewed(value, name))
}

/** The same as {@link viewed}, of a message or token of a per-message call. */
export function messageView(value: unknown, name: string): Uint8Array {
  const view = viewed(value, name)
  if (view.length > MAX_MESSAGE) {
    throw outOfRange(`${name}.length`, `<= ${MAX_MESSAGE}`, view.length)
  }
  return view
}

/** Messages up to this size are copied by the library before it looks at them. */
const COPIED_AT_ONCE = 256

/** The same, copied where another thread could change it during the call. */
export function message(value: unknown, name: string): Uint8Array {
  const view = messageView(value, name)
  return view.length > COPIED_AT_ONCE && isShared(view) ? new Uint8Array(view) : view
}

/** Whether what is written to `out` could be seen or changed by another thread during the call. */
export function isDelicate(input: Uint8Array, out: Uint8Array): boolean {
  return input.length > COPIED_AT_ONCE && isShared(out)
}

/** Memory to write to; throws unless it is a view and `offset` lies in it. */
export function outView(out: unknown, offset: unknown): Uint8Array {
  const view = viewed(out, 'out')
  if (typeof offset !== 'number' || offset >>> 0 !== offset || offset > view.length) {
    throw badOffset(offset, view.length)
  }
  return view
}

function badOffset(offset: unknown, length: number): Error {
  if (typeof offset !== 'number') return invalidArgType('offset', 'of type number', offset)
  const range = Number.isInteger(offset) ? `>= 0 && <= ${length}` : 'an integer'
  return outOfRange('offset', range, offset)
}
