/** The mechanisms that the library has, and what it says about them. */
import { invalidArgType, invalidArgValue } from '../base/argument-error'
import { toGssError } from '../base/errors'
import { type Mechanism, mechanismName, mechanismOid } from './mechanism'
import { type NameType, typeOfOid } from './name-types'
import { addon, type NativeMechanism } from '../native'
import { isOid, nonEmptyText, optionsOf } from '../base/options'

/** RFC 5587 §3.1: 1.3.6.1.5.5.13.N, in the order of N from 1; the last is MIT's. */
const ATTRIBUTES = (
  'MECH_CONCRETE MECH_PSEUDO MECH_COMPOSITE MECH_NEGO MECH_GLUE NOT_MECH DEPRECATED ' +
  'NOT_DFLT_MECH ITOK_FRAMED AUTH_INIT AUTH_TARG AUTH_INIT_INIT AUTH_TARG_INIT AUTH_INIT_ANON ' +
  'AUTH_TARG_ANON DELEG_CRED INTEG_PROT CONF_PROT MIC WRAP PROT_READY REPLAY_DET OOS_DET ' +
  'CBINDINGS PFS COMPRESS CTX_TRANS NEGOEX_AND_SPNEGO'
).split(' ')

const ATTRIBUTE_ARC = '1.3.6.1.5.5.13.'
const PREFIX = 'GSS_C_MA_'

/** 'GSS_C_MA_MECH_CONCRETE' for RFC 5587's attributes; others stay object identifiers. */
export function attributeName(oid: string): string {
  if (!oid.startsWith(ATTRIBUTE_ARC)) return oid
  const name = ATTRIBUTES[Number(oid.slice(ATTRIBUTE_ARC.length)) - 1]
  return name === undefined ? oid : PREFIX + name
}

/** The object identifier of an attribute that the caller names, by its name or the identifier itself. */
export function attributeOid(value: unknown, argument: string): string {
  if (typeof value !== 'string') throw invalidArgType(argument, 'of type string', value)
  const index = value.startsWith(PREFIX) ? ATTRIBUTES.indexOf(value.slice(PREFIX.length)) : -1
  if (index >= 0) return `${ATTRIBUTE_ARC}${index + 1}`
  if (isOid(value)) return value
  throw invalidArgValue(argument, "must be 'GSS_C_MA_…' of RFC 5587 or an object identifier", value)
}

function attributeOids(value: unknown, argument: string): string[] {
  if (value === undefined) return []
  if (!Array.isArray(value)) throw invalidArgType(argument, 'an instance of Array', value)
  return value.map((each: unknown, index) => attributeOid(each, `${argument}[${index}]`))
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

/** The further information about one mechanism. */
export interface MechanismDetails extends MechanismInfo {
  /** The attributes that the mechanism knows, whether it has them or not; about others it says nothing. */
  knownAttributes: string[]
  /** The types of names that it takes (gss_inquire_names_for_mech); empty where it does not say. */
  nameTypes: NameType[]
}

/** Selects mechanisms by RFC 5587's attributes: 'GSS_C_MA_AUTH_INIT', or object identifiers. */
export interface MechanismFilter {
  /** Only mechanisms with all of these. */
  desired?: string[] | undefined
  /** None that has one of these. */
  except?: string[] | undefined
  /** Only mechanisms that know what each of these means, had or not. */
  critical?: string[] | undefined
}

/** An attribute of mechanisms, for people. */
export interface MechanismAttribute {
  /** 'GSS_C_MA_AUTH_INIT', or the object identifier where it has no name here. */
  attribute: string
  oid: string
  /** The library's name of it: mostly as `attribute`. */
  name: string
  /** A few words in English, and a sentence. */
  shortDescription: string
  longDescription: string
}

function infoOf(each: NativeMechanism): MechanismInfo {
  return {
    mechanism: each.oid === '' ? each.name : mechanismName(each.oid),
    oid: each.oid,
    name: each.name,
    description: each.description,
    saslName: each.saslName,
    attributes: each.attributes.map(attributeName),
  }
}

function told<T>(ask: () => T): T {
  try {
    return ask()
  } catch (thrown) {
    throw toGssError(thrown)
  }
}

/**
 * The mechanisms that the library has (gss_indicate_mechs; RFC 5801's gss_inquire_saslname_for_mech,
 * RFC 5587's gss_inquire_attrs_for_mech). The list includes mechanisms that answer none of these calls.
 *
 * @param filter selects by attributes (RFC 5587's gss_indicate_mechs_by_attrs): then only mechanisms that say which
 *   they have
 * @throws GssError ERR_GSS_LIBRARY_NOT_FOUND; with a filter ERR_GSS_UNSUPPORTED where the library cannot select
 */
export function mechanisms(filter?: MechanismFilter): MechanismInfo[] {
  const given = optionsOf(filter, ['desired', 'except', 'critical'], 'filter')
  const desired = attributeOids(given.desired, 'filter.desired')
  const except = attributeOids(given.except, 'filter.except')
  const critical = attributeOids(given.critical, 'filter.critical')
  return told(() => addon().mechanisms(desired, except, critical)).map(infoOf)
}

/**
 * Returns one mechanism, as in {@link mechanisms}, with the attributes that it knows and the types of names that it accepts
 * (gss_inquire_names_for_mech). A member that the mechanism does not answer is empty.
 *
 * @throws GssError GSS_S_BAD_MECH where the library does not have it
 */
export function describeMechanism(mechanism: Mechanism): MechanismDetails {
  const oid = mechanismOid(mechanism, 'mechanism')
  const details = told(() => addon().describeMechanism(oid))
  return {
    ...infoOf(details),
    knownAttributes: details.knownAttributes.map(attributeName),
    nameTypes: [...new Set(details.nameTypes.map(typeOfOid))],
  }
}

/**
 * What an attribute of mechanisms means (RFC 5587's gss_display_mech_attr).
 *
 * @param attribute 'GSS_C_MA_AUTH_INIT', or an object identifier
 * @throws GssError GSS_S_BAD_MECH_ATTR where the library does not know it, ERR_GSS_UNSUPPORTED (Windows)
 */
export function describeMechanismAttribute(attribute: string): MechanismAttribute {
  const oid = attributeOid(attribute, 'attribute')
  const [name, shortDescription, longDescription] = told(() => addon().describeAttribute(oid))
  return { attribute: attributeName(oid), oid, name, shortDescription, longDescription }
}

/**
 * The mechanism that a SASL mechanism of the GS2 family stands for (RFC 5801's gss_inquire_mech_for_saslname); the
 * other way round it is {@link MechanismInfo.saslName}.
 *
 * @param saslName 'GS2-KRB5', without '-PLUS'
 * @throws GssError GSS_S_BAD_MECH where there is none, ERR_GSS_UNSUPPORTED
 */
export function mechanismOfSaslName(saslName: string): Mechanism {
  const name = nonEmptyText(saslName, 'saslName')
  return mechanismName(told(() => addon().mechanismOfSaslName(name)))
}
