/** SPNEGO's tokens (RFC 4178 §4.2): the parts that say which mechanism is offered, chosen and used. */
import { children, type Element, oidText, readElement } from './der'
import { canonicalOid, NTLM, SPNEGO, tokenMechanism } from './token-mechanism'

/** What a token says of mechanisms, by their object identifiers. */
export interface NegotiationToken {
  /** NegTokenInit's list, the preferred one first; undefined in a NegTokenResp. */
  offered?: string[]
  /** NegTokenResp's supportedMech; '' where there is none. */
  chosen: string
  /** The mechanism that the token inside is certainly of; '' where it does not tell, or there is none. */
  inside: string
}

/** The NegotiationToken, without RFC 2743's frame; undefined where there is none. */
function choiceOf(token: Uint8Array): Element | undefined {
  const framed = readElement(token, 0)
  if (framed?.tag !== 0x60) return framed
  const mechanism = readElement(token, framed.start, framed.end)
  return mechanism && readElement(token, mechanism.end, framed.end)
}

const only = (token: Uint8Array, parent: Element | undefined): Element | undefined =>
  parent && readElement(token, parent.start, parent.end)

const oidOf = (token: Uint8Array, element: Element): string =>
  canonicalOid(oidText(token.subarray(element.start, element.end)))

function insideOf(token: Uint8Array, field: Element | undefined): string {
  const octets = only(token, field)
  return octets === undefined ? '' : tokenMechanism(token.subarray(octets.start, octets.end))
}

/** Undefined where it is no SPNEGO token that can be read: the library has the word then. */
export function readNegotiation(token: Uint8Array): NegotiationToken | undefined {
  const kind = tokenMechanism(token)
  if (kind !== SPNEGO && token[0] !== 0xa1) return undefined
  const choice = choiceOf(token)
  const sequence = only(token, choice)
  if (choice === undefined || sequence?.tag !== 0x30) return undefined
  const fields = children(token, sequence)
  const field = (tag: number) => fields.find((each) => each.tag === tag)
  const inside = insideOf(token, field(0xa2))
  if (choice.tag === 0xa0) {
    const list = only(token, field(0xa0))
    const offered = list === undefined ? [] : children(token, list)
    return { offered: offered.map((each) => oidOf(token, each)), chosen: '', inside }
  }
  const chosen = only(token, field(0xa1))
  return { chosen: chosen === undefined ? '' : oidOf(token, chosen), inside }
}

/** NegTokenResp with negState reject: what the peer is told. */
export const REJECT: Uint8Array = Uint8Array.from([0xa1, 7, 0x30, 5, 0xa0, 3, 0x0a, 1, 2])

/** Whether a token, bare or negotiated, speaks NTLM. */
export const speaksNtlm = (token: Uint8Array): boolean =>
  tokenMechanism(token) === NTLM || readNegotiation(token)?.inside === NTLM
