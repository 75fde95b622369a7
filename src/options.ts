/** Every check of user input except bytes (bytes.ts): what was expected, what arrived. */
import { invalidArgType, invalidArgValue, outOfRange, rangeError } from './argument-error'

/** The longest name, principal or store value: 64 KiB of UTF-8. */
export const MAX_TEXT = 65536

export const UINT32_MAX = 0xffffffff

/** An options object; undefined is an empty one. */
export function optionsObject<T extends object>(
  value: T | undefined,
  name = 'options',
): Partial<T> {
  if (value === undefined) return {}
  if (typeof value !== 'object' || (value as unknown) === null || Array.isArray(value)) {
    throw invalidArgType(name, 'of type object', value)
  }
  return value
}

/** A string that C can hold: no NUL, no lone surrogate, not too long. `secret`: its value is not shown. */
export function text(value: unknown, name: string, secret = false): string {
  if (typeof value !== 'string') throw invalidArgType(name, 'of type string', value, secret)
  if (value.length > MAX_TEXT) {
    throw rangeError(`The "${name}" argument must not be longer than ${MAX_TEXT} bytes`)
  }
  if (value.includes('\0')) throw invalidArgValue(name, 'must not contain a NUL character')
  if (!isWellFormed(value)) throw invalidArgValue(name, 'must not contain a lone surrogate')
  if (Buffer.byteLength(value) > MAX_TEXT) {
    throw rangeError(`The "${name}" argument must not be longer than ${MAX_TEXT} bytes`)
  }
  return value
}

const LONE_SURROGATE = /\p{Surrogate}/u

function isWellFormed(value: string): boolean {
  return !LONE_SURROGATE.test(value)
}

export function nonEmptyText(value: unknown, name: string): string {
  const checked = text(value, name)
  if (checked === '') throw invalidArgValue(name, 'must not be empty')
  return checked
}

export function optionalText(value: unknown, name: string): string {
  return value === undefined ? '' : text(value, name)
}

/** A boolean, or `otherwise` where it is undefined. */
export function flag(value: unknown, name: string, otherwise: boolean): boolean {
  if (value === undefined) return otherwise
  if (typeof value !== 'boolean') throw invalidArgType(name, 'of type boolean', value)
  return value
}

export function integer(value: unknown, name: string, min: number, max: number): number {
  if (typeof value !== 'number') throw invalidArgType(name, 'of type number', value)
  if (!Number.isInteger(value)) throw outOfRange(name, 'an integer', value)
  if (value < min || value > max) throw outOfRange(name, `>= ${min} && <= ${max}`, value)
  return value
}

export function uint32(value: unknown, name: string): number {
  return integer(value, name, 0, UINT32_MAX)
}

/** Seconds; Infinity is GSS_C_INDEFINITE, the longest the platform gives. */
export function lifetime(value: unknown, name: string, otherwise: number): number {
  if (value === undefined) return otherwise
  if (value === Infinity) return UINT32_MAX
  return integer(value, name, 1, UINT32_MAX - 1)
}

/** One of a few words, or `otherwise` where it is undefined. */
export function choice<T extends string>(
  value: unknown,
  name: string,
  choices: readonly T[],
  otherwise: T,
): T {
  if (value === undefined) return otherwise
  const words = choices.map((word) => `'${word}'`).join(', ')
  if (typeof value !== 'string') throw invalidArgType(name, `one of ${words}`, value)
  if (!(choices as readonly string[]).includes(value)) {
    throw invalidArgValue(name, `must be one of ${words}`, value)
  }
  return value as T
}

/** An AbortSignal, of any realm, or undefined. */
export function abortSignal(options: { signal?: unknown } | undefined): AbortSignal | undefined {
  const signal = optionsObject(options).signal
  if (signal === undefined) return undefined
  const known = signal as AbortSignal | null
  if (typeof known?.aborted !== 'boolean' || typeof known.addEventListener !== 'function') {
    throw invalidArgType('options.signal', 'an instance of AbortSignal', signal)
  }
  return known
}

const OID = /^[0-2](?:\.(?:0|[1-9]\d{0,9}))+$/

/** Whether it is an object identifier in text, 'a.b.c', whose arcs fit 32 bits. */
export function isOid(value: string): boolean {
  if (value.length > 512 || !OID.test(value)) return false
  const arcs = value.split('.').map(Number)
  const [root = 0, second = 0] = arcs
  if (root < 2 ? second > 39 : second > UINT32_MAX - 80) return false
  return arcs.every((arc) => arc <= UINT32_MAX)
}

/** An object identifier in text: '1.2.840.113554.1.2.2'. */
export function oid(value: unknown, name: string): string {
  if (typeof value !== 'string') throw invalidArgType(name, 'of type string', value)
  if (!isOid(value)) throw invalidArgValue(name, 'must be an object identifier (1.2.840.…)', value)
  return value
}
