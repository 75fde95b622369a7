/**
 * GssError and the one code table. The addon never builds an error: it returns a status record,
 * and this file makes an error of it, with the caller's stack.
 */
import { rangeError } from './argument-error'
import {
  CALLING_ERRORS,
  type GssErrorCode,
  type OwnCode,
  ROUTINE_ERRORS,
  type RoutineCode,
  SUPPLEMENTARY_BITS,
} from './codes'
import { hintFor } from './hints'
import type { Asked, StatusRecord } from '../native'
import { joined, printable } from './printable'

const GENERAL = ROUTINE_ERRORS[12]

function rowOf(major: number): readonly [number, GssErrorCode, string] {
  const routine = (major >>> 16) & 0xff
  const calling = major >>> 24
  if (routine !== 0) return ROUTINE_ERRORS.find(([value]) => value === routine) ?? GENERAL
  if (calling !== 0) return CALLING_ERRORS.find(([value]) => value === calling) ?? GENERAL
  return SUPPLEMENTARY_BITS.find(([value]) => (major & value) !== 0) ?? GENERAL
}

/** The code of a major status: its routine error, else its calling error, else its worst supplementary bit. */
export function codeOfMajor(major: number): GssErrorCode {
  return rowOf(major)[1]
}

/** The major status of a routine error's code; of GSS_S_FAILURE where there is none. */
export function majorOfCode(code: RoutineCode): number {
  const row = ROUTINE_ERRORS.find((each) => each[1] === code) ?? GENERAL
  return row[0] << 16
}

/** What a {@link GssError} is made of; what is left out is empty. */
export type GssErrorFields = Partial<StatusRecord> & { hint?: string }

function messageOf(call: string, detail: string, majors: string[], minors: string[]): string {
  const parts = [call, majors.join('; '), minors.join('; '), detail]
  return joined(
    parts.filter((part) => part !== ''),
    ': ',
  )
}

/** The lines of a status, which hold what strangers wrote, as a log may show them; an empty one says nothing. */
function linesOf(lines: string[] | undefined): string[] {
  return (lines ?? []).map((line) => printable(line)).filter((line) => line !== '')
}

/** On every copy's GssError. */
const BRAND = Symbol.for('gssapi.GssError')

/**
 * A failure that the security library, or this package in its place, reports. Decide by {@link code};
 * the messages are for people, and differ between libraries and languages.
 *
 * Messages and hint show text that strangers may have written (a KDC's text, a name) with escapes ('\x1b', '\x0a'
 * for a line end) in place of control and invisible characters. The message, the hint and each of the lines have at
 * most 1,000 characters; a longer message loses the ends of its longest parts.
 *
 * A mistake in the arguments is no GssError but a TypeError or RangeError with Node's own codes.
 */
export class GssError extends Error {
  static {
    Object.defineProperty(this.prototype, BRAND, { value: true })
    Object.defineProperty(this.prototype, 'name', {
      value: 'GssError',
      writable: true,
      configurable: true,
    })
  }

  /**
   * `error instanceof GssError` holds for an error of any copy of the package, and of any realm (a test runner's), also where
   * it came through another package's dependency. A class of your own that extends it has its own instances only.
   */
  static override [Symbol.hasInstance](value: unknown): boolean {
    if (this !== GssError) return Function.prototype[Symbol.hasInstance].call(this, value)
    return typeof value === 'object' && value !== null && BRAND in value
  }

  /**
   * Stable on every platform: 'GSS_S_NO_CRED', 'GSS_S_DEFECTIVE_TOKEN' and the other names of RFC 2744
   * §3.9.1 for what the mechanism said; 'ERR_GSS_UNSUPPORTED', 'ERR_GSS_LIBRARY_NOT_FOUND',
   * 'ERR_GSS_CONTEXT_BUSY', 'ERR_GSS_NOT_ESTABLISHED', 'ERR_GSS_ALREADY_ESTABLISHED',
   * 'ERR_GSS_PROTECTION_NOT_GRANTED', 'ERR_GSS_DISPOSED', 'ERR_INVALID_STATE' for what this package says.
   */
  readonly code: GssErrorCode
  /** The major status of RFC 2744 §3.9.1, an unsigned 32-bit number; 0 where this package refused. */
  readonly major: number
  /** The mechanism's own status, an unsigned 32-bit number; 0 where there is none. */
  readonly minor: number
  /** All lines of gss_display_status for the major status. */
  readonly majorMessages: string[]
  /** All lines of gss_display_status for the minor status. */
  readonly minorMessages: string[]
  /** The minor status' name where it has one: 'KRB5KDC_ERR_S_PRINCIPAL_UNKNOWN'. */
  declare readonly minorName?: string
  /** Windows: the status' name, 'SEC_E_TARGET_UNKNOWN'. */
  declare readonly status?: string
  /** Windows: the status' number, 0x80090303. */
  declare readonly statusValue?: number
  /** The function that failed: 'gss_init_sec_context', 'InitializeSecurityContextW'; may be ''. */
  readonly call: string
  /**
   * The token to send to the peer, if the failure produced one (a KRB-ERROR, a SPNEGO reject). Not
   * enumerable, so that logs do not print it.
   */
  declare readonly token?: Buffer
  /** A sentence that says what to do about the failure, if that is known. */
  declare readonly hint?: string

  /** @internal Made by this package only. */
  constructor(fields: GssErrorFields) {
    const major = fields.major ?? 0
    const majors = linesOf(fields.majorMessages)
    const minors = linesOf(fields.minorMessages)
    const call = fields.call ?? ''
    const own = fields.code ?? ''
    const lines = majors.length === 0 && major !== 0 ? [rowOf(major)[2]] : majors
    super(messageOf(call, printable(fields.detail ?? ''), lines, minors))
    this.code = own === '' ? codeOfMajor(major) : (own as GssErrorCode)
    this.major = major
    this.minor = fields.minor ?? 0
    this.majorMessages = lines
    this.minorMessages = minors
    this.call = call
    if (fields.minorName) this.minorName = fields.minorName
    if (fields.statusName) {
      this.status = fields.statusName
      this.statusValue = fields.statusValue ?? 0
    }
    const told = { ...fields, code: this.code, majorMessages: lines, minorMessages: minors }
    const hint = fields.hint ?? hintFor(told)
    if (hint !== undefined) this.hint = printable(hint)
    if (fields.token) hide(this, 'token', fields.token)
  }
}

const records = new WeakMap<GssError, StatusRecord>()

/** The hint again, now that more is known of what was asked for; one of this package's own refusals stays. */
export function hintBy(error: GssError, asked: Asked): void {
  const record = records.get(error)
  const hint = record && hintFor({ ...printed(record), code: error.code, asked })
  if (hint !== undefined) Object.assign(error, { hint: printable(hint) })
}

function printed(record: StatusRecord): StatusRecord {
  const { majorMessages, minorMessages } = record
  return {
    ...record,
    majorMessages: linesOf(majorMessages),
    minorMessages: linesOf(minorMessages),
  }
}

function hide(error: GssError, name: string, value: unknown): void {
  Object.defineProperty(error, name, { value, enumerable: false, configurable: true })
}

function isStatusRecord(thrown: unknown): thrown is StatusRecord {
  if (typeof thrown !== 'object' || thrown === null || thrown instanceof Error) return false
  const record = thrown as Partial<StatusRecord>
  return typeof record.major === 'number' && typeof record.code === 'string'
}

/**
 * The error for what a native call threw or rejected with; anything but a status record is returned as
 * it is. Called where it is thrown, so that the stack is the caller's.
 */
export function toGssError(thrown: unknown): unknown {
  if (!isStatusRecord(thrown)) return thrown
  if (thrown.code === 'ERR_OUT_OF_RANGE' || thrown.code === 'ERR_MEMORY_ALLOCATION_FAILED') {
    return rangeError(thrown.detail || 'Out of range', thrown.code)
  }
  const error = new GssError(thrown)
  records.set(error, thrown)
  return error
}

/** A refusal of this package's own, by one of its codes. */
export function refusal(code: OwnCode, detail: string, call = ''): GssError {
  return new GssError({ code, detail, call })
}

/** A refusal in a mechanism's place: `code` is a routine error's; `hint`, where the code's own would mislead. */
export function refusalAs(
  code: RoutineCode,
  detail: string,
  call: string,
  hint?: string,
): GssError {
  const fields = { major: majorOfCode(code), detail, call }
  return new GssError(hint === undefined ? fields : { ...fields, hint })
}

async function failed(thrown: unknown): Promise<never> {
  throw toGssError(thrown)
}

/** Starts an asynchronous call: what is known at once becomes a rejection too. */
export function attempt<T>(start: () => Promise<T>): Promise<T> {
  try {
    return start()
  } catch (thrown) {
    return failed(thrown)
  }
}

/** The same, and `secret` is overwritten at the end, in whatever way that comes. */
export function attemptWith<T>(
  secrets: readonly (Uint8Array | null)[],
  start: () => Promise<T>,
): Promise<T> {
  const wipe = () => {
    for (const secret of secrets) secret?.fill(0)
  }
  return attempt(start).finally(wipe)
}
