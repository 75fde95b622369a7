/** What an initiator is made of. */
import { bindingsTuple } from './channel-bindings'
import type { ContextOptions, ContextSetup } from './setup'
import { initiatorCredential } from '../credential/credential'
import { invalidArgType, invalidArgValue } from '../base/argument-error'
import { refusal } from '../base/errors'
import { FLAG_BITS } from '../base/flags'
import { library } from '../base/library'
import { KRB5, optionalMechanismOid } from '../mechanism/mechanism'
import { type Name, nativeName, targetName } from '../name/name'
import { flag, type Given, lifetime, optionsOf, UINT32_MAX } from '../base/options'
import { negotiationOf } from './negotiation'
import { PROTECTIONS, requiredOf } from './policy'
import { onSequenceErrorOption } from '../message/sequence'

/**
 * Options of {@link Initiator}. `mutual`, `integrity`, `confidentiality`, `replayDetection` and
 * `sequenceDetection` are asked for, and required to have been granted, unless set to false.
 */
export interface InitiatorOptions extends ContextOptions {
  /** To whom. As a string: 'service@host' (host-based), or 'service/host[@REALM]' (a principal, Windows' SPN). */
  target: Name | string
  /**
   * Seconds wanted; default: the ticket's. Asked of the KDC, so that a ticket for the service that is in the cache already keeps its own.
   */
  lifetime?: number | undefined
  /** The acceptor proves who it is. Default: true. */
  mutual?: boolean | undefined
  /** Messages can be sealed against change. Default: true. */
  integrity?: boolean | undefined
  /** Messages can be encrypted. Default: true. */
  confidentiality?: boolean | undefined
  /** A repeated message is detected. Default: true. */
  replayDetection?: boolean | undefined
  /** A message missing or out of order is detected. Default: true. */
  sequenceDetection?: boolean | undefined
  /**
   * Hand the credential to the acceptor, which can then act as the initiator everywhere; 'policy': only
   * where the KDC's policy allows it (RFC 5896). Granted or not: see `flags.delegation`. Default: false.
   */
  delegation?: boolean | 'policy' | undefined
  /**
   * Do not tell who initiates. Required to have been granted before any token goes out. On MIT krb5 that takes a
   * `credential` of the anonymous principal (of `kinit -n`, or acquired for 'WELLKNOWN/ANONYMOUS@REALM'; RFC 8062),
   * which for 'spnego' must be for that mechanism alone. Default: false.
   */
  anonymous?: boolean | undefined
  /** The three-leg exchange of DCE RPC. Default: false. */
  dceStyle?: boolean | undefined
  /** The acceptor may identify the initiator, and not act as it. Default: false. */
  identify?: boolean | undefined
  /** Tell errors to the peer in detail. Default: false. */
  extendedError?: boolean | undefined
  /**
   * Tell the acceptor that this side knows of channel bindings, so that one which has its own must compare them
   * (GSS_C_CHANNEL_BOUND_FLAG, MS-KILE's KERB_AP_OPTIONS_CBT). Needs `channelBindings`. MIT krb5 1.22 and later; elsewhere
   * ERR_GSS_UNSUPPORTED. Default: false, or what krb5.conf's `client_aware_channel_bindings` says.
   */
  insistOnBindings?: boolean | undefined
}

const WISHES = ['anonymous', 'dceStyle', 'identify', 'extendedError'] as const

const OPTIONS = [
  ...PROTECTIONS,
  ...WISHES,
  'credential',
  'mechanism',
  'channelBindings',
  'onSequenceError',
  'negotiate',
  'target',
  'lifetime',
  'delegation',
  'insistOnBindings',
] as const satisfies readonly (keyof InitiatorOptions)[]

function delegationBits(value: unknown): number {
  if (value === 'policy') return FLAG_BITS.delegationPolicy
  if (value === undefined || value === false) return 0
  if (value === true) return FLAG_BITS.delegation
  throw invalidArgType('options.delegation', "of type boolean or 'policy'", value)
}

/** MIT's before 1.22 (krb5/krb5#1329) takes the flag, and tells nobody. */
function knowsBoundFlag(): boolean {
  const { implementation, version } = library()
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return implementation === 'mit' && (major > 1 || (major === 1 && minor >= 22))
}

function bindingsBits(options: Given<InitiatorOptions, (typeof OPTIONS)[number]>): number {
  if (!flag(options.insistOnBindings, 'options.insistOnBindings', false)) return 0
  if (options.channelBindings === undefined) {
    throw invalidArgValue('options.insistOnBindings', 'needs options.channelBindings')
  }
  if (knowsBoundFlag()) return FLAG_BITS.channelBound
  const why = 'insistOnBindings needs MIT krb5 1.22 or later'
  throw refusal('ERR_GSS_UNSUPPORTED', why, 'gss_init_sec_context')
}

/** Points in time have 32 bits in Kerberos, and MIT adds without a look: what ends after them ends with the ticket. */
function lifetimeWanted(seconds: number): number {
  return seconds > UINT32_MAX - Math.ceil(Date.now() / 1000) ? UINT32_MAX : seconds
}

function requestedFlags(options: Given<InitiatorOptions, (typeof OPTIONS)[number]>): number {
  const bits = (names: readonly (keyof typeof FLAG_BITS)[], otherwise: boolean) =>
    names
      .filter((name) =>
        flag(options[name as (typeof PROTECTIONS)[number]], `options.${name}`, otherwise),
      )
      .reduce((sum, name) => sum | FLAG_BITS[name], 0)
  const wishes = bits(WISHES, false) | delegationBits(options.delegation) | bindingsBits(options)
  return bits(PROTECTIONS, true) | wishes
}

export function initiatorSetup(options: InitiatorOptions): ContextSetup {
  if ((options as unknown) === undefined) throw invalidArgType('options', 'of type object', options)
  const given = optionsOf(options, OPTIONS)
  const flags = requestedFlags(given)
  const initiator = {
    mechanism: optionalMechanismOid(given.mechanism, 'options.mechanism', KRB5),
    flags,
    lifetime: lifetimeWanted(lifetime(given.lifetime, 'options.lifetime', 0)),
  }
  const rest = {
    credential: initiatorCredential(given.credential, 'options.credential', initiator.mechanism),
    bindings: bindingsTuple(given.channelBindings, 'options.channelBindings'),
    onSequenceError: onSequenceErrorOption(given.onSequenceError),
    required: requiredOf(flags),
    forbidden: 0,
    requiredAtOnce: flags & FLAG_BITS.anonymous,
    imported: undefined,
    speaksFirst: false,
    negotiation: negotiationOf(initiator.mechanism, given.negotiate),
  }
  const target = targetName(given.target, 'options.target')
  return { ...rest, initiator: { ...initiator, target: nativeName(target, 'options.target') } }
}
