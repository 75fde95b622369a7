/** What a security context is made of, once its options have been checked. */
import { toGssError } from '../base/errors'
import type { Credential } from '../credential/credential'
import type { Mechanism } from '../mechanism/mechanism'
import {
  addon,
  type BindingsTuple,
  type NativeContext,
  type NativeCredential,
  type NativeName,
} from '../native'
import type { ChannelBindings } from './channel-bindings'
import { MechanismGuard, type Negotiation } from './negotiation'
import type { Demands } from './policy'
import type { OnSequenceError } from '../message/sequence'

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

/** What the two sides' constructors found in their options. Nothing may be left out: Object.prototype would be asked. */
export interface ContextSetup extends Demands {
  credential: NativeCredential | null
  bindings: BindingsTuple | null
  onSequenceError: OnSequenceError
  /** Those of the required flags without which no token goes out. */
  requiredAtOnce: number
  initiator: { target: NativeName; mechanism: string; flags: number; lifetime: number } | undefined
  /** In place of a new context. */
  imported: { context: NativeContext; initiator: boolean } | undefined
  /** Which mechanisms it may be of; undefined where that was decided when it was established. */
  negotiation: Negotiation | undefined
  /** An acceptor's that may be asked, by no token, to send the first one. */
  speaksFirst: boolean
}

/** What looks at its tokens. */
export function guardOf(setup: ContextSetup): MechanismGuard | undefined {
  const { negotiation, required, initiator } = setup
  if (negotiation === undefined) return undefined
  return new MechanismGuard(negotiation, required, initiator === undefined)
}

/** The native context, new or imported. */
export function createContext(setup: ContextSetup): NativeContext {
  const { credential, bindings, initiator, imported } = setup
  const negotiable = guardOf(setup)?.negotiable ?? []
  if (imported !== undefined) return imported.context
  try {
    if (initiator === undefined) return addon().newAcceptor(credential, bindings, negotiable)
    const { target, mechanism, flags, lifetime } = initiator
    const native = addon()
    return native.newInitiator(credential, target, mechanism, flags, lifetime, bindings, negotiable)
  } catch (thrown) {
    throw toGssError(thrown)
  }
}
