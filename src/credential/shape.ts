/**
 * The shape of MIT's exported credentials, looked at byte by byte: no text is made of what may be a key or a password.
 * Quirk(mit): 1.20's `gss_import_cred` (krb5/import_cred.c) follows null pointers where a member of krb5's part is
 * missing that its `gss_export_cred` (krb5/export_cred.c) always writes, or stands without another.
 *
 * Layout: for each mechanism the length of its object identifier (4 bytes, big-endian), the identifier, the length of
 * the mechanism's token, the token. krb5's is JSON without spaces; SPNEGO's is again such a sequence.
 */
import { oidText } from '../encoding/der'
import {
  base64,
  boolean,
  integer,
  isNull,
  list,
  members,
  nothing,
  or,
  type Rule,
  text,
  tuple,
  word,
} from '../encoding/json-shape'

const SPNEGO = '1.3.6.1.5.5.2'
/** krb5, by its older identifiers too, and IAKERB, whose credentials are krb5's. */
const KRB5 = new Set([
  '1.2.840.113554.1.2.2',
  '1.3.6.1.5.2.5',
  '1.3.5.1.5.2',
  '1.2.840.48018.1.2.2',
])

const optionalText = or(nothing, text)
const typed = tuple(integer, base64)
/** A principal, and what a service's name was made of. */
const name = tuple(text, optionalText, optionalText)
const addressesOrData = or(nothing, list(typed))
const times = [integer, integer, integer, integer]
/** One ticket: client, server, key, times, whether for user-to-user, flags, addresses, tickets, authorization data. */
const ticket = tuple(
  ...[text, text, typed, ...times, boolean, integer],
  ...[addressesOrData, base64, base64, addressesOrData],
)
/** Its principal, and its tickets. */
const memoryCache = list(ticket, text)

const MEMBERS = [
  ['usage', integer],
  ['name', or(nothing, name)],
  ['impersonator', optionalText],
  ['defaultIdentity', boolean],
  ['iakerb', boolean],
  ['keytab', optionalText],
  ['rcache', optionalText],
  ['ccache', or(nothing, or(text, memoryCache))],
  ['clientKeytab', optionalText],
  ['haveTicket', boolean],
  ['expires', integer],
  ['refresh', integer],
  ['enctypes', or(nothing, list(integer))],
  ['password', optionalText],
] as const satisfies readonly (readonly [string, Rule])[]

type Member = (typeof MEMBERS)[number][0]

const BOTH = 0x30
const INITIATE = 0x31
const ACCEPT = 0x32

/** What must stand together: krb5's acquire_cred.c sets an initiator's name and cache both or neither. */
function isConsistent(bytes: Uint8Array, starts: number[]): boolean {
  const at = (member: Member) => starts[MEMBERS.findIndex(([each]) => each === member)] ?? -1
  const has = (member: Member) => !isNull(bytes, at(member))
  const usage = bytes[at('usage')]
  const initiates = usage === BOTH || usage === INITIATE
  const accepts = usage === BOTH || usage === ACCEPT
  if (at('name') - at('usage') !== 2 || !(initiates || accepts)) return false // one digit, a comma
  if (accepts && !has('keytab')) return false
  return !initiates || (has('name') === has('ccache') && (has('name') || !has('password')))
}

/** krb5's part. A fifteenth member is of later versions: a one-time password. */
const credential = members([...MEMBERS.map(([, rule]) => rule)], text, isConsistent)
const krb5 = tuple(word('"K5C1"'), credential)

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
    if (KRB5.has(mechanism) && krb5(inner[0], 0) !== inner[0].length) return false
    if (mechanism === SPNEGO && (depth > 0 || !isMitCredential(inner[0], depth + 1))) return false
    at = inner[1]
  }
  return bytes.length > 0
}
