/**
 * The typed surface of the addon, and the only place that loads it. Positional primitives, numbers
 * and buffers only: every argument has been checked before it comes here.
 *
 * A native call that fails throws, or rejects with, a {@link StatusRecord}: a plain object, no Error.
 * `errors.ts` builds the error, so that the caller's stack is on it.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'

declare const kind: unique symbol
/** Handles are externals: nothing of them is readable from JavaScript. */
export type NativeName = { readonly [kind]: 'name' }
export type NativeCredential = { readonly [kind]: 'credential' }
export type NativeContext = { readonly [kind]: 'context' }

/** The service that a ticket is for (RFC 4120 §5.3). */
export interface TicketService {
  /** 'HTTP/www.example.com' */
  service: string
  realm: string
}

/** What a failed native call says (native/backend/status.h, `Failure`). */
export interface StatusRecord {
  /** One of this library's own codes, or '' where `major` decides. */
  code: string
  call: string
  detail: string
  major: number
  minor: number
  majorMessages: string[]
  minorMessages: string[]
  minorName: string
  statusName: string
  statusValue: number
  /** gssproxy holds the keys and tickets that the mechanism speaks of. */
  proxied?: boolean
  token: Buffer | null
  /** Whom an acceptor's keys are for, where a ticket was for somebody else; else ''. */
  acceptor?: string
  /** Set by TypeScript, not by the addon. */
  asked?: Asked
}

/** What the caller asked for, as far as a hint depends on it. */
export interface Asked {
  usage?: 'initiate' | 'accept' | 'both'
  /** Whether a context was given a credential. */
  credential?: boolean
  /** Whether a password was given. */
  password?: boolean
  /** Whose credential; '' where that cannot be shown. */
  name?: string
  ccache?: string
  keytab?: string
  clientKeytab?: string
  /** The cache to write to. */
  target?: string
  /** For whom the ticket is that a peer sent. */
  ticket?: () => TicketService | undefined
  /** Whose KDC the token is to or from that a peer sent in IAKERB. */
  relayedRealm?: () => string | undefined
}

export interface CredentialFacts {
  name: NativeName | null
  /** GSS_C_BOTH 0, GSS_C_INITIATE 1, GSS_C_ACCEPT 2. */
  usage: number
  /** Seconds; null where it is not known without asking, Infinity for GSS_C_INDEFINITE. */
  lifetime: number | null
  initiatorLifetime: number
  acceptorLifetime: number
  mechanisms: string[]
}

/** What a mechanism says of itself; what it does not say is ''. */
export interface NativeMechanism {
  oid: string
  name: string
  description: string
  saslName: string
  /** Object identifiers. */
  attributes: string[]
}

export interface AcquiredCredential {
  credential: NativeCredential
  facts: CredentialFacts
}

export interface NativeLucidContext {
  initiator: boolean
  /** Seconds since 1970. */
  endTime: number
  sendSequence: bigint
  receiveSequence: bigint
  /** 0: RFC 1964, 1: RFC 4121. */
  protocol: number
  signAlgorithm: number
  sealAlgorithm: number
  key: { type: number; key: Buffer }
  acceptorSubkey: { type: number; key: Buffer } | null
}

/**
 * `job` below: a number unique in this environment by which {@link Addon.cancel} finds the call, or 0
 * where nobody will cancel it.
 */
export interface Addon {
  // library and mechanisms
  selectLibrary(path: string): void
  /** The most threads of the process-wide pool; 0 keeps GSSAPI_THREADS or the default. */
  setThreads(threads: number): void
  library(): {
    backend: string
    implementation: string
    version: string
    path: string
    features: string[]
  }
  /** A variable of the environment as C sees it; null where it is not set. */
  readVariable(name: string): string | null
  /** Writes it, or with null takes it away, where it still is as expected; whether it was. */
  swapVariable(name: string, expected: string | null, value: string | null): boolean
  /** Attributes by object identifier (RFC 5587); with three empty lists all mechanisms. */
  mechanisms(desired: string[], except: string[], critical: string[]): NativeMechanism[]
  describeMechanism(mechanism: string): NativeMechanism & {
    knownAttributes: string[]
    nameTypes: string[]
  }
  /** [name, short description, long description] */
  describeAttribute(attribute: string): [string, string, string]
  /** OID text. */
  mechanismOfSaslName(saslName: string): string
  /**
   * Gives a pending call up: true where it had not begun and never will, false where it is running or has
   * ended. Its promise stays pending for ever and it no longer keeps the process alive.
   */
  cancel(job: number): boolean
  /**
   * For tests: live native objects and pending calls of this environment; of the process its threads, the calls that run
   * in each lane, and how many of those were aborted, and objects that are to be given back.
   */
  statistics(): {
    names: number
    credentials: number
    contexts: number
    pending: number
    threads: number
    network: number
    local: number
    aborted: number
    retired: number
  }

  // names
  importName(value: Uint8Array, type: string): NativeName
  displayName(name: NativeName): { text: string; type: string }
  compareNames(one: NativeName, other: NativeName): boolean
  canonicalizeName(name: NativeName, mechanism: string, job: number): Promise<NativeName>
  exportName(name: NativeName): Buffer
  localName(name: NativeName, mechanism: string, job: number): Promise<string>
  displayNameAs(name: NativeName, type: string): string
  authorizeLocalName(name: NativeName, user: NativeName, job: number): Promise<boolean>
  mechanismsForName(name: NativeName): string[]

  // names' attributes
  inquireName(name: NativeName): { ofMechanism: boolean; mechanism: string; attributes: string[] }
  getNameAttribute(
    name: NativeName,
    attribute: string,
  ): { authenticated: boolean; complete: boolean; values: Buffer[]; displayValues: string[] }
  setNameAttribute(name: NativeName, attribute: string, complete: boolean, value: Uint8Array): void
  deleteNameAttribute(name: NativeName, attribute: string): void
  exportCompositeName(name: NativeName): Buffer

  // credentials
  /**
   * What the library's getenv finds for KRB5CCNAME, KRB5_KTNAME, KRB5_CLIENT_KTNAME; '' for none. In a worker thread process.env
   * is a copy, which C does not see.
   */
  environment(): string[]
  acquireCredential(
    name: NativeName | null,
    usage: number,
    mechanisms: string[],
    /** Seconds; 0xffffffff is GSS_C_INDEFINITE. */
    lifetime: number,
    /** Alternating key and value. */
    store: string[],
    /** Those of `store` that were given as bytes, packed (keytab.ts). Copied, and the copies zeroed after use. */
    keytabs: readonly Uint8Array[],
    /** Copied, and the copy zeroed after use. */
    password: Uint8Array | null,
    domain: string,
    /** The result of {@link Addon.environment}. */
    environment: string[],
    job: number,
  ): Promise<AcquiredCredential>
  inquireCredential(
    credential: NativeCredential,
    mechanism: string,
    job: number,
  ): Promise<CredentialFacts>
  /** S4U2Self: a credential of `name`, obtained with `impersonator`. */
  impersonateName(
    impersonator: NativeCredential,
    name: NativeName,
    usage: number,
    mechanisms: string[],
    lifetime: number,
    job: number,
  ): Promise<AcquiredCredential>
  /** All of `base` and one element more; `base` stays as it is. */
  addCredential(
    base: NativeCredential,
    impersonator: NativeCredential | null,
    name: NativeName | null,
    usage: number,
    mechanism: string,
    lifetime: number,
    store: string[],
    keytabs: readonly Uint8Array[],
    password: Uint8Array | null,
    environment: string[],
    job: number,
  ): Promise<AcquiredCredential>
  /** Refused with ERR_GSS_CONTEXT_BUSY while a call uses the credential. */
  setNegotiableMechanisms(credential: NativeCredential, mechanisms: string[]): void
  /** Copied. Refused as above, and with ERR_GSS_UNSUPPORTED where the option's value is a pointer. */
  setCredentialOption(credential: NativeCredential, oid: string, value: Uint8Array): void
  /** The memory of an Int32Array. Refused as above. */
  setEnctypes(credential: NativeCredential, enctypes: Uint8Array): void
  inquireCredentialByOid(credential: NativeCredential, oid: string, job: number): Promise<Buffer[]>
  disposeCredential(credential: NativeCredential): void

  // credentials elsewhere
  storeCredential(
    credential: NativeCredential,
    usage: number,
    /** '' for all. */
    mechanism: string,
    overwrite: boolean,
    makeDefault: boolean,
    store: string[],
    job: number,
  ): Promise<{ usage: number; mechanisms: string[] }>
  /**
   * The library's own token, a secret; and where a credential looks that leaves open whose it is: the collection, then key and value
   * by turns; else empty.
   */
  exportCredential(
    credential: NativeCredential,
    job: number,
  ): Promise<{ token: Buffer; places: string[] }>
  /** Copied, and the copy zeroed after use. */
  importCredential(token: Uint8Array, job: number): Promise<NativeCredential>
  /** Has a credential that was just imported look there. */
  leaveOpen(
    credential: NativeCredential,
    usage: number,
    mechanisms: string[],
    places: string[],
  ): void

  // ticket caches, by their names
  renewTicket(from: string, to: string, job: number): Promise<void>
  destroyTicketCache(name: string, job: number): Promise<void>

  // passwords: copied, and the copies zeroed after use
  changePassword(
    user: string,
    domain: string,
    oldPassword: Uint8Array,
    newPassword: Uint8Array,
    job: number,
  ): Promise<void>

  // contexts
  newInitiator(
    credential: NativeCredential | null,
    target: NativeName,
    mechanism: string,
    flags: number,
    lifetime: number,
    bindings: BindingsTuple | null,
    /** Object identifiers that SPNEGO may choose, as far as the library can be told. */
    negotiable: string[],
  ): NativeContext
  newAcceptor(
    credential: NativeCredential | null,
    bindings: BindingsTuple | null,
    negotiable: string[],
  ): NativeContext
  /** An empty token begins an initiator. The token is copied at once. */
  step(context: NativeContext, token: Uint8Array, job: number): Promise<Buffer | null>
  stepSync(context: NativeContext, token: Uint8Array): Buffer | null
  /**
   * What the last completed step found, copied then, so it may be asked at any time. In {@link Addon.result}:
   * [complete 0|1, GSS_C_*_FLAG granted, seconds].
   */
  contextFacts(context: NativeContext): void
  /** OID text; '' while not known. */
  contextMechanism(context: NativeContext): string
  /**
   * 0 initiator, 1 acceptor; a new handle at each call. The library is asked at the first, and before the
   * first asynchronous message; null where the context was disposed before.
   */
  contextName(context: NativeContext, which: 0 | 1): NativeName | null
  /** A new handle at each call. */
  delegatedCredential(context: NativeContext): NativeCredential | null
  /** Seconds left now; Infinity for GSS_C_INDEFINITE. While a call is pending, counted from the last answer. */
  contextLifetime(context: NativeContext): number
  inquireContextByOid(context: NativeContext, oid: string): Buffer[]
  disposeContext(context: NativeContext): void
  /** Calls pending on this context. */
  contextPending(context: NativeContext): number

  // contexts elsewhere
  /** The library's own token, a secret. The context has ended where it resolves. */
  exportContext(context: NativeContext, job: number): Promise<Buffer>
  /** Copied, and the copy zeroed after use. */
  importContext(
    token: Uint8Array,
    job: number,
  ): Promise<{ context: NativeContext; initiator: boolean }>
  /** `context` is new; it goes on as the one that was exported after it was told these facts. */
  resumeContext(
    context: NativeContext,
    token: Uint8Array,
    flags: number,
    lifetime: number,
    mechanism: string,
    job: number,
  ): Promise<void>

  // what only some mechanisms have
  processContextToken(context: NativeContext, token: Uint8Array): void
  setContextOption(context: NativeContext, oid: string, value: Uint8Array): void
  /** RFC 4120 §5.3's flags, the first of them in the highest bit. */
  ticketFlags(context: NativeContext): number
  /** Seconds since 1970. */
  authTime(context: NativeContext): number
  /** `type` is at least 1. */
  authorizationData(context: NativeContext, type: number): Buffer[]
  /** The context has ended where it returns. */
  exportLucidContext(context: NativeContext): NativeLucidContext

  // messages: sequence is RFC 2744's bits (2 duplicate, 4 old, 8 unsequenced, 16 gap)
  wrapBound(context: NativeContext, confidential: boolean, messageSize: number): number
  micBound(context: NativeContext): number
  unwrapBound(context: NativeContext, token: Uint8Array): number
  /** Bytes written to `out` from `offset`; ERR_OUT_OF_RANGE where the bound does not fit, nothing consumed. */
  wrap(
    context: NativeContext,
    message: Uint8Array,
    out: Uint8Array,
    offset: number,
    confidential: boolean,
    qop: number,
  ): number
  /** The message's length; the rest is in {@link Addon.result}. `out` is written only on success. */
  unwrap(context: NativeContext, token: Uint8Array, out: Uint8Array, offset: number): number
  /**
   * For a large token: `buffer` (of the token's size, nobody else's) receives a copy of the token and
   * then the message, at result[3]. Returns the message's length.
   */
  unwrapWithin(context: NativeContext, token: Uint8Array, buffer: Uint8Array): number
  getMic(
    context: NativeContext,
    message: Uint8Array,
    out: Uint8Array,
    offset: number,
    qop: number,
  ): number
  verifyMic(context: NativeContext, message: Uint8Array, mic: Uint8Array): void
  wrapSizeLimit(
    context: NativeContext,
    maxTokenSize: number,
    confidential: boolean,
    qop: number,
  ): number

  // messages in parts: types are GSS_IOV_BUFFER_TYPE_*, one for each of `views`
  /** `sizes` receives what header, padding and trailer need. */
  wrapIovLength(
    context: NativeContext,
    types: Uint32Array,
    views: Uint8Array[],
    sizes: Uint32Array,
    confidential: boolean,
    qop: number,
  ): void
  /**
   * In place; `sizes` receives what of each part is used. ERR_INVALID_ARG_VALUE where parts share memory
   * (`detail`: '1 and 3'), ERR_OUT_OF_RANGE where one is too small; nothing consumed.
   */
  wrapIov(
    context: NativeContext,
    types: Uint32Array,
    views: Uint8Array[],
    sizes: Uint32Array,
    confidential: boolean,
    qop: number,
  ): void
  /** The same; the rest is in {@link Addon.result}, as unwrap's: `offset` is that of the data in a stream. */
  unwrapIov(
    context: NativeContext,
    types: Uint32Array,
    views: Uint8Array[],
    sizes: Uint32Array,
  ): void
  /** One of the parts is the MIC (12). Bytes written to it. */
  getMicIov(context: NativeContext, types: Uint32Array, views: Uint8Array[], qop: number): number
  verifyMicIov(context: NativeContext, types: Uint32Array, views: Uint8Array[]): void
  /** Fills `out`. */
  pseudoRandom(context: NativeContext, input: Uint8Array, out: Uint8Array, partial: boolean): void

  // messages off the thread
  wrapAsync(
    context: NativeContext,
    message: Uint8Array,
    confidential: boolean,
    qop: number,
    job: number,
  ): Promise<Buffer>
  /** [message, confidential, qop, sequence] */
  unwrapAsync(
    context: NativeContext,
    token: Uint8Array,
    job: number,
  ): Promise<[Buffer, boolean, number, number]>
  getMicAsync(
    context: NativeContext,
    message: Uint8Array,
    qop: number,
    job: number,
  ): Promise<Buffer>
  /** [qop, sequence] */
  verifyMicAsync(
    context: NativeContext,
    message: Uint8Array,
    mic: Uint8Array,
    job: number,
  ): Promise<[number, number]>
  /** Of the last synchronous unwrap or verifyMic [confidential 0|1, qop, sequence, offset], or contextFacts. */
  readonly result: Uint32Array
}

/** [initiator address type, address, acceptor address type, address, application data] */
export type BindingsTuple = [number, Uint8Array, number, Uint8Array, Uint8Array]

/** Names of the platform where it differs above the addon; the one place that asks. */
export const isWindows = process.platform === 'win32'

let loaded: Addon | undefined

/** Where npm puts a binary, and where it compiles one. */
const BINARIES = ['prebuilds', join('build', 'Release', 'gssapi.node')]

/** The package; of a bundle, which has no lib/, the bundle's own folder, into which the binaries were copied. */
function home(): string {
  const beside = BINARIES.some((each) => existsSync(join(__dirname, each)))
  return beside ? __dirname : join(__dirname, '..')
}

/** Loads the addon at first use, so that importing the package always works. */
export function addon(): Addon {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- node-gyp-build has no types and no ESM
  loaded ??= (require('node-gyp-build') as (root: string) => Addon)(home())
  return loaded
}
