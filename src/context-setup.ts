/** What a security context is made of, once its options have been checked. */
import { toGssError } from './errors'
import {
  addon,
  type BindingsTuple,
  type NativeContext,
  type NativeCredential,
  type NativeName,
} from './native'
import type { OnSequenceError } from './sequence'

/** What the two sides' constructors found in their options. Nothing may be left out: Object.prototype would be asked. */
export interface ContextSetup {
  credential: NativeCredential | null
  bindings: BindingsTuple | null
  onSequenceError: OnSequenceError
  /** Flags without which there is no context. */
  required: number
  /** Those of them without which no token goes out. */
  requiredAtOnce: number
  initiator: { target: NativeName; mechanism: string; flags: number; lifetime: number } | undefined
  /** In place of a new context. */
  imported: { context: NativeContext; initiator: boolean } | undefined
  /** An acceptor's view of the first token: it may refuse it. */
  checkFirst: ((token: Uint8Array) => void) | undefined
}

/** The native context, new or imported. */
export function createContext(setup: ContextSetup): NativeContext {
  const { credential, bindings, initiator, imported } = setup
  if (imported !== undefined) return imported.context
  try {
    if (initiator === undefined) return addon().newAcceptor(credential, bindings)
    const { target, mechanism, flags, lifetime } = initiator
    return addon().newInitiator(credential, target, mechanism, flags, lifetime, bindings)
  } catch (thrown) {
    throw toGssError(thrown)
  }
}
