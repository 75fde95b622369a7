/** What is wrong with a password or its account, as codes that are the same on every library that reports it. */
import { GssError, refusal } from '../base/errors'

const BY_MINOR: Readonly<Record<string, string>> = {
  KRB5KDC_ERR_PREAUTH_FAILED: 'ERR_GSS_PASSWORD_WRONG',
  KRB5KRB_AP_ERR_BAD_INTEGRITY: 'ERR_GSS_PASSWORD_WRONG',
  KRB5_LIBOS_CANTREADPWD: 'ERR_GSS_PASSWORD_WRONG', // an empty one is as none
  // The KDC wants more than a password, or something else: MIT has no way left, Heimdal goes round in circles.
  KRB5_PREAUTH_FAILED: 'ERR_GSS_PASSWORD_INSUFFICIENT',
  KRB5_GET_IN_TKT_LOOP: 'ERR_GSS_PASSWORD_INSUFFICIENT',
  KRB5KDC_ERR_C_PRINCIPAL_UNKNOWN: 'ERR_GSS_USER_UNKNOWN',
  KRB5KDC_ERR_KEY_EXP: 'ERR_GSS_PASSWORD_EXPIRED',
  KRB5KDC_ERR_CLIENT_REVOKED: 'ERR_GSS_ACCOUNT_LOCKED',
  KRB5KDC_ERR_NAME_EXP: 'ERR_GSS_ACCOUNT_EXPIRED',
}

/** NTSTATUS by its number; the same stands in HRESULTs, 0xD… ([MS-ERREF] 2.1). */
const BY_NT_STATUS: ReadonlyMap<number, string> = new Map([
  [0x0000006a, 'ERR_GSS_PASSWORD_WRONG'], // STATUS_WRONG_PASSWORD
  [0x0000006d, 'ERR_GSS_PASSWORD_WRONG'], // STATUS_LOGON_FAILURE
  [0x00000064, 'ERR_GSS_USER_UNKNOWN'], // STATUS_NO_SUCH_USER
  [0x00000071, 'ERR_GSS_PASSWORD_EXPIRED'], // STATUS_PASSWORD_EXPIRED
  [0x00000224, 'ERR_GSS_PASSWORD_EXPIRED'], // STATUS_PASSWORD_MUST_CHANGE
  [0x00000234, 'ERR_GSS_ACCOUNT_LOCKED'], // STATUS_ACCOUNT_LOCKED_OUT
  [0x00000072, 'ERR_GSS_ACCOUNT_LOCKED'], // STATUS_ACCOUNT_DISABLED
  [0x0000006f, 'ERR_GSS_ACCOUNT_LOCKED'], // STATUS_INVALID_LOGON_HOURS
  [0x00000193, 'ERR_GSS_ACCOUNT_EXPIRED'], // STATUS_ACCOUNT_EXPIRED
  [0x000002fa, 'ERR_GSS_PASSWORD_INSUFFICIENT'], // STATUS_SMARTCARD_LOGON_REQUIRED
])

/** Win32's errors as HRESULTs, 0x8007…. */
const BY_WIN32: ReadonlyMap<number, string> = new Map([
  [86, 'ERR_GSS_PASSWORD_WRONG'], // ERROR_INVALID_PASSWORD
  [1326, 'ERR_GSS_PASSWORD_WRONG'], // ERROR_LOGON_FAILURE
  [1317, 'ERR_GSS_USER_UNKNOWN'], // ERROR_NO_SUCH_USER
  [1330, 'ERR_GSS_PASSWORD_EXPIRED'], // ERROR_PASSWORD_EXPIRED
  [1907, 'ERR_GSS_PASSWORD_EXPIRED'], // ERROR_PASSWORD_MUST_CHANGE
  [1909, 'ERR_GSS_ACCOUNT_LOCKED'], // ERROR_ACCOUNT_LOCKED_OUT
  [1331, 'ERR_GSS_ACCOUNT_LOCKED'], // ERROR_ACCOUNT_DISABLED
  [1328, 'ERR_GSS_ACCOUNT_LOCKED'], // ERROR_INVALID_LOGON_HOURS
  [1793, 'ERR_GSS_ACCOUNT_EXPIRED'], // ERROR_ACCOUNT_EXPIRED
])

/** SSPI's own. */
const BY_SSPI: ReadonlyMap<number, string> = new Map([
  [0x8009030c, 'ERR_GSS_PASSWORD_WRONG'], // SEC_E_LOGON_DENIED
  [0x8009033e, 'ERR_GSS_PASSWORD_INSUFFICIENT'], // SEC_E_SMARTCARD_LOGON_REQUIRED
])

/** @internal The code for a status of Windows', an unsigned 32-bit number. */
export function codeOfStatus(status: number): string | undefined {
  const severity = status >>> 28
  if (severity === 0xc || severity === 0xd) return BY_NT_STATUS.get(status & 0xfffffff)
  if (status >>> 16 === 0x8007) return BY_WIN32.get(status & 0xffff)
  return BY_SSPI.get(status)
}

const HINTS: Readonly<Record<string, string>> = {
  ERR_GSS_PASSWORD_WRONG: 'The password is wrong: it is not this user’s, or not any longer.',
  ERR_GSS_PASSWORD_INSUFFICIENT:
    'A password alone is not enough for this account, whether it is right or not: the KDC asks for a second factor (a one-time code, a smart card), or allows another way only. Do not try again with a password: that may lock the account.',
  ERR_GSS_USER_UNKNOWN:
    'The realm has no such user: check the name and its realm. Tell whoever logs on the same as for a wrong password.',
  ERR_GSS_PASSWORD_EXPIRED: 'The password has expired: it must be changed first (changePassword).',
  ERR_GSS_ACCOUNT_LOCKED: 'The account is locked or disabled: its administrator must unlock it.',
  ERR_GSS_ACCOUNT_EXPIRED: 'The account has expired: its administrator must extend it.',
}

function codeOf(error: GssError): string | undefined {
  const minor = error.minorName ?? ''
  if (Object.hasOwn(BY_MINOR, minor)) return BY_MINOR[minor]
  return codeOfStatus(error.statusValue ?? 0)
}

/** The same error under another code, with that one's hint; the first is its `cause`. */
export function recoded(error: GssError, code: string, detail = ''): GssError {
  const { call, major, minor, majorMessages, minorMessages, minorName = '' } = error
  const { status = '', statusValue = 0 } = error
  const hint = Object.hasOwn(HINTS, code) ? HINTS[code] : undefined
  const made = new GssError({
    ...{ code, detail, call, major, minor, majorMessages, minorMessages, minorName },
    ...{ statusName: status, statusValue },
    ...(hint !== undefined && { hint }),
  })
  return Object.defineProperty(made, 'cause', { value: error, configurable: true, writable: true })
}

/** For what asking for a ticket with a password failed with. */
export function passwordFailure(thrown: unknown): unknown {
  if (!(thrown instanceof GssError)) return thrown
  const code = codeOf(thrown)
  return code === undefined ? thrown : recoded(thrown, code)
}

/** For what a context's first step failed with: SSPI looks at a password only then. */
export function logonFailure(thrown: unknown): unknown {
  return thrown instanceof GssError && thrown.statusValue ? passwordFailure(thrown) : thrown
}

/** For one that is refused before anybody is asked. */
export function emptyPassword(): GssError {
  return recoded(refusal('ERR_GSS_PASSWORD_WRONG', ''), 'ERR_GSS_PASSWORD_WRONG', 'it is empty')
}
