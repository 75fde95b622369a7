/** The codes of errors: RFC 2744's, and this package's own. */

type Row = readonly [value: number, code: string, message: string]

/**
 * Routine errors, RFC 2744 §3.9.1 (bits 16 to 23 of the major status), and RFC 5587's. The number 6
 * has two names there, GSS_S_BAD_SIG and GSS_S_BAD_MIC; the code is the newer one, GSS_S_BAD_MIC.
 */
export const ROUTINE_ERRORS = [
  [1, 'GSS_S_BAD_MECH', 'An unsupported mechanism was requested'],
  [2, 'GSS_S_BAD_NAME', 'An invalid name was supplied'],
  [3, 'GSS_S_BAD_NAMETYPE', 'A supplied name was of an unsupported type'],
  [4, 'GSS_S_BAD_BINDINGS', 'Incorrect channel bindings were supplied'],
  [5, 'GSS_S_BAD_STATUS', 'An invalid status code was supplied'],
  [6, 'GSS_S_BAD_MIC', 'A token had an invalid Message Integrity Check (MIC)'],
  [7, 'GSS_S_NO_CRED', 'No credentials were supplied, or they were unavailable or inaccessible'],
  [8, 'GSS_S_NO_CONTEXT', 'No context has been established'],
  [9, 'GSS_S_DEFECTIVE_TOKEN', 'A token was invalid'],
  [10, 'GSS_S_DEFECTIVE_CREDENTIAL', 'A credential was invalid'],
  [11, 'GSS_S_CREDENTIALS_EXPIRED', 'The referenced credentials have expired'],
  [12, 'GSS_S_CONTEXT_EXPIRED', 'The context has expired'],
  [13, 'GSS_S_FAILURE', 'Unspecified GSS failure'],
  [14, 'GSS_S_BAD_QOP', 'The quality of protection requested could not be provided'],
  [15, 'GSS_S_UNAUTHORIZED', 'The operation is forbidden by local security policy'],
  [16, 'GSS_S_UNAVAILABLE', 'The operation or option is not available'],
  [17, 'GSS_S_DUPLICATE_ELEMENT', 'The requested credential element already exists'],
  [18, 'GSS_S_NAME_NOT_MN', 'The provided name was not a mechanism name'],
  [19, 'GSS_S_BAD_MECH_ATTR', 'An unsupported mechanism attribute was requested'],
] as const satisfies readonly Row[]

/** Calling errors, RFC 2744 §3.9.1 (bits 24 to 31). */
export const CALLING_ERRORS = [
  [1, 'GSS_S_CALL_INACCESSIBLE_READ', 'A required input parameter could not be read'],
  [2, 'GSS_S_CALL_INACCESSIBLE_WRITE', 'A required output parameter could not be written'],
  [3, 'GSS_S_CALL_BAD_STRUCTURE', 'A parameter was malformed'],
] as const satisfies readonly Row[]

/** Supplementary bits, RFC 2744 §3.9.1, the most severe first: that one is the code. */
export const SUPPLEMENTARY_BITS = [
  [2, 'GSS_S_DUPLICATE_TOKEN', 'The token is a duplicate of an earlier token'],
  [4, 'GSS_S_OLD_TOKEN', "The token's validity period has expired"],
  [8, 'GSS_S_UNSEQ_TOKEN', 'A later token has already been processed'],
  [16, 'GSS_S_GAP_TOKEN', 'An expected token was not received'],
] as const satisfies readonly Row[]

/** What this package itself says, in the order of docs/errors.md. */
export const OWN_CODES = [
  'ERR_GSS_LIBRARY_NOT_FOUND',
  'ERR_GSS_UNSUPPORTED',
  'ERR_GSS_PROTECTION_NOT_GRANTED',
  'ERR_GSS_NOT_ESTABLISHED',
  'ERR_GSS_ALREADY_ESTABLISHED',
  'ERR_GSS_CONTEXT_BUSY',
  'ERR_GSS_DISPOSED',
  'ERR_GSS_PASSWORD_WRONG',
  'ERR_GSS_USER_UNKNOWN',
  'ERR_GSS_PASSWORD_INSUFFICIENT',
  'ERR_GSS_USER_MISMATCH',
  'ERR_GSS_REALM_NOT_ALLOWED',
  'ERR_GSS_PASSWORD_EXPIRED',
  'ERR_GSS_ACCOUNT_LOCKED',
  'ERR_GSS_ACCOUNT_EXPIRED',
  'ERR_GSS_PASSWORD_REFUSED',
  'ERR_GSS_KDC_NOT_TRUSTED',
  'ERR_INVALID_STATE',
  'ERR_INTERNAL_ASSERTION',
] as const

export type RoutineCode = (typeof ROUTINE_ERRORS)[number][1]
/** @internal */
export type OwnCode = (typeof OWN_CODES)[number]

/**
 * Every value that {@link GssError.code} may have: the names of RFC 2744 §3.9.1 and RFC 5587 ('GSS_S_...') for what the
 * mechanism said, and 'ERR_...' for what this package says. docs/errors.md tells what each means, and what to do.
 */
export type GssErrorCode =
  | RoutineCode
  | (typeof CALLING_ERRORS)[number][1]
  | (typeof SUPPLEMENTARY_BITS)[number][1]
  | OwnCode
