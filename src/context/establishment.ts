/** Establishment: the tokens of a context, from the first to the last. */
import { abortable, type AsyncOptions } from '../base/abort'
import { type Bytes, bytes, MAX_CONTEXT_TOKEN } from '../base/bytes'
import { GssError, hintBy, refusal, refusalAs, toGssError } from '../base/errors'
import { signalOption } from '../base/options'
import { relayedRealm } from '../encoding/iakerb'
import { ticketService } from '../encoding/ticket-service'
import { ContextCore, State } from '../message/core'
import { addon } from '../native'
import { Agreement } from './agreement'
import type { MechanismGuard } from './negotiation'
import { checkGranted, trueFlags } from './policy'
import { type ContextSetup, createContext, guardOf } from './setup'

const EMPTY = new Uint8Array(0)

/** Why a token of the peer's must not come to the library. */
export function unfitReply(token: Uint8Array): string | undefined {
  if (token.byteLength > MAX_CONTEXT_TOKEN) return 'the token has more than 16 MiB'
  // Quirk(mit): 1.20's SPNEGO initiator crashes on an empty reply, which a peer can send.
  return token.byteLength === 0 ? 'the token is empty' : undefined
}

/** What goes along with a context that is not established. */
export interface Leaving {
  setup: ContextSetup
  granted: number
}

/**
 * The state of a context that is being established. It decides, above the platform, which tokens the library sees, which are
 * handed out, and whether what was agreed is enough.
 */
export class Establishment {
  readonly core: ContextCore
  readonly agreed: Agreement
  readonly #setup: ContextSetup
  readonly #guard: MechanismGuard | undefined
  #begun = false
  /** An acceptor has answered a token: until then it may have been asked to speak first. */
  #heard = false
  /** Steps whose outcome has not been looked at yet. */
  #stepping = 0
  #failed = false
  /** {@link dispose} was called, or what it does has happened. */
  #ended = false

  /** @throws GssError ERR_GSS_PROTECTION_NOT_GRANTED of an imported one that lacks what is required; and as the platform says */
  constructor(setup: ContextSetup) {
    this.#setup = setup
    this.#guard = guardOf(setup)
    this.core = new ContextCore(createContext(setup), setup.onSequenceError)
    const { initiator, imported } = setup
    this.agreed = new Agreement(this.core, imported?.initiator ?? initiator !== undefined)
    if (imported === undefined) return
    this.#begun = this.#heard = true
    this.#accept(null, EMPTY)
  }

  // -------------------------------------------------------------- steps

  step(token: Bytes | null | undefined, options?: AsyncOptions): Promise<Buffer | null> {
    const signal = signalOption(options)
    const input = this.#input(token)
    if (this.#finished(input)) return Promise.resolve(null)
    const first = this.#begin(input)
    const native = addon()
    return this.#stepped(
      abortable(
        native,
        signal,
        (job) => native.step(this.core.native, input, job),
        (running) => this.#abandoned(running, first),
      ),
      input,
    )
  }

  stepSync(token: Bytes | null | undefined): Buffer | null {
    const input = this.#input(token)
    if (this.#finished(input)) return null
    this.#begin(input)
    try {
      return this.#accept(addon().stepSync(this.core.native, input), input)
    } catch (thrown) {
      throw this.#fail(toGssError(thrown), input)
    }
  }

  async #stepped(pending: Promise<Buffer | null>, input: Uint8Array): Promise<Buffer | null> {
    this.#stepping++
    try {
      return this.#accept(await pending, input)
    } catch (error) {
      throw this.#fail(error, input)
    } finally {
      this.#stepping--
    }
  }

  get #call(): string {
    return this.agreed.isInitiator ? 'gss_init_sec_context' : 'gss_accept_sec_context'
  }

  #input(token: unknown): Uint8Array {
    const none = token === undefined || token === null
    if (none && (this.agreed.isInitiator || this.agreed.complete)) return EMPTY
    if (token === null && this.#speaksFirst) return EMPTY
    return bytes(token, 'token')
  }

  /** Whether there is nothing to do; throws where nothing may be done. */
  #finished(input: Uint8Array): boolean {
    this.core.checkNotDisposed()
    if (!this.agreed.complete) return false
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
    if (this.agreed.isInitiator) {
      if (first) guard?.checkInitiator()
      else guard?.check(input, false)
      return
    }
    if (input.byteLength === 0) return
    if (this.#heard) guard?.check(input, false)
    else guard?.checkFirst(input)
  }

  /** An acceptor of SPNEGO's may be asked to begin (MS-SPNG 3.2.5.2, NegTokenInit2). */
  get #speaksFirst(): boolean {
    return !this.#begun && this.#setup.speaksFirst
  }

  #unfit(input: Uint8Array, first: boolean): string | undefined {
    if (input.byteLength === 0 && this.#speaksFirst) return undefined
    if (!this.agreed.isInitiator || !first) return unfitReply(input)
    return input.byteLength > 0 ? 'an initiator begins without a token' : undefined
  }

  // -------------------------------------------------------------- their outcome

  /** A step went well: may its token go out, may messages follow? */
  #accept(reply: Buffer | null, input: Uint8Array): Buffer | null {
    // Not before: an earlier token may be taken back unheard, and then the next one is the first.
    if (input.byteLength > 0) this.#heard = true
    const native = addon()
    const { agreed, core } = this
    native.contextFacts(core.native)
    const [complete = 0, told = 0] = native.result
    const mechanism = native.contextMechanism(core.native)
    agreed.learn(trueFlags(mechanism, told, agreed.isInitiator))
    try {
      this.#check(reply, complete === 1, mechanism)
    } catch (refused) {
      this.dispose()
      throw refused
    }
    if (complete === 1 && core.state === State.Open) {
      agreed.complete = true
      core.state = State.Established
    }
    return reply
  }

  #check(reply: Buffer | null, complete: boolean, mechanism: string): void {
    if (reply !== null) this.#guard?.check(reply, true)
    if (complete) this.#guard?.checkAgreed(mechanism)
    const { required, forbidden, requiredAtOnce } = this.#setup
    const demands = complete ? { required, forbidden } : { required: requiredAtOnce, forbidden: 0 }
    checkGranted(demands, this.agreed.granted, this.#call)
  }

  #fail(error: unknown, input: Uint8Array): unknown {
    if (!(error instanceof GssError)) return error
    hintBy(error, {
      credential: this.#setup.credential !== null,
      ticket: () => (this.agreed.isInitiator ? undefined : ticketService(input)),
      relayedRealm: () => relayedRealm(input),
    })
    if (error.code === 'ERR_GSS_PROTECTION_NOT_GRANTED') this.dispose()
    else if (error.code !== 'ERR_GSS_CONTEXT_BUSY') this.#failed = !this.agreed.complete
    return error
  }

  #abandoned(running: boolean, first: boolean): void {
    // Of two steps at once the second was checked as the second, and would be the first.
    if (running || (first && this.#stepping > 1)) this.dispose()
    else if (first) this.#begun = false
  }

  // -------------------------------------------------------------- the end, here

  /** The context leaves for another process: what goes along where it is not established, or why it must stay. */
  leave(): Leaving | string | undefined {
    this.core.checkNotDisposed()
    if (!this.#begun) throw refusal('ERR_GSS_NOT_ESTABLISHED', 'the context has not begun')
    if (this.agreed.complete) return undefined
    if (this.#failed) return 'an earlier step failed'
    // It may establish the context before anybody has compared what was granted with what is required.
    if (this.#stepping > 0) return 'a step is pending'
    return { setup: this.#setup, granted: this.agreed.granted }
  }

  /** It has not left after all, and is as it was. */
  stay(): void {
    if (!this.#ended) this.core.state = this.agreed.complete ? State.Established : State.Open
  }

  dispose(): void {
    this.core.state = State.Disposed
    this.#ended = true
    try {
      addon().disposeContext(this.core.native)
    } catch (thrown) {
      throw toGssError(thrown)
    }
  }
}
