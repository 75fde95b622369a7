/** What went wrong in a test realm; stable, to be compared instead of message texts. */
export type RealmErrorCode =
  | 'ERR_GSS_TESTING_KDC_NOT_FOUND'
  | 'ERR_GSS_TESTING_FAKETIME_NOT_FOUND'
  | 'ERR_GSS_TESTING_KDC_FAILED'
  | 'ERR_GSS_TESTING_COMMAND_FAILED'
  | 'ERR_GSS_TESTING_DISPOSED'
  | 'ERR_GSS_TESTING_ENVIRONMENT_COPIED'
  | 'ERR_GSS_TESTING_ENVIRONMENT_IN_USE'

/** What a {@link RealmError} knows beyond its message. */
export interface RealmErrorDetails {
  /** The program that failed, by its name: `'kinit'`. */
  command?: string
  /** Its exit code; `null` where a signal ended it. */
  exitCode?: number | null
  /** What it said on standard error. Commands and passwords are never part of it. */
  output?: string
}

/**
 * An error of `gssapi/testing`: `code` tells which.
 *
 * - `ERR_GSS_TESTING_KDC_NOT_FOUND`: a program of MIT Kerberos is not installed; the message names
 *   the package that holds it.
 * - `ERR_GSS_TESTING_FAKETIME_NOT_FOUND`: `clockOffset` was asked for and libfaketime is missing.
 * - `ERR_GSS_TESTING_KDC_FAILED`: the KDC did not start or stop; `output` holds what it said.
 * - `ERR_GSS_TESTING_COMMAND_FAILED`: kinit, kadmin.local or kdb5_util refused; `output` says why.
 * - `ERR_GSS_TESTING_DISPOSED`: the realm has been disposed of.
 * - `ERR_GSS_TESTING_ENVIRONMENT_COPIED`: process.env is a copy here, and the addon, which reaches the process's own
 *   environment, cannot be loaded.
 * - `ERR_GSS_TESTING_ENVIRONMENT_IN_USE`: another thread of this process uses a realm.
 */
export class RealmError extends Error {
  readonly code: RealmErrorCode
  /** The program that failed, if one did: `'kinit'`. */
  declare readonly command?: string
  /** The program's exit code; `null` where a signal or the time limit ended it. */
  declare readonly exitCode?: number | null
  /** What the program said on standard error. */
  declare readonly output?: string

  constructor(code: RealmErrorCode, message: string, details: RealmErrorDetails = {}) {
    super(message)
    this.name = 'RealmError'
    this.code = code
    Object.assign(this, details)
  }
}

export const environmentCopied = () =>
  new RealmError(
    'ERR_GSS_TESTING_ENVIRONMENT_COPIED',
    "process.env is a copy here (a worker thread, or a test runner's), which no library reads, and the addon that would " +
      "write the process's own environment cannot be loaded: make the addon load, or hand realm.env to a child process",
  )

export const environmentInUse = () =>
  new RealmError(
    'ERR_GSS_TESTING_ENVIRONMENT_IN_USE',
    'Another thread of this process uses a realm, and the process has one environment: let that thread restore it first, ' +
      "or run test files in processes of their own (vitest: pool: 'forks')",
  )
