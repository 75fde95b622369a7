/** Mechanisms that stand in tokens, by name. */
const NAMES: Readonly<Record<string, string>> = {
  '1.2.840.113554.1.2.2': 'krb5',
  '1.2.840.113554.1.2.2.3': 'krb5 user-to-user',
  '1.2.840.48018.1.2.2': 'krb5, as Microsoft miscounted it',
  '1.3.5.1.5.2': 'krb5, before RFC 1964',
  '1.3.6.1.5.2.5': 'iakerb',
  '1.3.6.1.5.5.2': 'spnego',
  '1.3.6.1.4.1.311.2.2.10': 'ntlm',
  '1.3.6.1.4.1.311.2.2.30': 'negoex',
}

export const SPNEGO = '1.3.6.1.5.5.2'

const nameOf = (oid: string) => (Object.hasOwn(NAMES, oid) ? NAMES[oid] : undefined)

/** '1.2.840.113554.1.2.2 (krb5)' */
export function mechanismText(oid: string): string {
  const name = nameOf(oid)
  return name === undefined ? oid : `${oid} (${name})`
}

/** Whether its tokens begin with a TOK_ID and go on with a Kerberos message. */
export function isKerberos(oid: string): boolean {
  return /^(?:krb5|iakerb)/.test(nameOf(oid) ?? '')
}
