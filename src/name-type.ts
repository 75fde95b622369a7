/** Name types by word and by object identifier, and the exported name's framing. */
import { invalidArgType, invalidArgValue } from './argument-error'
import { attributesFit } from './composite-name'
import { GssError, majorOfCode, refusalAs } from './errors'
import { isWindows } from './mechanism'
import { isOid } from './options'

/**
 * What a name's text means; or a name type's object identifier in text.
 *
 * - 'service': 'service@host' or 'service' (GSS_C_NT_HOSTBASED_SERVICE, RFC 2743 §4.1)
 * - 'principal': 'alice@REALM', 'HTTP/host@REALM' (GSS_KRB5_NT_PRINCIPAL_NAME, RFC 1964 §2.1.1)
 * - 'enterprise': a user principal name of Active Directory (GSS_KRB5_NT_ENTERPRISE_NAME)
 * - 'user': a user of this machine (GSS_C_NT_USER_NAME)
 * - 'uid': a number of such a user (GSS_C_NT_MACHINE_UID_NAME)
 * - 'uidString': that number in decimal digits (GSS_C_NT_STRING_UID_NAME)
 * - 'anonymous': nobody (GSS_C_NT_ANONYMOUS)
 * - 'exported': what {@link Name.export} returned (GSS_C_NT_EXPORT_NAME, RFC 2743 §3.2)
 * - 'none': whatever the mechanism takes it for (GSS_C_NO_OID)
 */
export type NameType =
  | 'service'
  | 'principal'
  | 'enterprise'
  | 'user'
  | 'uid'
  | 'uidString'
  | 'anonymous'
  | 'exported'
  | 'none'
  | (string & {})

const OIDS: Readonly<Record<string, string>> = {
  service: '1.2.840.113554.1.2.1.4',
  principal: '1.2.840.113554.1.2.2.1',
  enterprise: '1.2.840.113554.1.2.2.6',
  user: '1.2.840.113554.1.2.1.1',
  uid: '1.2.840.113554.1.2.1.2',
  uidString: '1.2.840.113554.1.2.1.3',
  anonymous: '1.3.6.1.5.6.3',
  exported: '1.3.6.1.5.6.4',
  none: '',
}

/** RFC 6680 §8: an exported name with its attributes. */
export const COMPOSITE = '1.3.6.1.5.6.6'

const WORDS: ReadonlyMap<string, NameType> = new Map([
  ...Object.entries(OIDS).map(([word, oid]): [string, NameType] => [oid, word]),
  [COMPOSITE, 'exported'],
  // RFC 2743 §4.1 and RFC 1964 §2.1.1 name older object identifiers for the same.
  ['1.3.6.1.5.6.2', 'service'],
])

/** The word and the object identifier of a type that the caller names. */
export function nameType(value: unknown, name: string): { type: NameType; oid: string } {
  if (value === undefined) return { type: 'none', oid: '' }
  if (typeof value !== 'string') throw invalidArgType(name, 'of type string', value)
  const oid = Object.hasOwn(OIDS, value) ? OIDS[value] : undefined
  if (oid !== undefined) return { type: value, oid }
  if (value !== '' && isOid(value)) return { type: typeOfOid(value), oid: value }
  throw invalidArgValue(name, 'must be a name type or an object identifier', value)
}

/** The word for a name type's object identifier, else the identifier; 'none' for none. */
export function typeOfOid(oid: string): NameType {
  return WORDS.get(oid) ?? oid
}

export function oidOfType(type: string): string {
  return OIDS[type] ?? type
}

const ESCAPED: ReadonlySet<string> = new Set(['principal', 'enterprise', 'user'])

const DOWN_LEVEL =
  "Where this is a user of a Windows domain (DOMAIN\\user): write user@REALM, the domain's name in capitals, or give Name.enterprise('user@domain'). A backslash that belongs to the name is written twice."

/**
 * Refuses a backslash before what needs none: 'CORP\\alice' is what people type who mean a domain, and libkrb5 would take it for
 * CORPalice, and 'CORP\\nancy' for two lines. On Windows it parts domain and user.
 *
 * @throws GssError GSS_S_BAD_NAME
 */
export function checkEscapes(value: string | Uint8Array, type: NameType): void {
  if (isWindows || !ESCAPED.has(type)) return
  const text = typeof value === 'string' ? value : Buffer.from(value).toString('latin1')
  // Heimdal writes a space so.
  if (!/\\(?![\\@/ ])/.test(text.replaceAll('\\\\', ''))) return
  const detail = "a backslash escapes nothing there: it stands before '@', '/' or a second one only"
  throw new GssError({
    ...{ code: 'GSS_S_BAD_NAME', major: majorOfCode('GSS_S_BAD_NAME'), call: 'gss_import_name' },
    ...{ detail, hint: DOWN_LEVEL },
  })
}

const NOT_EXPORTED = 'the lengths inside this exported name do not add up (RFC 2743 section 3.2)'

/**
 * Checks an exported name before the library sees it, and says of which type it is.
 *
 * Quirk(mit): 1.20 aborts the process (assertion `cp == end`) on lengths that do not add up.
 *
 * @throws GssError GSS_S_BAD_NAME
 */
export function exportedType(token: Uint8Array): string {
  const type = framedType(token)
  if (type === undefined) throw refusalAs('GSS_S_BAD_NAME', NOT_EXPORTED, 'gss_import_name')
  return type
}

function framedType(token: Uint8Array): string | undefined {
  if (token.byteLength < 4 || token[0] !== 4) return undefined
  const view = new DataView(token.buffer, token.byteOffset, token.byteLength)
  const end = nameEnd(view)
  if (end === undefined) return undefined
  if (token[1] === 1) return end === token.byteLength ? OIDS['exported'] : undefined
  if (token[1] === 2) return attributesFit(view, end) ? COMPOSITE : undefined
  return undefined
}

/** Where the name part ends: 2 bytes TOK_ID, 2 length, OID with tag and length, 4 length, name. */
function nameEnd(view: DataView): number | undefined {
  const mechanismLength = view.getUint16(2)
  const nameLengthAt = 4 + mechanismLength
  if (mechanismLength < 3 || view.byteLength < nameLengthAt + 4) return undefined
  if (view.getUint8(4) !== 6 || view.getUint8(5) !== mechanismLength - 2) return undefined
  const end = nameLengthAt + 4 + view.getUint32(nameLengthAt)
  return end <= view.byteLength ? end : undefined
}
