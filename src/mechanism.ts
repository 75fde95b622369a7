/** Mechanisms by name and by object identifier, and what the library has of them. */
import { invalidArgType, invalidArgValue } from './argument-error'
import { toGssError } from './errors'
import { addon, isWindows } from './native'
import { isOid } from './options'

/**
 * A mechanism's short name, or its object identifier in text: '1.2.840.113554.1.2.2'.
 *
 * - 'krb5': Kerberos 5 (RFC 4121)
 * - 'spnego': negotiation, mostly of Kerberos (RFC 4178); what HTTP Negotiate speaks
 * - 'iakerb': Kerberos whose KDC is reached through the acceptor
 * - 'ntlm': NTLM, where the library has it
 *
 * On Windows also a security package by its name: 'Kerberos', 'Negotiate' and 'NTLM' are the first, the second and the
 * last of these; others are SSPI's own ({@link mechanisms} lists them).
 */
export type Mechanism = 'krb5' | 'spnego' | 'iakerb' | 'ntlm' | (string & {})

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

/** The short name of an object identifier, else the identifier itself. */
export function mechanismName(oid: string): Mechanism {
  return NAMES.get(oid) ?? oid
}

/** RFC 5587 §3.1: 1.3.6.1.5.5.13.N, in the order of N from 1; the last is MIT's. */
const ATTRIBUTES = (
  'MECH_CONCRETE MECH_PSEUDO MECH_COMPOSITE MECH_NEGO MECH_GLUE NOT_MECH DEPRECATED ' +
  'NOT_DFLT_MECH ITOK_FRAMED AUTH_INIT AUTH_TARG AUTH_INIT_INIT AUTH_TARG_INIT AUTH_INIT_ANON ' +
  'AUTH_TARG_ANON DELEG_CRED INTEG_PROT CONF_PROT MIC WRAP PROT_READY REPLAY_DET OOS_DET ' +
  'CBINDINGS PFS COMPRESS CTX_TRANS NEGOEX_AND_SPNEGO'
).split(' ')

const ATTRIBUTE_ARC = '1.3.6.1.5.5.13.'

/** 'GSS_C_MA_MECH_CONCRETE' for RFC 5587's attributes; others stay object identifiers. */
export function attributeName(oid: string): string {
  if (!oid.startsWith(ATTRIBUTE_ARC)) return oid
  const name = ATTRIBUTES[Number(oid.slice(ATTRIBUTE_ARC.length)) - 1]
  return name === undefined ? oid : `GSS_C_MA_${name}`
}

/** What the library says about one mechanism. */
export interface MechanismInfo {
  /** The short name where there is one, else the object identifier. */
  mechanism: Mechanism
  /** The object identifier in text; '' for a package of Windows that has none. */
  oid: string
  /** RFC 5801 §10.1: 'krb5'; '' where the library does not say. */
  name: string
  /** For people, in English; '' where the library does not say. */
  description: string
  /** The SASL mechanism of the GS2 family, 'GS2-KRB5'; '' where there is none. */
  saslName: string
  /** RFC 5587: 'GSS_C_MA_AUTH_INIT' …; unknown ones as object identifiers. */
  attributes: string[]
}

/**
 * The mechanisms that the library has (gss_indicate_mechs; RFC 5801's gss_inquire_saslname_for_mech,
 * RFC 5587's gss_inquire_attrs_for_mech). A mechanism that answers none of these is listed all the same.
 *
 * @throws GssError ERR_GSS_LIBRARY_NOT_FOUND
 */
export function mechanisms(): MechanismInfo[] {
  try {
    return addon()
      .mechanisms()
      .map((each) => ({
        mechanism: each.oid === '' ? each.name : mechanismName(each.oid),
        oid: each.oid,
        name: each.name,
        description: each.description,
        saslName: each.saslName,
        attributes: each.attributes.map(attributeName),
      }))
  } catch (thrown) {
    throw toGssError(thrown)
  }
}
