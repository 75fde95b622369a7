/** Of which mechanism an initiator's first token is: RFC 2743 §3.1's framing, and those without it. */
import { oidText, readElement } from './der'

export const KRB5 = '1.2.840.113554.1.2.2'
export const IAKERB = '1.3.6.1.5.2.5'
export const SPNEGO = '1.3.6.1.5.5.2'
export const NTLM = '1.3.6.1.4.1.311.2.2.10'

/** Other object identifiers of Kerberos: one that Microsoft's implementations wrote by mistake, and RFC 1510's draft. */
const ALIASES: Readonly<Record<string, string>> = {
  '1.2.840.48018.1.2.2': KRB5,
  '1.3.5.1.5.2': KRB5,
}

const NTLM_SIGNATURE = Buffer.from('NTLMSSP\0')

/** One identifier for each mechanism. */
export const canonicalOid = (oid: string): string =>
  Object.hasOwn(ALIASES, oid) ? (ALIASES[oid] ?? oid) : oid

/** The mechanism's object identifier; '' where the token does not tell. */
export function tokenMechanism(token: Uint8Array): string {
  if (NTLM_SIGNATURE.equals(token.subarray(0, NTLM_SIGNATURE.length))) return NTLM
  if (token[0] === 0x6e) return KRB5 // a bare AP-REQ
  if (token[0] === 0xa0) return SPNEGO // a bare NegotiationToken
  const framed = readElement(token, 0)
  if (framed?.tag !== 0x60) return ''
  const mechanism = readElement(token, framed.start)
  if (mechanism?.tag !== 6) return ''
  return canonicalOid(oidText(token.subarray(mechanism.start, mechanism.end)))
}
