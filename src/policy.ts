/** Was the required protection granted? Asked once, above the platform, before anybody may use it. */
import { invalidArgValue } from './argument-error'
import { refusal } from './errors'
import { FLAG_BITS, FLAG_NAMES, flagNames, type Flags } from './flags'
import { flag, optionsOf } from './options'

/** What an initiator may ask for, and gets unless it is set to false. */
export const PROTECTIONS = [
  'mutual',
  'integrity',
  'confidentiality',
  'replayDetection',
  'sequenceDetection',
] as const satisfies readonly (keyof Flags)[]

const ALL_PROTECTIONS = PROTECTIONS.reduce((bits, name) => bits | FLAG_BITS[name], 0)

/** Of the bits asked for, those without which there is no context. */
export function requiredOf(requested: number): number {
  return requested & (ALL_PROTECTIONS | FLAG_BITS.anonymous)
}

/** The bits of an acceptor's `require`. */
export function requireBits(value: unknown, name: string): number {
  const given = optionsOf(value as Partial<Flags> | undefined, FLAG_NAMES, name)
  for (const key of Object.keys(value ?? given)) {
    if (!Object.hasOwn(FLAG_BITS, key)) throw invalidArgValue(name, 'names no flag', key)
  }
  const wanted = (key: keyof Flags) => flag(given[key], `${name}.${key}`, false)
  return FLAG_NAMES.filter(wanted).reduce((bits, key) => bits | FLAG_BITS[key], 0)
}

/**
 * @throws GssError ERR_GSS_PROTECTION_NOT_GRANTED naming what is missing
 */
export function checkGranted(required: number, granted: number, call: string): void {
  const missing = required & ~granted
  if (missing === 0) return
  throw refusal(
    'ERR_GSS_PROTECTION_NOT_GRANTED',
    `required but not granted: ${flagNames(missing).join(', ')}`,
    call,
  )
}
