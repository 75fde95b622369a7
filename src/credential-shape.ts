/**
 * The outer shape of MIT's exported credentials. Quirk(mit): 1.20's krb5 ends the process where its part is no JSON, or
 * another value than it writes.
 *
 * Layout: for each mechanism the length of its object identifier (4 bytes, big-endian), the identifier, the length of
 * the mechanism's token, the token. krb5's is JSON; SPNEGO's is again such a sequence.
 */
import { oidText } from './der'
import { parsed } from './description'

const SPNEGO = '1.3.6.1.5.5.2'
/** krb5, by its older identifiers too, and IAKERB, whose credentials are krb5's. */
const KRB5 = new Set([
  '1.2.840.113554.1.2.2',
  '1.3.6.1.5.2.5',
  '1.3.5.1.5.2',
  '1.2.840.48018.1.2.2',
])

function isKrb5(token: Buffer): boolean {
  const value = parsed(token.toString('utf8'))
  if (!Array.isArray(value) || value.length !== 2 || value[0] !== 'K5C1') return false
  const members: unknown = value[1]
  return Array.isArray(members) && typeof members[0] === 'number'
}

/** The bytes behind a length, and where they end; undefined where they are cut. */
function counted(bytes: Buffer, at: number): [Buffer, number] | undefined {
  if (at + 4 > bytes.length) return undefined
  const end = at + 4 + bytes.readUInt32BE(at)
  return end > bytes.length ? undefined : [bytes.subarray(at + 4, end), end]
}

/** Whether the library may see it. `depth`: SPNEGO holds other mechanisms, and not itself. */
export function isMitCredential(token: Uint8Array, depth = 0): boolean {
  const bytes = Buffer.from(token.buffer, token.byteOffset, token.byteLength)
  let at = 0
  while (at < bytes.length) {
    const oid = counted(bytes, at)
    const inner = oid && counted(bytes, oid[1])
    if (oid === undefined || inner === undefined) return false
    const mechanism = oidText(oid[0])
    if (KRB5.has(mechanism) && !isKrb5(inner[0])) return false
    if (mechanism === SPNEGO && (depth > 0 || !isMitCredential(inner[0], depth + 1))) return false
    at = inner[1]
  }
  return bytes.length > 0
}
