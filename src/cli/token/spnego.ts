/** SPNEGO, RFC 4178, and what Windows adds to it (MS-SPNG: negHints). */
import { DecodeError, type Element } from '../asn1'
import {
  bitFlags,
  generalString,
  inner,
  integer,
  octets,
  oid,
  Sequence,
  sequenceOf,
} from '../fields'
import { type Fields, bitNames, named, type Names } from '../values'
import type { Decoding } from './decoding'
import { mechanismText } from './mechanisms'

const STATES: Names = {
  0: 'accept-completed',
  1: 'accept-incomplete',
  2: 'reject',
  3: 'request-mic',
}

const bit = (number: number) => 2 ** (31 - number)
const REQUEST_FLAGS: Names = {
  [bit(0)]: 'delegFlag',
  [bit(1)]: 'mutualFlag',
  [bit(2)]: 'replayFlag',
  [bit(3)]: 'sequenceFlag',
  [bit(4)]: 'anonFlag',
  [bit(5)]: 'confFlag',
  [bit(6)]: 'integFlag',
}

const mechanism = (element: Element) => mechanismText(oid(element))

const tokenIn = (decoding: Decoding) => (element: Element) => decoding.nested(octets(element))

/** The MIC over the list of mechanisms is a per-message token of the mechanism. */
const micIn = (decoding: Decoding) => (element: Element) => decoding.nested(octets(element))

function hints(element: Element): Fields {
  const fields = new Sequence(element)
  return {
    hintName: fields.optional(0, generalString),
    hintAddressBytes: fields.optional(1, (address) => octets(address).length),
  }
}

const OCTET_STRING = 4

function initiation(fields: Sequence, decoding: Decoding): Fields {
  // [3] is the MIC in RFC 4178, and the hints in MS-SPNG, where the MIC moves to [4].
  const hasHints = fields.optional(3, ({ tag }) => tag !== OCTET_STRING) ?? false
  const micTag = hasHints ? 4 : 3
  return {
    mechTypes: fields.get(0, 'mechTypes', sequenceOf(mechanism)),
    reqFlags: fields.optional(1, (element) => bitNames(REQUEST_FLAGS, bitFlags(element))),
    mechToken: fields.optional(2, tokenIn(decoding)),
    negHints: hasHints ? fields.optional(3, hints) : undefined,
    mechListMIC: fields.optional(micTag, micIn(decoding)),
  }
}

const response = (fields: Sequence, decoding: Decoding): Fields => ({
  negState: fields.optional(0, (element) => named(STATES, integer(element))),
  supportedMech: fields.optional(1, mechanism),
  responseToken: fields.optional(2, tokenIn(decoding)),
  mechListMIC: fields.optional(3, micIn(decoding)),
})

/** A NegotiationToken: [0] NegTokenInit or [1] NegTokenResp. */
export function negotiationToken(bytes: Uint8Array, decoding: Decoding): Fields {
  const choice = decoding.asn1.parse(bytes)
  if (choice.class !== 'context' || choice.tag > 1) throw new DecodeError('no NegotiationToken')
  const [name, read] =
    choice.tag === 0
      ? (['NegTokenInit', initiation] as const)
      : (['NegTokenResp', response] as const)
  const surplus = bytes.length - choice.size
  return {
    type: `SPNEGO ${name} (RFC 4178 §4.2), ${choice.size} bytes`,
    ...read(new Sequence(inner(choice)), decoding),
    surplusBytes: surplus > 0 ? surplus : undefined,
  }
}
