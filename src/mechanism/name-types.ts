/** Name types by word and by object identifier. */

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

/** The word for a name type's object identifier, else the identifier; 'none' for none. */
export function typeOfOid(oid: string): NameType {
  return WORDS.get(oid) ?? oid
}

/** The object identifier for one of the words; '' for 'none', undefined where it is no such word. */
export function oidOfWord(word: string): string | undefined {
  return Object.hasOwn(OIDS, word) ? OIDS[word] : undefined
}

export function oidOfType(type: NameType): string {
  return oidOfWord(type) ?? type
}
