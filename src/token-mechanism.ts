/** Of which mechanism an initiator's first token is: RFC 2743 §3.1's framing, and those without it. */
import { refusalAs } from './errors'
import { oidText, readElement } from './der'

const KRB5 = '1.2.840.113554.1.2.2'
const SPNEGO = '1.3.6.1.5.5.2'
const NTLM = '1.3.6.1.4.1.311.2.2.10'

/** Object identifiers that Microsoft's implementations wrote for Kerberos by mistake. */
const ALIASES: Readonly<Record<string, string>> = { '1.2.840.48018.1.2.2': KRB5 }

const NTLM_SIGNATURE = Buffer.from('NTLMSSP\0')

/** The mechanism's object identifier; '' where the token does not tell. */
export function tokenMechanism(token: Uint8Array): string {
  if (NTLM_SIGNATURE.equals(token.subarray(0, NTLM_SIGNATURE.length))) return NTLM
  if (token[0] === 0x6e) return KRB5 // a bare AP-REQ
  if (token[0] === 0xa0) return SPNEGO // a bare NegotiationToken
  const framed = readElement(token, 0)
  if (framed?.tag !== 0x60) return ''
  const mechanism = readElement(token, framed.start)
  if (mechanism?.tag !== 6) return ''
  const oid = oidText(token.subarray(mechanism.start, mechanism.end))
  return ALIASES[oid] ?? oid
}

/** @throws GssError GSS_S_BAD_MECH unless the token is of the mechanism */
export function checkMechanism(token: Uint8Array, mechanism: string): void {
  const found = tokenMechanism(token)
  if (found === mechanism) return
  const detail = `the initiator's mechanism is ${found || 'not told'}; only ${mechanism} is accepted`
  throw refusalAs('GSS_S_BAD_MECH', detail, 'gss_accept_sec_context')
}
