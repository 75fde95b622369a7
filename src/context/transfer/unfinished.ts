/**
 * A context that is exported between two steps: what its next step needs and what was required of it travel with it,
 * since the library's token holds neither. No credential does.
 */
import type { Leaving } from '../establishment'
import type { ContextSetup } from '../setup'
import { initiatorCredential, nativeCredential } from '../../credential/credential'
import { encodeDescription, splitDescribed } from '../../encoding/description'
import { oidText } from '../../encoding/der'
import { canonicalOid } from '../../encoding/token-mechanism'
import { refusalAs } from '../../base/errors'
import { KRB5 } from '../../mechanism/mechanism'
import type { Negotiation } from '../negotiation'
import { Name, nativeName } from '../../name/name'
import { addon, type BindingsTuple, type NativeContext, type NativeName } from '../../native'
import { isOid, UINT32_MAX } from '../../base/options'

const IMPORT = 'gss_import_sec_context'

/** In JSON; numbers are RFC 2744's bits, or seconds, below 2^32. */
interface Unfinished {
  required: number
  forbidden: number
  requiredAtOnce: number
  negotiation: Negotiation
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

function bindingsText(tuple: BindingsTuple | null): Unfinished['bindings'] {
  if (tuple === null) return null
  return [tuple[0], base64(tuple[1]), tuple[2], base64(tuple[3]), base64(tuple[4])]
}

function bindingsOfText(text: Unfinished['bindings']): BindingsTuple | null {
  if (text === null) return null
  return [text[0], fromBase64(text[1]), text[2], fromBase64(text[3]), fromBase64(text[4])]
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

const isOids = (value: unknown): boolean =>
  Array.isArray(value) && value.every((each) => isText(each) && isOid(each))

const isNegotiation = (value: unknown): boolean =>
  isRecord(value) && isOids(value.direct) && isOids(value.negotiable)

function isUnfinished(value: unknown): value is Unfinished {
  if (!isRecord(value)) return false
  const { required, forbidden, requiredAtOnce, granted, lifetime } = value
  const numbers = [required, forbidden, requiredAtOnce, granted, lifetime]
  if (!numbers.every(isNumber) || !isOidOrNone(value.mechanism)) return false
  if (!isNegotiation(value.negotiation)) return false
  if (typeof value.ownCredential !== 'boolean') return false
  return isBindings(value.bindings) && isInitiator(value.initiator)
}

/** MIT's mechglue puts the mechanism before each context's own bytes: a length (4 bytes, big-endian), and the identifier's contents. */
function mechanismWithin(token: Uint8Array): string {
  const bytes = Buffer.from(token.buffer, token.byteOffset, token.byteLength)
  const end = 4 + (bytes.length < 4 ? Infinity : bytes.readUInt32BE(0))
  return end > bytes.length ? '' : canonicalOid(oidText(bytes.subarray(4, end)))
}

/**
 * Quirk(mit): 1.20's gss_init_sec_context (mechglue/g_init_sec_context.c) hands a context that is there to the mechanism that it is
 * told, whose context it may not be, and crashes.
 */
function fits({ initiator }: Unfinished, token: Uint8Array): boolean {
  return initiator === null || canonicalOid(initiator.mechanism) === mechanismWithin(token)
}

/**
 * The description, and a view of the library's token.
 *
 * @throws GssError GSS_S_DEFECTIVE_TOKEN
 */
export function splitUnfinished(body: Uint8Array): { unfinished: Unfinished; token: Uint8Array } {
  const { description, token } = splitDescribed(body) ?? {}
  if (token !== undefined && isUnfinished(description) && fits(description, token)) {
    return { unfinished: description, token }
  }
  throw refusalAs('GSS_S_DEFECTIVE_TOKEN', 'it does not describe a context', IMPORT)
}

/** The target as text; undefined where that is not all that it is. */
function targetText(target: NativeName): [text: string, type: string] | undefined {
  const native = addon()
  const { text, type } = native.displayName(target)
  try {
    const again = nativeName(Name.import(text, type), 'target')
    return native.compareNames(target, again) ? [text, type] : undefined
  } catch {
    return undefined
  }
}

/** What is said of it, or why it must stay. */
export function describeUnfinished(
  handle: NativeContext,
  { setup, granted }: Leaving,
): Buffer | string {
  const native = addon()
  const { credential, bindings, initiator, required, forbidden, requiredAtOnce } = setup
  const target = initiator && targetText(initiator.target)
  if (initiator && target === undefined) return 'its target is no name that travels as text'
  const unfinished: Unfinished = {
    required,
    forbidden,
    requiredAtOnce,
    negotiation: setup.negotiation ?? { direct: [], negotiable: [] },
    granted,
    mechanism: native.contextMechanism(handle),
    lifetime: Math.min(native.contextLifetime(handle), UINT32_MAX),
    ownCredential: credential !== null,
    bindings: bindingsText(bindings),
    initiator: initiator && target ? { ...initiator, target } : null,
  }
  return encodeDescription(unfinished) ?? 'its target and bindings are too long'
}

/**
 * Whose next steps it takes. Without a credential the library would take the default one's, which may be somebody else;
 * krb5's next step needs none.
 */
function nextCredential(unfinished: Unfinished, given: unknown): ContextSetup['credential'] {
  const { initiator, mechanism, ownCredential } = unfinished
  if (given === undefined && ownCredential && mechanism !== KRB5) {
    const why = 'it was made with a credential, which does not travel: options.credential is needed'
    throw refusalAs('GSS_S_NO_CRED', why, IMPORT)
  }
  if (initiator === null) return nativeCredential(given, 'options.credential')
  return initiatorCredential(given, 'options.credential', initiator.mechanism)
}

function targetOf(described: [text: string, type: string]): NativeName {
  try {
    return nativeName(Name.import(...described), 'target')
  } catch {
    throw refusalAs('GSS_S_DEFECTIVE_TOKEN', 'its target is no name', IMPORT)
  }
}

export type Shared = Pick<ContextSetup, 'onSequenceError'>

/** What the context is made of that goes on.
 *
 * @throws GssError GSS_S_NO_CRED, GSS_S_DEFECTIVE_TOKEN
 */
export function setupOf(unfinished: Unfinished, given: unknown, shared: Shared): ContextSetup {
  const { required, forbidden, requiredAtOnce, negotiation, initiator } = unfinished
  const setup = {
    ...shared,
    initiator: undefined,
    imported: undefined,
    speaksFirst: false,
    credential: nextCredential(unfinished, given),
    bindings: bindingsOfText(unfinished.bindings),
    required,
    forbidden,
    requiredAtOnce,
    negotiation,
  }
  if (initiator === null) return setup
  return { ...setup, initiator: { ...initiator, target: targetOf(initiator.target) } }
}
