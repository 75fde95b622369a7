/** Mechanisms by name and by object identifier. */
import type { AsyncOptions } from '../base/abort'
import { invalidArgType, invalidArgValue } from '../base/argument-error'
import { isWindows } from '../native'
import { isOid } from '../base/options'

/** For what makes names and judges them without the addon. */
export { isWindows }

/**
 * A mechanism's short name, or its object identifier in text: '1.2.840.113554.1.2.2'.
 *
 * - 'krb5': Kerberos 5 (RFC 4121)
 * - 'spnego': negotiation, mostly of Kerberos (RFC 4178); what HTTP Negotiate speaks
 * - 'iakerb': Kerberos whose KDC is reached through the acceptor
 * - 'ntlm': NTLM, where the library has it
 *
 * On Windows also a security package by its name: 'Kerberos', 'Negotiate' and 'NTLM' are the first, the second and the
 * last of these; others are SSPI's own (`mechanisms()` lists them).
 */
export type Mechanism = 'krb5' | 'spnego' | 'iakerb' | 'ntlm' | (string & {})

/** Options of an asynchronous call that may be about one mechanism. */
export interface MechanismOptions extends AsyncOptions {
  /** What is the default, each call says. */
  mechanism?: Mechanism | undefined
}

export const MECHANISM_OPTIONS = ['mechanism', 'signal'] as const

const OIDS: Readonly<Record<string, string>> = {
  krb5: '1.2.840.113554.1.2.2',
  spnego: '1.3.6.1.5.5.2',
  iakerb: '1.3.6.1.5.2.5',
  ntlm: '1.3.6.1.4.1.311.2.2.10',
}

/** What Windows calls them. */
const PACKAGES: Readonly<Record<string, string>> = {
  Kerberos: 'krb5',
  Negotiate: 'spnego',
  NTLM: 'ntlm',
}

const PACKAGE_NAME = /^[A-Za-z][\w .-]{0,255}$/

const NAMES: ReadonlyMap<string, string> = new Map(
  Object.entries(OIDS).map(([name, oid]) => [oid, name]),
)

export const KRB5 = '1.2.840.113554.1.2.2'

/** On Windows a package's name stands for itself, or for the mechanism that it is. */
function packageOid(value: string): string | undefined {
  if (!isWindows || !PACKAGE_NAME.test(value)) return undefined
  return Object.hasOwn(PACKAGES, value) ? OIDS[PACKAGES[value] ?? ''] : value
}

/** The object identifier of a mechanism that the caller names; on Windows it may be a package's name. */
export function mechanismOid(value: unknown, name: string): string {
  if (typeof value !== 'string') throw invalidArgType(name, 'of type string', value)
  const known = Object.hasOwn(OIDS, value) ? OIDS[value] : undefined
  if (known !== undefined) return known
  if (isOid(value)) return value
  const named = packageOid(value)
  if (named !== undefined) return named
  throw invalidArgValue(
    name,
    "must be 'krb5', 'spnego', 'iakerb', 'ntlm' or an object identifier",
    value,
  )
}

/** The same, or `otherwise` where it is undefined. */
export function optionalMechanismOid(value: unknown, name: string, otherwise: string): string {
  return value === undefined ? otherwise : mechanismOid(value, name)
}

export function mechanismOids(value: unknown, name: string): string[] {
  if (value === undefined) return []
  if (!Array.isArray(value)) throw invalidArgType(name, 'an instance of Array', value)
  return value.map((each: unknown, index) => mechanismOid(each, `${name}[${index}]`))
}

const GSSPROXY = '2.16.840.1.113730.3.8.15.1'

/**
 * gssproxy's module stands in krb5's place and gives its names its own object identifier; followed by a mechanism's
 * as it is encoded (its first two arcs, 1.2, are 42), it means that mechanism.
 */
function withoutProxy(oid: string): string {
  if (oid === GSSPROXY) return KRB5
  return oid.startsWith(`${GSSPROXY}.42.`) ? `1.2.${oid.slice(GSSPROXY.length + 4)}` : oid
}

/** The short name of an object identifier, else the identifier itself. */
export function mechanismName(oid: string): Mechanism {
  const own = oid.startsWith(GSSPROXY) ? withoutProxy(oid) : oid
  return NAMES.get(own) ?? own
}
