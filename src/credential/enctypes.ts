/** Encryption types by name and by number (RFC 3961's registry at IANA, "Kerberos Encryption Type Numbers"). */
import { invalidArgType, invalidArgValue } from '../base/argument-error'
import { integer } from '../base/options'

/** An encryption type by MIT's name, or by its number. */
export type Enctype =
  | 'des3-cbc-sha1'
  | 'aes128-cts-hmac-sha1-96'
  | 'aes256-cts-hmac-sha1-96'
  | 'aes128-cts-hmac-sha256-128'
  | 'aes256-cts-hmac-sha384-192'
  | 'arcfour-hmac'
  | 'camellia128-cts-cmac'
  | 'camellia256-cts-cmac'
  | number

const NUMBERS: Readonly<Record<Exclude<Enctype, number>, number>> = {
  'des3-cbc-sha1': 16,
  'aes128-cts-hmac-sha1-96': 17,
  'aes256-cts-hmac-sha1-96': 18,
  'aes128-cts-hmac-sha256-128': 19,
  'aes256-cts-hmac-sha384-192': 20,
  'arcfour-hmac': 23,
  'camellia128-cts-cmac': 25,
  'camellia256-cts-cmac': 26,
}

/** Nobody has more; the library copies the list. */
const MOST = 64

function enctypeNumber(value: unknown, name: string): number {
  if (typeof value === 'number') return integer(value, name, -(2 ** 31), 2 ** 31 - 1)
  if (typeof value !== 'string') throw invalidArgType(name, 'of type string or number', value)
  if (Object.hasOwn(NUMBERS, value)) return NUMBERS[value as keyof typeof NUMBERS]
  const names = Object.keys(NUMBERS).join("', '")
  throw invalidArgValue(name, `must be a number or one of '${names}'`, value)
}

/** The memory of an Int32Array; empty for undefined. */
export function enctypeNumbers(value: unknown, name: string): Uint8Array {
  if (value === undefined) return new Uint8Array()
  if (!Array.isArray(value)) throw invalidArgType(name, 'an instance of Array', value)
  if (value.length > MOST) throw invalidArgValue(name, `must not have more than ${MOST} elements`)
  const numbers = value.map((each: unknown, i) => enctypeNumber(each, `${name}[${i}]`))
  return new Uint8Array(Int32Array.from(numbers).buffer)
}
