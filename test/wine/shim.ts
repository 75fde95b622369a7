/** The shim between the package and Wine (test/wine/shim), as a test sees it: SSPI bare, and what it can be told. */

/** SSPI's answer: a status as a positive number. */
export interface Answer {
  status: number
}

export interface Step extends Answer {
  context: Buffer
  token: Buffer
  attributes: number
}

/** What of Windows' own is to be there. */
export interface Emulation {
  /** Tokens are of use only after CompleteAuthToken. */
  completeAuthToken?: boolean
  impersonation?: boolean
  /** Contexts can be exported, within the process. */
  transfer?: boolean
  /** false: SECPKG_ATTR_NATIVE_NAMES is refused. */
  nativeNames?: boolean
  userName?: string
  negotiated?: string
  sessionKey?: Buffer
  enctype?: number
}

/** What the package holds of SSPI's. */
export interface Ledger {
  credentials: number
  contexts: number
  memory: number
  impersonations: number
  acquiredAsInitiator: number
}

export interface Shim {
  acquire(use: number): Answer & { handle: Buffer }
  initialize(
    credential: Buffer,
    context: Buffer | null,
    target: string,
    flags: number,
    token: Buffer | null,
  ): Step
  accept(credential: Buffer, token: Buffer): Step
  encrypt(
    context: Buffer,
    quality: number,
    message: Buffer,
    token: number,
    padding: number,
  ): Answer & { token: Buffer; data: Buffer; padding: Buffer }
  decrypt(
    context: Buffer,
    wire: Buffer,
  ): Answer & { offset: number; message: Buffer; quality: number }
  sign(context: Buffer, message: Buffer): Answer & { token: Buffer }
  verify(context: Buffer, message: Buffer, mic: Buffer): Answer
  sizes(context: Buffer): Answer & { signature: number; trailer: number; block: number }
  names(context: Buffer): Answer & { client: string; server: string }
  release(context: Buffer): Answer

  /** The next call of a function of SSPI's answers with a status instead of doing its work. */
  plan(call: string, status: number, more?: { attributes?: number; token?: Buffer }): void
  /** Has Windows' own there until it is called again. */
  emulate(emulation: Emulation): void
  ledger(): Ledger
}

// eslint-disable-next-line @typescript-eslint/no-require-imports -- its place is known now only
export const shim = require(process.env['GSSAPI_TEST_SHIM']!) as Shim
