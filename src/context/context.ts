/** Security contexts: the one public class, and its two sides. What its members do stands in this room's and `message/`'s files. */
import { inspect } from 'node:util'
import type { AsyncOptions } from '../base/abort'
import { illegalConstructor } from '../base/argument-error'
import type { Bytes } from '../base/bytes'
import { markCopy } from '../base/copy'
import { dispose } from '../base/dispose-symbol'
import type { Flags } from '../base/flags'
import type { Credential } from '../credential/credential'
import type { Mechanism } from '../mechanism/mechanism'
import { unwrapAead, wrapAead } from '../message/aead'
import { getMicAsync, unwrapAsync, verifyMicAsync, wrapAsync } from '../message/async'
import type { ContextCore } from '../message/core'
import {
  getMicIov,
  unwrapIov,
  type UnwrapIovResult,
  verifyMicIov,
  wrapIov,
  wrapIovLength,
} from '../message/iov'
import type { IovBuffer } from '../message/iov-buffer'
import {
  getMic,
  getMicInto,
  type MicOptions,
  micLength,
  overhead,
  unwrap,
  unwrapInto,
  type UnwrapIntoResult,
  type UnwrapResult,
  verifyMic,
  type VerifyResult,
  wrap,
  wrapInto,
  type WrapOptions,
  wrapSizeLimit,
} from '../message/message'
import { prf, type PrfOptions } from '../message/prf'
import type { Name } from '../name/name'
import { type AcceptorOptions, acceptorSetup } from './acceptor-options'
import type { Agreement } from './agreement'
import { Establishment } from './establishment'
import { type InitiatorOptions, initiatorSetup } from './initiator-options'
import { inquireByOid, processContextToken, sessionKey, setOption } from './inquiry'
import { Krb5Context } from './krb5-context'
import {
  exportContext,
  type ExportContextOptions,
  importContext,
  type ImportContextOptions,
} from './transfer/transfer'

const MAKERS = 'new Initiator(), new Acceptor() or SecurityContext.import()'

/**
 * A security context: two sides exchange tokens by {@link step} until {@link complete}, then messages. One
 * context belongs to one conversation; its calls run one at a time, in order.
 *
 * It is made by `new Initiator()`, `new Acceptor()` or {@link SecurityContext.import}, which answers one of these two. Classes
 * may extend Initiator and Acceptor; a class that extends SecurityContext itself cannot be constructed, nor can SecurityContext
 * (TypeError ERR_ILLEGAL_CONSTRUCTOR).
 *
 * **Messages** (RFC 2743 §2.3). The synchronous calls run on the calling thread. The caller's message and token are never changed;
 * `out` may overlap them. Memory that other threads share is used where it lies: what they write there during the call may or may
 * not be in the result. All throw
 * - TypeError or RangeError for a mistake in the arguments; messages have at most 1 GiB
 * - GssError ERR_GSS_NOT_ESTABLISHED before {@link complete}, ERR_GSS_DISPOSED,
 *   ERR_GSS_CONTEXT_BUSY while an asynchronous call on the context is pending
 * - GssError GSS_S_CONTEXT_EXPIRED, GSS_S_BAD_QOP and what else the mechanism says
 *
 * **Asynchronous forms** run off the calling thread, which pays from about 64 KiB; several contexts run at
 * once, the calls on one context in order. They reject with what the synchronous form throws. The message is copied, so it may be
 * reused at once. An aborted call that waits never begins. One that is running ends in the background and has counted:
 * the peer then sees a gap, or a message that arrived is lost.
 *
 * **Messages in parts** (`…Iov`): data that is encrypted in place, and data that is only sealed and travels elsewhere. The caller
 * says where the mechanism's own parts go. The header, data, padding and trailer of one message in a row are what {@link unwrap}
 * reads, where nothing is `signOnly` and the context is not of DCE style. These calls throw as above, and
 * - TypeError where a part has no place in the call, is there twice, lacks memory, or shares some with another
 * - RangeError where a part is too small, or there are more than 65,536 parts or 1 GiB
 * - GssError ERR_GSS_UNSUPPORTED where the library has no IOV
 *
 * In these, memory that other threads share is worked on in a copy, and written on success.
 */
export abstract class SecurityContext {
  static {
    markCopy(this.prototype)
  }

  readonly #core: ContextCore
  readonly #agreed: Agreement
  readonly #establishment: Establishment
  #krb5: Krb5Context | undefined

  /** @internal */
  protected constructor(establishment: Establishment) {
    if (!(establishment instanceof Establishment))
      throw illegalConstructor('SecurityContext', MAKERS)
    this.#establishment = establishment
    this.#core = establishment.core
    this.#agreed = establishment.agreed
  }

  // -------------------------------------------------------------- establishment

  /**
   * Takes the peer's token and makes the next one (gss_init_sec_context, gss_accept_sec_context). May wait
   * for a KDC, on the package's own threads. An initiator begins without a token. Once the context is
   * complete, no token (or an empty one) is answered by null.
   *
   * Rejects with
   * - TypeError for a wrong argument; GssError ERR_GSS_DISPOSED, ERR_GSS_ALREADY_ESTABLISHED (a token
   *   after the end)
   * - GssError GSS_S_DEFECTIVE_TOKEN, GSS_S_NO_CRED, GSS_S_BAD_BINDINGS, GSS_S_FAILURE … as the mechanism
   *   says; `error.token`, where there is one, belongs to the peer. The context is of no use then: later
   *   steps reject with GSS_S_NO_CONTEXT.
   * - GssError ERR_GSS_PROTECTION_NOT_GRANTED naming what is missing; the context is disposed
   * - AbortError ABORT_ERR; where the step had begun, the context is disposed
   *
   * @returns the token to send to the peer, or null where there is none
   */
  async step(token?: Bytes | null, options?: AsyncOptions): Promise<Buffer | null> {
    return this.#establishment.step(token, options)
  }

  /** {@link step} on the calling thread, which waits: for scripts, and acceptors that own their thread. */
  stepSync(token?: Bytes | null): Buffer | null {
    return this.#establishment.stepSync(token)
  }

  // -------------------------------------------------------------- what was agreed

  /** Established, and what was required was granted; stays as it was after {@link dispose}. */
  get complete(): boolean {
    return this.#agreed.complete
  }

  /** Which side this is. */
  get isInitiator(): boolean {
    return this.#agreed.isInitiator
  }

  /**
   * Who initiated; null while that is not known, and where it is first read after {@link dispose}.
   * Authenticated only once {@link complete}. Where MIT is first asked after the context expired this
   * throws GssError GSS_S_CONTEXT_EXPIRED.
   */
  get initiatorName(): Name | null {
    return this.#agreed.name(0)
  }

  /** Who accepted; as {@link initiatorName}, and authenticated only if mutual. */
  get acceptorName(): Name | null {
    return this.#agreed.name(1)
  }

  /** The mechanism negotiated, by its short name or object identifier; null while that is not known. */
  get mechanism(): Mechanism | null {
    return this.#agreed.mechanism
  }

  /** What is granted so far; final once {@link complete}. */
  get flags(): Flags {
    return this.#agreed.flags
  }

  /**
   * Seconds left now (gss_context_time): 0 once expired, Infinity where it does not end, null before the first step. See
   * {@link expires}.
   */
  get lifetime(): number | null {
    return this.#agreed.lifetime
  }

  /**
   * When the context ends, as it was known at the last step; stays as it was after the end. Null where it does not end, or the end
   * is not known: {@link lifetime} tells which. An acceptor's may allow for a difference of clocks, as the library does.
   */
  get expires(): Date | null {
    return this.#agreed.expires
  }

  /**
   * An acceptor's: the credential that the initiator delegated, to act as it; else null. It outlives the
   * context; read it before {@link dispose}, and dispose of it by itself.
   */
  get delegatedCredential(): Credential | null {
    return this.#agreed.delegatedCredential
  }

  // -------------------------------------------------------------- messages

  /**
   * Protects a message (gss_wrap): encrypted unless `confidential` is false, and sealed against change.
   *
   * @returns the token, at most `message.length + overhead()` bytes
   */
  wrap(message: Bytes, options?: WrapOptions): Buffer {
    return wrap(this.#core, message, options)
  }

  /**
   * The same into the caller's memory.
   *
   * @param offset where in `out` the token begins; default 0
   * @returns bytes written
   * @throws RangeError ERR_OUT_OF_RANGE where there is no room for `message.length + overhead()` bytes;
   *   nothing is consumed then
   */
  wrapInto(message: Bytes, out: Bytes, offset = 0, options?: WrapOptions): number {
    return wrapInto(this.#core, message, out, offset, options)
  }

  /** What wrap adds to a message, at most: a constant of the context, in bytes. */
  overhead(options?: { confidential?: boolean | undefined }): number {
    return overhead(this.#core, options)
  }

  /**
   * The largest message whose token has at most `maxTokenSize` bytes (gss_wrap_size_limit); 0 where none
   * has.
   */
  wrapSizeLimit(maxTokenSize: number, options?: WrapOptions): number {
    return wrapSizeLimit(this.#core, maxTokenSize, options)
  }

  /**
   * Checks and opens a token of the peer's wrap (gss_unwrap). A token that is refused does no harm: the
   * next genuine one is read.
   *
   * @throws GssError GSS_S_DEFECTIVE_TOKEN, GSS_S_BAD_MIC; unless `onSequenceError` is 'report' also
   *   GSS_S_DUPLICATE_TOKEN, GSS_S_OLD_TOKEN, GSS_S_UNSEQ_TOKEN, GSS_S_GAP_TOKEN. (Heimdal gives no
   *   message with a duplicate, so that throws in both cases.)
   */
  unwrap(token: Bytes): UnwrapResult {
    return unwrap(this.#core, token)
  }

  /**
   * The same into the caller's memory. `out` is written only on success.
   *
   * @param offset where in `out` the message begins; default 0
   * @throws RangeError ERR_OUT_OF_RANGE where there is no room for what the token may hold (never more
   *   than `token.length`); nothing is consumed then
   */
  unwrapInto(token: Bytes, out: Bytes, offset = 0): UnwrapIntoResult {
    return unwrapInto(this.#core, token, out, offset)
  }

  /** A message integrity code for a message that travels by other ways (gss_get_mic). */
  getMic(message: Bytes, options?: MicOptions): Buffer {
    return getMic(this.#core, message, options)
  }

  /**
   * The same into the caller's memory.
   *
   * @returns bytes written
   * @throws RangeError ERR_OUT_OF_RANGE where `out` has no room for {@link micLength} bytes; nothing is consumed then
   */
  getMicInto(message: Bytes, out: Bytes, offset = 0, options?: MicOptions): number {
    return getMicInto(this.#core, message, out, offset, options)
  }

  /** The size of a MIC, at most: a constant of the context, in bytes. */
  micLength(): number {
    return micLength(this.#core)
  }

  /**
   * Checks the peer's message integrity code (gss_verify_mic).
   *
   * @throws GssError GSS_S_BAD_MIC or GSS_S_DEFECTIVE_TOKEN where it does not fit the message; sequence
   *   states as {@link unwrap}
   */
  verifyMic(message: Bytes, mic: Bytes): VerifyResult {
    return verifyMic(this.#core, message, mic)
  }

  // -------------------------------------------------------------- messages, asynchronously

  /** {@link wrap} off the calling thread. */
  async wrapAsync(message: Bytes, options?: WrapOptions & AsyncOptions): Promise<Buffer> {
    return wrapAsync(this.#core, message, options)
  }

  /** {@link unwrap} off the calling thread. */
  async unwrapAsync(token: Bytes, options?: AsyncOptions): Promise<UnwrapResult> {
    return unwrapAsync(this.#core, token, options)
  }

  /** {@link getMic} off the calling thread. */
  async getMicAsync(message: Bytes, options?: MicOptions & AsyncOptions): Promise<Buffer> {
    return getMicAsync(this.#core, message, options)
  }

  /** {@link verifyMic} off the calling thread. */
  async verifyMicAsync(message: Bytes, mic: Bytes, options?: AsyncOptions): Promise<VerifyResult> {
    return verifyMicAsync(this.#core, message, mic, options)
  }

  // -------------------------------------------------------------- messages in parts

  /**
   * Protects a message in parts, in place (gss_wrap_iov): one `header`, any `data` and `signOnly`, at most one
   * `padding` and one `trailer`.
   *
   * @returns of each part what is used, in its order: the caller's memory, or what was allocated
   * @throws where a part is too small, nothing is consumed; where the mechanism fails, what is in the parts is
   *   not defined
   */
  wrapIov(buffers: readonly IovBuffer<Bytes>[], options?: WrapOptions): Buffer[] {
    return wrapIov(this.#core, buffers, options)
  }

  /**
   * What {@link wrapIov} needs (gss_wrap_iov_length): of each part its size in bytes, in its order; at most, on
   * Windows. Of data only the length counts. Padding depends on it; header and trailer may.
   */
  wrapIovLength(buffers: readonly IovBuffer<Bytes>[], options?: WrapOptions): number[] {
    return wrapIovLength(this.#core, buffers, options)
  }

  /**
   * Checks and opens a message in parts, in place (gss_unwrap_iov): the parts of the peer's wrapIov as they came
   * (padding and trailer may be left out where they are empty), or a `stream` and one `data` without memory,
   * with `signOnly` where the peer had it.
   *
   * @throws GssError GSS_S_DEFECTIVE_TOKEN, GSS_S_BAD_MIC, GSS_S_FAILURE; sequence states as
   *   {@link unwrap}. Once the library has begun, data and stream are overwritten with zeros
   *   where it throws, so that nothing unverified stays there.
   */
  unwrapIov(buffers: readonly IovBuffer<Bytes>[]): UnwrapIovResult {
    return unwrapIov(this.#core, buffers)
  }

  /**
   * A MIC of a message in parts (gss_get_mic_iov), `data` and `signOnly` alike: that of all of them in a row, as
   * {@link getMic} makes it.
   *
   * @returns the MIC, in the memory of the part `mic` or in what was allocated
   */
  getMicIov(buffers: readonly IovBuffer<Bytes>[], options?: MicOptions): Buffer {
    return getMicIov(this.#core, buffers, options)
  }

  /**
   * Checks the peer's MIC of a message in parts (gss_verify_mic_iov).
   *
   * @throws as {@link verifyMic}
   */
  verifyMicIov(buffers: readonly IovBuffer<Bytes>[]): VerifyResult {
    return verifyMicIov(this.#core, buffers)
  }

  // -------------------------------------------------------------- messages with associated data

  /**
   * Protects a message together with data that both sides have (gss_wrap_aead): a sequence, an address, a header
   * that is sent in clear.
   *
   * @param associatedData sealed with the message, not in the token; may be empty
   * @returns the token, for {@link unwrapAead} with the same associated data
   * @throws as {@link wrapIov}; GssError GSS_S_FAILURE in a context of DCE style
   */
  wrapAead(message: Bytes, associatedData: Bytes, options?: WrapOptions): Buffer {
    return wrapAead(this.#core, message, associatedData, options)
  }

  /**
   * Checks and opens a token of the peer's {@link wrapAead} (gss_unwrap_aead).
   *
   * @throws as {@link unwrap}, GSS_S_BAD_MIC (or GSS_S_FAILURE, of Heimdal) also where the
   *   associated data is another; GssError ERR_GSS_UNSUPPORTED on Windows where there is some
   */
  unwrapAead(token: Bytes, associatedData: Bytes): UnwrapResult {
    return unwrapAead(this.#core, token, associatedData)
  }

  // -------------------------------------------------------------- keys, and what the mechanism tells

  /**
   * The context's pseudo-random function (gss_pseudo_random, RFC 4401): equal on both sides for equal input,
   * and unpredictable for everybody else. Distinguish uses of it by the beginning of `input`.
   *
   * @param length bytes wanted, up to 1 GiB; a shorter result is the beginning of a longer one
   * @returns a secret, in memory of its own: overwrite it after use
   * @throws TypeError, RangeError; GssError ERR_GSS_NOT_ESTABLISHED, ERR_GSS_DISPOSED, ERR_GSS_CONTEXT_BUSY;
   *   ERR_GSS_UNSUPPORTED on Windows; GSS_S_FAILURE on Heimdal for the full key of a context that is not mutual
   */
  prf(input: Bytes, length: number, options?: PrfOptions): Buffer {
    return prf(this.#core, input, length, options)
  }

  /**
   * What the mechanism tells by an object identifier (gss_inquire_sec_context_by_oid). Secrets may be
   * among it: overwrite them after use.
   *
   * @throws GssError GSS_S_UNAVAILABLE where it knows nothing of it, ERR_GSS_NOT_ESTABLISHED,
   *   ERR_GSS_DISPOSED, ERR_GSS_CONTEXT_BUSY, ERR_GSS_UNSUPPORTED; TypeError where it is no object identifier
   */
  inquireByOid(oid: string): Buffer[] {
    return inquireByOid(this.#core, oid)
  }

  /**
   * Sets an option of the mechanism's own (gss_set_sec_context_option), before or after the context is
   * established. krb5 has none in MIT; Heimdal's change the process, not the context. NTLM (gss-ntlmssp) has some.
   *
   * @param value what the option takes; default: nothing
   * @throws GssError GSS_S_UNAVAILABLE where the mechanism does not know the option, ERR_GSS_DISPOSED,
   *   ERR_GSS_CONTEXT_BUSY, ERR_GSS_UNSUPPORTED (Windows; options whose values are C pointers); TypeError
   */
  setOption(oid: string, value?: Bytes): void {
    setOption(this.#core, oid, value)
  }

  /**
   * Takes a token of the peer's that is for the context itself, no message (gss_process_context_token,
   * RFC 2743 §2.2.4). Only RFC 1964's mechanism has one, by which the peer says that it has deleted the
   * context: this one is of no use afterwards, its messages throw GSS_S_NO_CONTEXT. Nobody sends it today.
   *
   * @throws GssError GSS_S_DEFECTIVE_TOKEN, GSS_S_BAD_MIC where it is none: the context stays as it is;
   *   ERR_GSS_NOT_ESTABLISHED, ERR_GSS_DISPOSED, ERR_GSS_CONTEXT_BUSY, ERR_GSS_UNSUPPORTED (Windows); TypeError
   */
  processContextToken(token: Bytes): void {
    processContextToken(this.#core, token)
  }

  /** What Kerberos knows of this context; its calls fail where the mechanism is another. */
  get krb5(): Krb5Context {
    return (this.#krb5 ??= new Krb5Context(this.#core))
  }

  /**
   * The key that both sides share (GSS_C_INQ_SSPI_SESSION_KEY). A secret: overwrite it after use.
   *
   * @returns `type`: the encryption type's number of RFC 3961: 17 aes128, 18 aes256 …; 0 where the
   *   mechanism does not say
   * @throws as {@link inquireByOid}; ERR_GSS_NOT_ESTABLISHED
   */
  sessionKey(): { type: number; key: Buffer } {
    return sessionKey(this.#core)
  }

  // -------------------------------------------------------------- to another process, or thread

  /**
   * The context as bytes, for {@link SecurityContext.import} in this or another process with the same
   * library (gss_export_sec_context; ExportSecurityContext). It ends here, at once, and goes on there:
   * its messages go on with the next number. What was agreed stays readable; a delegated credential stays.
   *
   * Between two steps MIT's krb5 exports as well, and gss-ntlmssp: the next step is the importer's, to whom the
   * target, the bindings and what is required travel along, and the credential does not.
   *
   * **The bytes hold the context's keys.** Hand them over by a channel that nobody else reads, and
   * overwrite them afterwards. A digest in them shows damage, no forgery.
   *
   * Rejects with TypeError; GssError ERR_GSS_DISPOSED, and before the first step ERR_GSS_NOT_ESTABLISHED; GssError
   * - GSS_S_NO_CONTEXT after a step that failed; and, where further steps establish it all the same, while one is
   *   pending, and between two steps on other libraries, with `raw`, or with a target or bindings that cannot travel
   * - GSS_S_UNAVAILABLE where the mechanism cannot (SPNEGO between two steps: it goes on), ERR_GSS_UNSUPPORTED
   *
   * and with AbortError ABORT_ERR; where the call had begun, the context is disposed.
   */
  async export(options?: ExportContextOptions): Promise<Buffer> {
    return exportContext(this.#establishment, options)
  }

  /**
   * The context that {@link export} turned into bytes (gss_import_sec_context; ImportSecurityContext): an Initiator or an
   * Acceptor, as it was. Import them once: twice gives two contexts that use the same numbers, whose messages the peer takes
   * for repeated, and that encrypt different messages alike.
   *
   * Rejects with GssError GSS_S_DEFECTIVE_TOKEN where the bytes are damaged, of another library or another
   * version of it, or an exported credential; GSS_S_CONTEXT_EXPIRED (under MIT's SPNEGO GSS_S_FAILURE);
   * GSS_S_NO_CRED where its next step needs the credential that it was made with; ERR_GSS_UNSUPPORTED;
   * TypeError, GssError ERR_GSS_DISPOSED (the credential).
   */
  static async import(token: Bytes, options?: ImportContextOptions): Promise<Initiator | Acceptor> {
    return imported(await importContext(token, options))
  }

  // -------------------------------------------------------------- the end

  /**
   * Releases the context: secrets are overwritten. Calls that are pending end first. What was agreed
   * stays readable, of the names those that were read before; other calls throw GssError ERR_GSS_DISPOSED. May be called again.
   */
  dispose(): void {
    this.#establishment.dispose()
  }

  /** {@link dispose}, for `using`. */
  [dispose](): void {
    this.dispose()
  }

  /** @internal */
  [inspect.custom](_depth: number, options: object): string {
    if (!(#core in this)) return '[SecurityContext]'
    const { complete, mechanism, flagNames, isInitiator } = this.#agreed
    const shown = { complete, mechanism, flags: flagNames }
    return `${isInitiator ? 'Initiator' : 'Acceptor'} ${inspect(shown, options)}`
  }
}

/**
 * The side that begins: the client.
 *
 * ```ts
 * const client = new Initiator({ target: 'HTTP@www.example.com' })
 * let token = await client.step()
 * while (!client.complete) token = await client.step(await exchange(token))
 * ```
 */
export class Initiator extends SecurityContext {
  /**
   * @throws TypeError, RangeError for a mistake in the options; GssError GSS_S_BAD_NAME,
   *   GSS_S_NO_CRED (the credential has no part for the mechanism), ERR_GSS_DISPOSED (the credential),
   *   ERR_GSS_UNSUPPORTED (`insistOnBindings`), ERR_GSS_LIBRARY_NOT_FOUND
   */
  constructor(options: InitiatorOptions) {
    super(new Establishment(initiatorSetup(options)))
  }

  /** True: this side began. */
  override get isInitiator(): true {
    return super.isInitiator as true
  }
}

/**
 * The side that answers: the service.
 *
 * ```ts
 * const server = new Acceptor({ credential })
 * while (!server.complete) send(await server.step(await receive()))
 * ```
 */
export class Acceptor extends SecurityContext {
  /**
   * @throws TypeError, RangeError for a mistake in the options; GssError ERR_GSS_DISPOSED (the
   *   credential), ERR_GSS_LIBRARY_NOT_FOUND
   */
  constructor(options?: AcceptorOptions) {
    super(new Establishment(acceptorSetup(options)))
  }

  /** False: this side answers. */
  override get isInitiator(): false {
    return super.isInitiator as false
  }
}

/** The side that it was, without that side's constructor, which would make another. */
function imported(establishment: Establishment): Initiator | Acceptor {
  const side = establishment.agreed.isInitiator ? Initiator : Acceptor
  return Reflect.construct(SecurityContext, [establishment], side) as Initiator | Acceptor
}
