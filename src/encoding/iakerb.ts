/** What IAKERB's tokens carry between an initiator and the KDC that its acceptor asks (draft-ietf-kitten-iakerb §3.1). */
import { children, readElement } from './der'
import { IAKERB, tokenMechanism } from './token-mechanism'

/** TOK_ID of IAKERB_PROXY. */
const PROXY = Buffer.from([0x05, 0x01])
const SEQUENCE = 0x30
const TARGET_REALM = 0xa1
/** The draft has a UTF8String, MIT krb5 writes the same bytes as an OCTET STRING. */
const STRINGS = [0x0c, 0x04]

/** Far over a KDC's longest message; of more than that a stranger could make millions of elements. */
const LONGEST = 256 * 1024

/** Where the mechanism's own token begins: only the first of an exchange is framed. */
function innerStart(token: Uint8Array): number {
  if (tokenMechanism(token) !== IAKERB) return 0
  const frame = readElement(token, 0)
  return (frame && readElement(token, frame.start)?.end) ?? 0
}

/** The realm whose KDC is asked; undefined where the token is of another kind, or damaged. */
export function relayedRealm(token: Uint8Array): string | undefined {
  if (token.byteLength > LONGEST) return undefined
  const start = innerStart(token)
  if (!PROXY.equals(token.subarray(start, start + PROXY.length))) return undefined
  const header = readElement(token, start + PROXY.length)
  if (header?.tag !== SEQUENCE) return undefined
  const realm = children(token, header).find(({ tag }) => tag === TARGET_REALM)
  const text = realm && readElement(token, realm.start, realm.end)
  if (text === undefined || !STRINGS.includes(text.tag)) return undefined
  return Buffer.from(token.subarray(text.start, text.end)).toString()
}
