/**
 * A context that is exported between two steps: what its next step needs and what was required of it travel with it,
 * since the library's token holds neither. No credential does.
 */
import { describeBefore, splitDescribed } from './description'
import { refusalAs } from './errors'
import type { BindingsTuple } from './native'
import { isOid } from './options'

/** In JSON; numbers are RFC 2744's bits, or seconds, below 2^32. */
export interface Unfinished {
  required: number
  requiredAtOnce: number
  granted: number
  /** Object identifier; '' while the mechanism is not known. */
  mechanism: string
  /** Seconds left when it was exported. */
  lifetime: number
  /** It was not the platform's default credential. */
  ownCredential: boolean
  bindings: [number, string, number, string, string] | null
  initiator: {
    target: [text: string, type: string]
    mechanism: string
    flags: number
    lifetime: number
  } | null
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')
const fromBase64 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'))

export function bindingsText(tuple: BindingsTuple | null): Unfinished['bindings'] {
  if (tuple === null) return null
  return [tuple[0], base64(tuple[1]), tuple[2], base64(tuple[3]), base64(tuple[4])]
}

export function bindingsOfText(text: Unfinished['bindings']): BindingsTuple | null {
  if (text === null) return null
  return [text[0], fromBase64(text[1]), text[2], fromBase64(text[3]), fromBase64(text[4])]
}

export function describeUnfinished(unfinished: Unfinished, token: Uint8Array): Buffer {
  return describeBefore(unfinished, token)
}

const isText = (value: unknown): value is string => typeof value === 'string'
const isNumber = (value: unknown): boolean =>
  Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 0xffffffff
const isOidOrNone = (value: unknown): boolean => isText(value) && (value === '' || isOid(value))

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isBindings(value: unknown): boolean {
  if (value === null) return true
  if (!Array.isArray(value) || value.length !== 5) return false
  return value.every((each, i) => (i === 0 || i === 2 ? isNumber(each) : isText(each)))
}

function isInitiator(value: unknown): boolean {
  if (value === null) return true
  if (!isRecord(value)) return false
  const { target, mechanism, flags, lifetime } = value
  if (!Array.isArray(target) || target.length !== 2) return false
  const [text, type] = target as unknown[]
  if (!isText(text) || !isOidOrNone(type)) return false
  return isText(mechanism) && isOid(mechanism) && isNumber(flags) && isNumber(lifetime)
}

function isUnfinished(value: unknown): value is Unfinished {
  if (!isRecord(value)) return false
  const numbers = [value.required, value.requiredAtOnce, value.granted, value.lifetime]
  if (!numbers.every(isNumber) || !isOidOrNone(value.mechanism)) return false
  if (typeof value.ownCredential !== 'boolean') return false
  return isBindings(value.bindings) && isInitiator(value.initiator)
}

/**
 * The description, and a view of the library's token.
 *
 * @throws GssError GSS_S_DEFECTIVE_TOKEN
 */
export function splitUnfinished(
  body: Uint8Array,
  call: string,
): { unfinished: Unfinished; token: Uint8Array } {
  const { description, token } = splitDescribed(body) ?? {}
  if (token !== undefined && isUnfinished(description)) return { unfinished: description, token }
  throw refusalAs('GSS_S_DEFECTIVE_TOKEN', 'it does not describe a context', call)
}
