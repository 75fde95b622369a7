/** What is wrong with a password or its account, as codes that are the same wherever the library tells it. */
import { GssError } from './errors'

const BY_MINOR: Readonly<Record<string, string>> = {
  KRB5KDC_ERR_PREAUTH_FAILED: 'ERR_GSS_PASSWORD_WRONG',
  KRB5_PREAUTH_FAILED: 'ERR_GSS_PASSWORD_WRONG',
  KRB5KRB_AP_ERR_BAD_INTEGRITY: 'ERR_GSS_PASSWORD_WRONG',
  KRB5_LIBOS_CANTREADPWD: 'ERR_GSS_PASSWORD_WRONG', // an empty one is as none
  KRB5KDC_ERR_C_PRINCIPAL_UNKNOWN: 'ERR_GSS_USER_UNKNOWN',
  KRB5KDC_ERR_KEY_EXP: 'ERR_GSS_PASSWORD_EXPIRED',
  KRB5KDC_ERR_CLIENT_REVOKED: 'ERR_GSS_ACCOUNT_LOCKED',
  KRB5KDC_ERR_NAME_EXP: 'ERR_GSS_ACCOUNT_EXPIRED',
}

/** NTSTATUS and SSPI's own, as far as packages tell them apart. */
const BY_STATUS: Readonly<Record<string, string>> = {
  SEC_E_LOGON_DENIED: 'ERR_GSS_PASSWORD_WRONG',
  '0xC000006A': 'ERR_GSS_PASSWORD_WRONG', // STATUS_WRONG_PASSWORD
  '0xC0000064': 'ERR_GSS_USER_UNKNOWN', // STATUS_NO_SUCH_USER
  '0xC0000071': 'ERR_GSS_PASSWORD_EXPIRED', // STATUS_PASSWORD_EXPIRED
  '0xC0000224': 'ERR_GSS_PASSWORD_EXPIRED', // STATUS_PASSWORD_MUST_CHANGE
  '0xC0000234': 'ERR_GSS_ACCOUNT_LOCKED', // STATUS_ACCOUNT_LOCKED_OUT
  '0xC0000072': 'ERR_GSS_ACCOUNT_LOCKED', // STATUS_ACCOUNT_DISABLED
  '0xC0000193': 'ERR_GSS_ACCOUNT_EXPIRED', // STATUS_ACCOUNT_EXPIRED
}

function codeOf(error: GssError): string | undefined {
  const minor = error.minorName ?? ''
  if (Object.hasOwn(BY_MINOR, minor)) return BY_MINOR[minor]
  const status = error.status ?? ''
  return Object.hasOwn(BY_STATUS, status) ? BY_STATUS[status] : undefined
}

/** The same error under another code; the first is its `cause`. */
export function recoded(error: GssError, code: string, detail = ''): GssError {
  const { call, major, minor, majorMessages, minorMessages, minorName = '' } = error
  const { status = '', statusValue = 0 } = error
  const made = new GssError({
    ...{ code, detail, call, major, minor, majorMessages, minorMessages, minorName },
    ...{ statusName: status, statusValue },
  })
  return Object.defineProperty(made, 'cause', { value: error, configurable: true, writable: true })
}

/** For what asking for a ticket with a password failed with. */
export function passwordFailure(thrown: unknown): unknown {
  if (!(thrown instanceof GssError)) return thrown
  const code = codeOf(thrown)
  return code === undefined ? thrown : recoded(thrown, code)
}
