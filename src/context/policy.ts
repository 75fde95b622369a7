/** Was the required protection granted, and may what was granted be? Asked once, above the platform, before anybody may use it. */
import { GssError, refusal } from '../base/errors'
import { FLAG_BITS, FLAG_NAMES, flagNames, type Flags } from '../base/flags'
import { mechanismName } from '../mechanism/mechanism'
import { flag, optionsOf } from '../base/options'
import { NTLM } from '../encoding/token-mechanism'

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

/** What there must be, and what there must not be. */
export interface Demands {
  required: number
  forbidden: number
}

/**
 * An acceptor's `require`: true is what must have been granted, false what must not. Anonymous initiators are let in where
 * `allowAnonymous` says so, or are all that is let in.
 */
export function demandsOf(value: unknown, allowAnonymous: unknown, name: string): Demands {
  const given = optionsOf(value as Partial<Flags> | undefined, FLAG_NAMES, name)
  const asked = new Map(
    FLAG_NAMES.map((key) => [
      key,
      given[key] === undefined ? undefined : flag(given[key], `${name}.${key}`, false),
    ]),
  )
  const bitsOf = (wanted: boolean) =>
    FLAG_NAMES.filter((key) => asked.get(key) === wanted).reduce(
      (bits, key) => bits | FLAG_BITS[key],
      0,
    )
  const required = bitsOf(true)
  const allowed = flag(allowAnonymous, 'options.allowAnonymous', false)
  const anonymous = allowed ? 0 : FLAG_BITS.anonymous & ~required
  return { required, forbidden: bitsOf(false) | anonymous }
}

/**
 * Flags that a mechanism cannot give, whatever its library says: NTLM proves nobody but the initiator, and hands no
 * credential on. A mechanism that is not listed here is believed.
 */
const UNABLE: Readonly<Record<string, number>> = {
  [NTLM]: FLAG_BITS.mutual | FLAG_BITS.delegation | FLAG_BITS.delegationPolicy,
}

const unable = (mechanism: string): number =>
  Object.hasOwn(UNABLE, mechanism) ? (UNABLE[mechanism] ?? 0) : 0

/**
 * What of the flags that a library tells is true of the mechanism. That an initiator of NTLM's is anonymous is no
 * protection of its own; at an acceptor it is a warning, and stays.
 */
export function trueFlags(mechanism: string, told: number, isInitiator: boolean): number {
  const more = isInitiator && mechanism === NTLM ? FLAG_BITS.anonymous : 0
  return told & ~(unable(mechanism) | more)
}

export const isAble = (mechanism: string, required: number): boolean =>
  (unable(mechanism) & required) === 0

/** @throws GssError ERR_GSS_PROTECTION_NOT_GRANTED where the mechanism can never give what is required */
export function checkAble(mechanism: string, required: number, call: string): void {
  if (isAble(mechanism, required)) return
  const missing = flagNames(unable(mechanism) & required).join(', ')
  throw refusal(
    'ERR_GSS_PROTECTION_NOT_GRANTED',
    `required but not granted: ${missing}, which ${mechanismName(mechanism)} does not have`,
    call,
  )
}

const FORBIDDEN_HINT =
  'What the initiator asked for must not be granted here: `allowAnonymous: true` lets in who does not tell a name; of the others `require` says false.'

/**
 * @throws GssError ERR_GSS_PROTECTION_NOT_GRANTED naming what is missing, or what must not be
 */
export function checkGranted(demands: Demands, granted: number, call: string): void {
  const missing = demands.required & ~granted
  if (missing !== 0) {
    throw refusal(
      'ERR_GSS_PROTECTION_NOT_GRANTED',
      `required but not granted: ${flagNames(missing).join(', ')}`,
      call,
    )
  }
  const surplus = demands.forbidden & granted
  if (surplus === 0) return
  throw new GssError({
    code: 'ERR_GSS_PROTECTION_NOT_GRANTED',
    detail: `granted but not allowed: ${flagNames(surplus).join(', ')}`,
    call,
    hint: FORBIDDEN_HINT,
  })
}
