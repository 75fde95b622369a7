/** Sequence states of messages: RFC 2743 §1.2.3, RFC 2744's supplementary bits. */
import { GssError } from '../base/errors'
import { choice } from '../base/options'

/**
 * How a message stands to those before it: in its place, seen before, too old to tell, later ones seen
 * already, earlier ones missing.
 */
export type Sequence = 'ok' | 'duplicate' | 'old' | 'unsequenced' | 'gap'

/** What happens to a message that is out of its place. */
export type OnSequenceError = 'throw' | 'report'

const DUPLICATE = 2
const OLD = 4
const UNSEQUENCED = 8
const GAP = 16

export const SEQUENCE_BITS = DUPLICATE | OLD | UNSEQUENCED | GAP

export function onSequenceErrorOption(value: unknown): OnSequenceError {
  return choice(value, 'options.onSequenceError', ['throw', 'report'], 'throw')
}

/** The most severe of the bits. */
export function sequenceOf(bits: number): Sequence {
  if (bits === 0) return 'ok'
  if ((bits & DUPLICATE) !== 0) return 'duplicate'
  if ((bits & OLD) !== 0) return 'old'
  if ((bits & UNSEQUENCED) !== 0) return 'unsequenced'
  return (bits & GAP) !== 0 ? 'gap' : 'ok'
}

/** GSS_S_DUPLICATE_TOKEN, GSS_S_OLD_TOKEN, GSS_S_UNSEQ_TOKEN or GSS_S_GAP_TOKEN. */
export function sequenceError(bits: number, call: string): GssError {
  return new GssError({ major: bits & SEQUENCE_BITS, call, majorMessages: [] })
}
