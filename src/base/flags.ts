/** What a context gives: RFC 2744 §5.19's bits and the words for them. */

/** What was granted (or, in `require`, what must be). */
export interface Flags {
  /** Both sides have proved who they are. */
  mutual: boolean
  /** Messages can be sealed against change. */
  integrity: boolean
  /** Messages can be encrypted. */
  confidentiality: boolean
  /** A repeated message is detected. */
  replayDetection: boolean
  /** A message that is missing or out of order is detected. */
  sequenceDetection: boolean
  /** The initiator handed its credential to the acceptor. */
  delegation: boolean
  /** Delegation was subject to the KDC's policy (ok-as-delegate, RFC 5896). */
  delegationPolicy: boolean
  /** The initiator did not say who it is. */
  anonymous: boolean
  /** The three-leg exchange of DCE RPC. */
  dceStyle: boolean
  /** The acceptor may identify the initiator, but not act as the initiator. */
  identify: boolean
  /** The peer receives detailed errors. */
  extendedError: boolean
  /** Messages can be protected before the context is complete. */
  protectionReady: boolean
  /** The context can be exported to another process. */
  transferable: boolean
  /** On an acceptor: both sides gave channel bindings, and these are equal (MIT 1.19 and later). */
  channelBound: boolean
}

/** GSS_C_*_FLAG. */
export const FLAG_BITS: Readonly<Record<keyof Flags, number>> = {
  mutual: 0x2,
  integrity: 0x20,
  confidentiality: 0x10,
  replayDetection: 0x4,
  sequenceDetection: 0x8,
  delegation: 0x1,
  delegationPolicy: 0x8000,
  anonymous: 0x40,
  dceStyle: 0x1000,
  identify: 0x2000,
  extendedError: 0x4000,
  protectionReady: 0x80,
  transferable: 0x100,
  channelBound: 0x800,
}

export const FLAG_NAMES = Object.keys(FLAG_BITS) as (keyof Flags)[]

export function flagsOf(bits: number): Flags {
  const flags = {} as Flags
  for (const name of FLAG_NAMES) flags[name] = (bits & FLAG_BITS[name]) !== 0
  return Object.freeze(flags)
}

export function flagNames(bits: number): (keyof Flags)[] {
  return FLAG_NAMES.filter((name) => (bits & FLAG_BITS[name]) !== 0)
}
