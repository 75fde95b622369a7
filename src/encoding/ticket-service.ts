/** For whom the ticket in an initiator's first token was made out: RFC 4120 §5.5.1, also within SPNEGO (RFC 4178 §4.2.1). */
import { children, type Element, readElement } from './der'
import type { TicketService } from '../native'

const FRAME = 0x60
const OID = 0x06
const OCTETS = 0x04
const GENERAL_STRING = 0x1b
const AP_REQ = 0x6e
const TICKET = 0x61
const SEQUENCE = 0x30
const context = (tag: number) => 0xa0 + tag

/** Goes down by tags; undefined where one is not there. */
function descend(token: Uint8Array, from: Element, tags: number[]): Element | undefined {
  return tags.reduce<Element | undefined>(
    (element, tag) => element && children(token, element).find((each) => each.tag === tag),
    from,
  )
}

function apReq(token: Uint8Array): Element | undefined {
  const outer = readElement(token, 0)
  if (outer === undefined || outer.tag === AP_REQ) return outer
  if (outer.tag !== FRAME) return undefined
  const mechanism = readElement(token, outer.start, outer.end)
  if (mechanism?.tag !== OID) return undefined
  // RFC 4121 §4.1: two bytes say what follows; SPNEGO's NegTokenInit has none.
  const inner = readElement(token, mechanism.end + 2, outer.end)
  return inner?.tag === AP_REQ ? inner : undefined
}

/** The mechanism's token in a NegTokenInit. */
function negotiated(token: Uint8Array): Uint8Array | undefined {
  const outer = readElement(token, 0)
  if (outer === undefined) return undefined
  const init = [context(0), SEQUENCE, context(2), OCTETS]
  const path = outer.tag === context(0) ? init.slice(1) : init
  const found = descend(token, outer, path)
  return found && token.subarray(found.start, found.end)
}

/** Far over a ticket with the largest PAC; of more than that a stranger could make millions of elements. */
const LONGEST = 256 * 1024

/** undefined where the token is of another kind, damaged or huge. */
export function ticketService(token: Uint8Array): TicketService | undefined {
  if (token.byteLength > LONGEST) return undefined
  const bytes = apReq(token) === undefined ? (negotiated(token) ?? token) : token
  const request = apReq(bytes)
  const ticket = request && descend(bytes, request, [SEQUENCE, context(3), TICKET, SEQUENCE])
  if (ticket === undefined) return undefined
  const realm = descend(bytes, ticket, [context(1), GENERAL_STRING])
  const names = descend(bytes, ticket, [context(2), SEQUENCE, context(1), SEQUENCE])
  if (realm === undefined || names === undefined) return undefined
  const text = ({ start, end }: Element) => Buffer.from(bytes.subarray(start, end)).toString()
  return { service: children(bytes, names).map(text).join('/'), realm: text(realm) }
}
