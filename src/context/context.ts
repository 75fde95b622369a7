// Long because: one state machine, whose every member carries its documentation.
/** Security contexts: establishment, what was agreed, disposal. */
import { inspect } from 'node:util'
import { abortable, type AsyncOptions } from '../base/abort'
import { type Bytes, bytes } from '../base/bytes'
import type { ChannelBindings } from './channel-bindings'
import { ContextEnquiry, unfitReply } from './inquiry'
import { type ContextSetup, createContext, guardOf } from './setup'
import {
  exportContext,
  type ExportContextOptions,
  importContext,
  type ImportContextOptions,
} from './transfer/transfer'
import { markCopy } from '../base/copy'
import { type Credential, credentialFromNative } from '../credential/credential'
import { dispose } from '../base/dispose-symbol'
import { relayedRealm } from '../encoding/iakerb'
import { attempt, GssError, hintBy, refusal, refusalAs, toGssError } from '../base/errors'
import { flagNames, type Flags, flagsOf } from '../base/flags'
import { type Mechanism, mechanismName } from '../mechanism/mechanism'
import { contextHandle, contextState, setContextState, State } from '../message/message'
import { type Name, nameFromNative } from '../name/name'
import { addon } from '../native'
import { abortSignal } from '../base/options'
import type { MechanismGuard } from './negotiation'
import { checkGranted, trueFlags } from './policy'
import type { OnSequenceError } from '../message/sequence'
import { ticketService } from '../encoding/ticket-service'
import type { Leaving } from './transfer/unfinished'

/** Options of both sides. */
export interface ContextOptions {
  /** Default: the platform's default credential. */
  credential?: Credential | undefined
  /**
   * Default: krb5 for an initiator; for an acceptor krb5, spnego and iakerb, and those in `negotiate`. An acceptor refuses the
   * others.
   */
  mechanism?: Mechanism | undefined
  /**
   * What SPNEGO may choose. Default: `['krb5']`: NTLM, where the library has it, proves the acceptor to nobody, and is not
   * offered, sent or accepted unless it is named here. What cannot give what is required (NTLM: `mutual`) is left out.
   * A credential's {@link Credential.setNegotiableMechanisms} limits it further, and decides which is preferred.
   */
  negotiate?: Mechanism[] | undefined
  /** What ties the context to the channel it is made over (RFC 5056). */
  channelBindings?: ChannelBindings | undefined
  /** A message that is replayed, old, out of order or after a missing one: default 'throw'. */
  onSequenceError?: OnSequenceError | undefined
}

const EMPTY = new Uint8Array(0)

/**
 * A security context: two sides exchange tokens by {@link step} until {@link complete}, then messages. One
 * context belongs to one conversation; its calls run one at a time, in order.
 */
export abstract class SecurityContext extends ContextEnquiry {
  static {
    markCopy(this.prototype)
  }

  readonly #setup: ContextSetup
  readonly #guard: MechanismGuard | undefined
  #granted = 0
  #mechanism = ''
  #flags: Flags | undefined
  #begun = false
  /** An acceptor has been given a token: until then it may have been asked to speak first. */
  #heard = false
  /** Steps whose outcome has not been looked at yet. */
  #stepping = 0
  #failed = false
  #complete = false
  #names: [Name | null, Name | null] = [null, null]
  #delegated: Credential | null = null
  /** {@link dispose} was called, or what it does has happened. */
  #ended = false

  /** @internal */
  protected constructor(setup: ContextSetup) {
    super(createContext(setup), setup.onSequenceError)
    this.#setup = setup
    this.#guard = guardOf(setup)
    if (setup.imported === undefined) return
    this.#begun = this.#heard = true
    this.#accept(null)
  }

  // -------------------------------------------------------------- establishment

  /**
   * Takes the peer's token and makes the next one (gss_init_sec_context, gss_accept_sec_context). May wait
   * for a KDC, on the package's own threads. An initiator begins without a token. Once the context is
   * complete, no token (or an empty one) is answered by null.
   *
   * Throws TypeError for a wrong argument, GssError ERR_GSS_DISPOSED, ERR_GSS_ALREADY_ESTABLISHED (a token
   * after the end). Rejects with
   * - GssError GSS_S_DEFECTIVE_TOKEN, GSS_S_NO_CRED, GSS_S_BAD_BINDINGS, GSS_S_FAILURE … as the mechanism
   *   says; `error.token`, where there is one, belongs to the peer. The context is of no use then: later
   *   steps reject with GSS_S_NO_CONTEXT.
   * - GssError ERR_GSS_PROTECTION_NOT_GRANTED naming what is missing; the context is disposed
   * - AbortError ABORT_ERR; where the step had begun, the context is disposed
   *
   * @returns the token to send to the peer, or null where there is none
   */
  step(token?: Bytes | null, options?: AsyncOptions): Promise<Buffer | null> {
    const signal = abortSignal(options)
    const input = this.#input(token)
    if (this.#finished(input)) return Promise.resolve(null)
    return attempt(() => {
      const first = this.#begin(input)
      const native = addon()
      return this.#stepped(
        abortable(
          native,
          signal,
          (job) => native.step(contextHandle(this), input, job),
          (running) => this.#abandoned(running, first),
        ),
        input,
      )
    })
  }

  /** {@link step} on the calling thread, which waits: for scripts, and acceptors that own their thread. */
  stepSync(token?: Bytes | null): Buffer | null {
    const input = this.#input(token)
    if (this.#finished(input)) return null
    this.#begin(input)
    try {
      return this.#accept(addon().stepSync(contextHandle(this), input))
    } catch (thrown) {
      throw this.#fail(toGssError(thrown), input)
    }
  }

  async #stepped(pending: Promise<Buffer | null>, input: Uint8Array): Promise<Buffer | null> {
    this.#stepping++
    try {
      return this.#accept(await pending)
    } catch (error) {
      throw this.#fail(error, input)
    } finally {
      this.#stepping--
    }
  }

  get #call(): string {
    return this.isInitiator ? 'gss_init_sec_context' : 'gss_accept_sec_context'
  }

  #input(token: unknown): Uint8Array {
    const none = token === undefined || token === null
    if (none && (this.isInitiator || this.#complete)) return EMPTY
    if (token === null && this.#speaksFirst) return EMPTY
    return bytes(token, 'token')
  }

  /** Whether there is nothing to do; throws where nothing may be done. */
  #finished(input: Uint8Array): boolean {
    if (contextState(this) === State.Disposed) {
      throw refusal('ERR_GSS_DISPOSED', 'the context has been disposed')
    }
    if (!this.#complete) return false
    if (input.byteLength === 0) return true
    throw refusal('ERR_GSS_ALREADY_ESTABLISHED', 'the context is established: no token is expected')
  }

  /** Refuses what the library must not see, without harm to the context; says whether it is the first. */
  #begin(input: Uint8Array): boolean {
    const first = !this.#begun
    const unfit = this.#failed ? 'an earlier step failed' : this.#unfit(input, first)
    if (unfit !== undefined) {
      throw refusalAs(
        this.#failed ? 'GSS_S_NO_CONTEXT' : 'GSS_S_DEFECTIVE_TOKEN',
        unfit,
        this.#call,
      )
    }
    this.#checkMechanism(input, first)
    this.#begun = true
    return first
  }

  #checkMechanism(input: Uint8Array, first: boolean): void {
    const guard = this.#guard
    if (this.isInitiator) {
      if (first) guard?.checkInitiator()
      else guard?.check(input, false)
      return
    }
    if (input.byteLength === 0) return
    if (this.#heard) guard?.check(input, false)
    else guard?.checkFirst(input)
    this.#heard = true
  }

  /** An acceptor of SPNEGO's may be asked to begin (MS-SPNG 3.2.5.2, NegTokenInit2). */
  get #speaksFirst(): boolean {
    return !this.#begun && this.#setup.speaksFirst
  }

  #unfit(input: Uint8Array, first: boolean): string | undefined {
    if (input.byteLength === 0 && this.#speaksFirst) return undefined
    if (!this.isInitiator || !first) return unfitReply(input)
    return input.byteLength > 0 ? 'an initiator begins without a token' : undefined
  }

  /** A step went well: may its token go out, may messages follow? */
  #accept(reply: Buffer | null): Buffer | null {
    const native = addon()
    native.contextFacts(contextHandle(this))
    const [complete = 0, told = 0] = native.result
    const mechanism = native.contextMechanism(contextHandle(this))
    this.#granted = trueFlags(mechanism, told, this.isInitiator)
    this.#flags = undefined
    try {
      this.#check(reply, complete === 1, mechanism)
    } catch (refused) {
      this.dispose()
      throw refused
    }
    if (complete === 1) this.#establish()
    return reply
  }

  #check(reply: Buffer | null, complete: boolean, mechanism: string): void {
    if (reply !== null) this.#guard?.check(reply, true)
    if (complete) this.#guard?.checkAgreed(mechanism)
    const { required, forbidden, requiredAtOnce } = this.#setup
    const demands = complete ? { required, forbidden } : { required: requiredAtOnce, forbidden: 0 }
    checkGranted(demands, this.#granted, this.#call)
  }

  #establish(): void {
    if (contextState(this) !== State.Open) return
    this.#complete = true
    setContextState(this, State.Established)
  }

  #fail(error: unknown, input: Uint8Array): unknown {
    if (!(error instanceof GssError)) return error
    hintBy(error, {
      credential: this.#setup.credential !== null,
      ticket: () => (this.isInitiator ? undefined : ticketService(input)),
      relayedRealm: () => relayedRealm(input),
    })
    if (error.code === 'ERR_GSS_PROTECTION_NOT_GRANTED') this.dispose()
    else if (error.code !== 'ERR_GSS_CONTEXT_BUSY') this.#failed = !this.#complete
    return error
  }

  #abandoned(running: boolean, first: boolean): void {
    if (running) this.dispose()
    else if (first) this.#begun = this.#heard = false
  }

  // -------------------------------------------------------------- what was agreed

  /** Established, and what was required was granted; stays as it was after {@link dispose}. */
  get complete(): boolean {
    return this.#complete
  }

  /** Which side this is. */
  get isInitiator(): boolean {
    const { initiator, imported } = this.#setup
    return imported?.initiator ?? initiator !== undefined
  }

  /**
   * Who initiated; null while that is not known, and where it is first read after {@link dispose}.
   * Authenticated only once {@link complete}. Where MIT is first asked after the context expired this
   * throws GssError GSS_S_CONTEXT_EXPIRED.
   */
  get initiatorName(): Name | null {
    return this.#name(0)
  }

  /** Who accepted; as {@link initiatorName}, and authenticated only if mutual. */
  get acceptorName(): Name | null {
    return this.#name(1)
  }

  #name(which: 0 | 1): Name | null {
    const known = this.#names[which]
    if (known !== null) return known
    try {
      const native = addon().contextName(contextHandle(this), which)
      return native === null ? null : (this.#names[which] = nameFromNative(native))
    } catch (thrown) {
      throw toGssError(thrown)
    }
  }

  /** The mechanism negotiated, by its short name or object identifier; null while that is not known. */
  get mechanism(): Mechanism | null {
    if (this.#mechanism === '' || !this.#complete) {
      this.#mechanism = addon().contextMechanism(contextHandle(this))
    }
    return this.#mechanism === '' ? null : mechanismName(this.#mechanism)
  }

  /** What is granted so far; final once {@link complete}. */
  get flags(): Flags {
    return (this.#flags ??= flagsOf(this.#granted))
  }

  /** Seconds left now (gss_context_time): 0 once expired, Infinity where it does not end. */
  get lifetime(): number {
    const handle = contextHandle(this)
    try {
      return addon().contextLifetime(handle)
    } catch {
      return 0
    }
  }

  /**
   * An acceptor's: the credential that the initiator delegated, to act as it; else null. It outlives the
   * context; read it before {@link dispose}, and dispose of it by itself.
   */
  get delegatedCredential(): Credential | null {
    if (this.#delegated !== null || !this.#complete) return this.#delegated
    const native = addon().delegatedCredential(contextHandle(this))
    if (native === null) return null
    const mechanism = this.mechanism
    this.#delegated = credentialFromNative(native, {
      name: this.initiatorName,
      usage: 'initiate',
      lifetime: null,
      mechanisms: mechanism === null ? [] : [mechanism],
    })
    return this.#delegated
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
   * Throws GssError ERR_GSS_DISPOSED, and before the first step ERR_GSS_NOT_ESTABLISHED. Rejects with GssError
   * - GSS_S_NO_CONTEXT after a step that failed; and, where further steps establish it all the same, while one is
   *   pending, and between two steps on other libraries, with `raw`, or with a target or bindings that cannot travel
   * - GSS_S_UNAVAILABLE where the mechanism cannot (SPNEGO between two steps: it goes on), ERR_GSS_UNSUPPORTED
   *
   * and with AbortError ABORT_ERR; where the call had begun, the context is disposed.
   */
  export(options?: ExportContextOptions): Promise<Buffer> {
    return exportContext(
      this,
      options,
      () => this.#leaving(),
      (ended) => {
        if (ended) setContextState(this, State.Disposed)
        else if (!this.#ended)
          setContextState(this, this.#complete ? State.Established : State.Open)
      },
    )
  }

  /** What goes along with a context that is not established, or why it must stay. */
  #leaving(): Leaving | string | undefined {
    if (contextState(this) === State.Disposed) this.#finished(EMPTY)
    if (!this.#begun) throw refusal('ERR_GSS_NOT_ESTABLISHED', 'the context has not begun')
    if (this.#complete) return undefined
    if (this.#failed) return 'an earlier step failed'
    // It may establish the context before anybody has compared what was granted with what is required.
    if (this.#stepping > 0) return 'a step is pending'
    return { setup: this.#setup, granted: this.#granted }
  }

  /**
   * The context that {@link export} turned into bytes (gss_import_sec_context; ImportSecurityContext).
   * Import them once: twice gives two contexts that use the same numbers, whose messages the peer takes
   * for repeated, and that encrypt different messages alike.
   *
   * Rejects with GssError GSS_S_DEFECTIVE_TOKEN where the bytes are damaged, of another library or another
   * version of it, or an exported credential; GSS_S_CONTEXT_EXPIRED (under MIT's SPNEGO GSS_S_FAILURE);
   * GSS_S_NO_CRED where its next step needs the credential that it was made with; ERR_GSS_UNSUPPORTED. Throws
   * TypeError, GssError ERR_GSS_DISPOSED (the credential).
   */
  static import(token: Bytes, options?: ImportContextOptions): Promise<SecurityContext> {
    return importContext(token, options).then((setup) => new Elsewhere(setup))
  }

  // -------------------------------------------------------------- the end

  /**
   * Releases the context: secrets are overwritten. Calls that are pending end first. What was agreed
   * stays readable, of the names those that were read before; other calls throw GssError ERR_GSS_DISPOSED. May be called again.
   */
  dispose(): void {
    setContextState(this, State.Disposed)
    this.#ended = true
    try {
      addon().disposeContext(contextHandle(this))
    } catch (thrown) {
      throw toGssError(thrown)
    }
  }

  /** {@link dispose}, for `using`. */
  [dispose](): void {
    this.dispose()
  }

  /** @internal */
  [inspect.custom](_depth: number, options: object): string {
    if (!(#setup in this)) return '[SecurityContext]'
    const shown = {
      complete: this.#complete,
      mechanism: this.mechanism,
      flags: flagNames(this.#granted),
    }
    return `${this.isInitiator ? 'Initiator' : 'Acceptor'} ${inspect(shown, options)}`
  }
}

/** What began elsewhere. */
class Elsewhere extends SecurityContext {}
