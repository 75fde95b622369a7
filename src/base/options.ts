/** Every check of user input except bytes (bytes.ts): what was expected, what arrived. */
import { invalidArgType, invalidArgValue, outOfRange, rangeError } from './argument-error'
import { checkKnown } from './near-miss'

/** The longest name, principal or store value: 64 KiB of UTF-8. */
export const MAX_TEXT = 65536

export const UINT32_MAX = 0xffffffff

/** What was read of an options object: no prototype, so that no other property shines through. */
export type Given<T, K extends keyof T> = { readonly [P in K]: T[P] | undefined }

function checkOptions(value: unknown, name: string): asserts value is object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalidArgType(name, 'of type object', value)
  }
}

/** Whether it is the prototype of all objects, in this realm or another. */
function isRoot(value: object): boolean {
  if (value === Object.prototype) return true
  return Object.getPrototypeOf(value) === null && Object.hasOwn(value, 'isPrototypeOf')
}

/** Whether the object, or a class that it is of, has the property. */
function holds(value: object, key: string): boolean {
  let holder: object | null = value
  while (holder !== null && !isRoot(holder)) {
    if (Object.hasOwn(holder, key)) return true
    holder = Object.getPrototypeOf(holder) as object | null
  }
  return false
}

const read = (value: object, key: string): unknown =>
  holds(value, key) ? (value as Record<string, unknown>)[key] : undefined

/**
 * @internal Also for `gssapi/testing`. Options, each read once: from the object itself or its class (whose getters work), and
 * never from Object.prototype, where whoever can write there would turn protection off for the whole program. One that is none
 * of `keys` would be passed over, and what it was to do not be done: it is refused.
 *
 * @throws TypeError ERR_INVALID_ARG_TYPE; ERR_INVALID_ARG_VALUE naming the unknown option, and the one that was probably meant
 */
export function optionsOf<T extends object, K extends keyof T & string>(
  value: T | undefined,
  keys: readonly K[],
  name = 'options',
): Given<T, K> {
  const given = Object.create(null) as Record<string, unknown>
  if (value === undefined) return given as Given<T, K>
  checkOptions(value, name)
  checkKnown(value, keys, name)
  for (const key of keys) given[key] = read(value, key)
  return given as Given<T, K>
}

/** One option, read as {@link optionsOf} reads; `keys` are all that the call has. For calls that count nanoseconds. */
export function optionOf<T extends object, K extends keyof T & string>(
  value: T | undefined,
  key: K,
  keys: readonly (keyof T & string)[],
): T[K] | undefined {
  if (value === undefined) return undefined
  checkOptions(value, 'options')
  checkKnown(value, keys, 'options')
  return read(value, key) as T[K] | undefined
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

/** An AbortSignal, of any realm, or undefined: the option `signal` as it was read. */
export function abortSignal(signal: unknown): AbortSignal | undefined {
  if (signal === undefined) return undefined
  const known = signal as AbortSignal | null
  if (typeof known?.aborted !== 'boolean' || typeof known.addEventListener !== 'function') {
    throw invalidArgType('options.signal', 'an instance of AbortSignal', signal)
  }
  return known
}

/** The same, of a call that has no other option. */
export function signalOption(options: { signal?: unknown } | undefined): AbortSignal | undefined {
  return abortSignal(optionsOf(options, ['signal']).signal)
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
