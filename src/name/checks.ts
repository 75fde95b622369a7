/** What is checked of a name before the library sees it: its type, its escapes, an exported name's framing. */
import { invalidArgType, invalidArgValue } from '../base/argument-error'
import { attributesFit } from './composite'
import { GssError, majorOfCode, refusalAs } from '../base/errors'
import { isWindows } from '../mechanism/mechanism'
import { isOid } from '../base/options'
import { COMPOSITE, type NameType, oidOfType, oidOfWord, typeOfOid } from '../mechanism/name-types'

/** The word and the object identifier of a type that the caller names. */
export function nameType(value: unknown, name: string): { type: NameType; oid: string } {
  if (value === undefined) return { type: 'none', oid: '' }
  if (typeof value !== 'string') throw invalidArgType(name, 'of type string', value)
  const oid = oidOfWord(value)
  if (oid !== undefined) return { type: value, oid }
  if (value !== '' && isOid(value)) return { type: typeOfOid(value), oid: value }
  throw invalidArgValue(name, 'must be a name type or an object identifier', value)
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

const EXPORTED = oidOfType('exported')

function framedType(token: Uint8Array): string | undefined {
  if (token.byteLength < 4 || token[0] !== 4) return undefined
  const view = new DataView(token.buffer, token.byteOffset, token.byteLength)
  const end = nameEnd(view)
  if (end === undefined) return undefined
  if (token[1] === 1) return end === token.byteLength ? EXPORTED : undefined
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
