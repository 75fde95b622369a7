/** What an acceptor is made of. */
import { bindingsTuple } from './channel-bindings'
import type { ContextOptions, ContextSetup } from './setup'
import { acceptorCredential } from '../credential/credential'
import type { Flags } from '../base/flags'
import { optionalMechanismOid } from '../mechanism/mechanism'
import { optionsOf } from '../base/options'
import { negotiationOf } from './negotiation'
import { demandsOf } from './policy'
import { onSequenceErrorOption } from '../message/sequence'
import { SPNEGO } from '../encoding/token-mechanism'

/** Options of {@link Acceptor}. */
export interface AcceptorOptions extends ContextOptions {
  /**
   * What must have been granted for the context to be complete, `{ confidentiality: true }`, and what must not have been,
   * `{ delegation: false }`. Default: nothing, but see `allowAnonymous`.
   */
  require?: Partial<Flags> | undefined
  /**
   * Let in initiators that do not tell who they are: with a ticket of the anonymous principal (RFC 8062), which some KDCs give
   * to anybody. Default: false, unless `require` says `{ anonymous: true }`.
   */
  allowAnonymous?: boolean | undefined
}

const OPTIONS = [
  'credential',
  'mechanism',
  'channelBindings',
  'onSequenceError',
  'negotiate',
  'require',
  'allowAnonymous',
] as const satisfies readonly (keyof AcceptorOptions)[]

export function acceptorSetup(options: AcceptorOptions | undefined): ContextSetup {
  const given = optionsOf(options, OPTIONS)
  const mechanism = optionalMechanismOid(given.mechanism, 'options.mechanism', '')
  return {
    credential: acceptorCredential(given.credential, 'options.credential'),
    bindings: bindingsTuple(given.channelBindings, 'options.channelBindings'),
    onSequenceError: onSequenceErrorOption(given.onSequenceError),
    ...demandsOf(given.require, given.allowAnonymous, 'options.require'),
    requiredAtOnce: 0,
    initiator: undefined,
    imported: undefined,
    negotiation: negotiationOf(mechanism, given.negotiate),
    speaksFirst: mechanism === SPNEGO,
  }
}
