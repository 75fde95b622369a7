/** Names of users and services. */
import { inspect } from 'node:util'
import { abortable, type AsyncOptions } from '../base/abort'
import { illegalConstructor, invalidArgType, invalidArgValue } from '../base/argument-error'
import { type Bytes, copied, isBytes, TEXT_OR_BYTES } from '../base/bytes'
import { markCopy } from '../base/copy'
import { GssError, refusalAs, toGssError } from '../base/errors'
import {
  KRB5,
  type Mechanism,
  MECHANISM_OPTIONS,
  mechanismName,
  type MechanismOptions,
  optionalMechanismOid,
} from '../mechanism/mechanism'
import {
  attributesOf,
  deleteAttribute,
  exportComposite,
  getAttribute,
  mechanismOfName,
  type NameAttribute,
  setAttribute,
  type SetAttributeOptions,
} from './attributes'
import { checkEscapes, exportedType, nameType } from './checks'
import { type NameType, oidOfType, typeOfOid } from '../mechanism/name-types'
import { addon, type NativeName } from '../native'
import { abortSignal, flag, nonEmptyText, optionsOf, signalOption, uint32 } from '../base/options'
import { printable } from '../base/printable'

const KEY = Symbol('Name')

/** @internal Throws unless it is a Name of this copy of the package. */
export let nativeName: (value: unknown, argument: string) => NativeName
/** @internal */
export let nameFromNative: (native: NativeName) => Name
/** @internal */
export let isName: (value: unknown) => value is Name

const MAKERS = 'Name.service(), Name.principal() and the other static methods'

/**
 * A name of a user or service. Immutable except for its attributes. The static methods make names; each gives the text a
 * meaning (RFC 2743 §4, gss_import_name). Making a name contacts no KDC and no DNS server.
 *
 * Every static method throws
 * - TypeError ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE (empty, a NUL character, a lone surrogate),
 *   RangeError ERR_OUT_OF_RANGE (longer than 64 KiB)
 * - GssError GSS_S_BAD_NAME, GSS_S_BAD_NAMETYPE where the library refuses it, ERR_GSS_LIBRARY_NOT_FOUND;
 *   GSS_S_BAD_NAME, except on Windows, for a backslash in a principal's or user's name that escapes nothing ('CORP\alice')
 */
export class Name {
  readonly #native: NativeName
  #type: NameType | undefined
  /** The text it was made from; null where the library made it. */
  readonly #given: string | null
  #text: string | undefined

  static {
    markCopy(this.prototype)
    isName = (value): value is Name =>
      typeof value === 'object' && value !== null && #native in value
    nativeName = (value, argument) => {
      if (!isName(value)) throw invalidArgType(argument, 'an instance of Name', value)
      return value.#native
    }
    nameFromNative = (native) => new Name(KEY, native, undefined, null)
  }

  /** @internal */
  private constructor(
    key: symbol,
    native: NativeName,
    type: NameType | undefined,
    given: string | null,
  ) {
    if (key !== KEY) throw illegalConstructor('Name', MAKERS)
    this.#native = native
    this.#type = type
    this.#given = given
  }

  static #import(value: string | Uint8Array, type: NameType, oid = oidOfType(type)): Name {
    const given = typeof value === 'string' ? value : null
    const encoded = typeof value === 'string' ? Buffer.from(value) : value
    checkEscapes(value, type)
    try {
      return new Name(KEY, addon().importName(encoded, oid), type, given)
    } catch (thrown) {
      throw toGssError(thrown)
    }
  }

  /**
   * A service on a host (GSS_C_NT_HOSTBASED_SERVICE): `Name.service('HTTP', 'www.example.com')` or, in
   * one string, `Name.service('HTTP@www.example.com')`. Without a host: this machine's.
   */
  static service(service: string, host?: string): Name {
    const name = nonEmptyText(service, 'service')
    if (host === undefined) return Name.#import(name, 'service')
    if (name.includes('@')) {
      throw invalidArgValue('service', "must not contain '@' where a host is given", name)
    }
    return Name.#import(`${name}@${nonEmptyText(host, 'host')}`, 'service')
  }

  /** A Kerberos principal (GSS_KRB5_NT_PRINCIPAL_NAME): 'alice@REALM', 'HTTP/host@REALM'; without a realm: the default realm. */
  static principal(principal: string): Name {
    return Name.#import(nonEmptyText(principal, 'principal'), 'principal')
  }

  /** A user principal name of Active Directory, 'alice@example.com' (GSS_KRB5_NT_ENTERPRISE_NAME), which a KDC turns into a principal. */
  static enterprise(upn: string): Name {
    return Name.#import(nonEmptyText(upn, 'upn'), 'enterprise')
  }

  /** A user of this machine by name (GSS_C_NT_USER_NAME). */
  static user(user: string): Name {
    return Name.#import(nonEmptyText(user, 'user'), 'user')
  }

  /** A user of this machine by number, 0 to 4294967295 (GSS_C_NT_MACHINE_UID_NAME). */
  static uid(uid: number): Name {
    const number = uint32(uid, 'uid')
    const name = Name.#import(new Uint8Array(new Uint32Array([number]).buffer), 'uid')
    name.#text = String(number) // the library would show the four bytes as they are
    return name
  }

  /** A user of this machine by number in decimal digits (GSS_C_NT_STRING_UID_NAME). */
  static uidString(uid: string): Name {
    const digits = nonEmptyText(uid, 'uid')
    if (!/^\d+$/.test(digits)) throw invalidArgValue('uid', 'must be decimal digits', digits)
    return Name.#import(digits, 'uidString')
  }

  /** Nobody (GSS_C_NT_ANONYMOUS, RFC 2743 §1.2.5). */
  static anonymous(): Name {
    return Name.#import('', 'anonymous')
  }

  /**
   * What {@link Name.export} or {@link Name.exportComposite} returned, here or elsewhere (GSS_C_NT_EXPORT_NAME, RFC
   * 2743 §3.2; with attributes RFC 6680's GSS_C_NT_COMPOSITE_EXPORT). Its inner lengths are checked first.
   *
   * The method trusts the attributes of a composite name, including the claim that they are authenticated: accept such a token
   * only from a process that you would let write them.
   *
   * @throws GssError GSS_S_BAD_NAME
   */
  static exported(token: Bytes): Name {
    const bytes = copied(token, 'token')
    return Name.#import(bytes, 'exported', exportedType(bytes))
  }

  /**
   * A name of any type; without a type, the mechanism decides what the text means (GSS_C_NO_OID).
   *
   * @param type a word, or a name type's object identifier
   */
  static import(value: string | Bytes, type?: NameType): Name {
    const { type: word, oid } = nameType(type, 'type')
    if (word === 'exported') return Name.exported(value as Bytes)
    if (word === 'anonymous') return Name.anonymous()
    if (typeof value === 'string') return Name.#importText(value, word, oid)
    if (isBytes(value)) return Name.#import(copied(value, 'value'), word, oid)
    throw invalidArgType('value', TEXT_OR_BYTES, value)
  }

  static #importText(value: string, type: NameType, oid: string): Name {
    const checked = nonEmptyText(value, 'value')
    if (type === 'uidString') return Name.uidString(checked)
    if (type !== 'uid') return Name.#import(checked, type, oid)
    // Digits alone: what else Number takes ('0x0', ' ') is nobody's way to name a user, root least of all.
    return Name.uid(/^\d+$/.test(checked) ? Number(checked) : NaN)
  }

  /** The type that the name was made with; for a name from the library, the type that the library reports. */
  get type(): NameType {
    if (this.#type === undefined) this.#display()
    return this.#type ?? 'none'
  }

  #display(): string {
    try {
      const shown = addon().displayName(this.#native)
      this.#type ??= typeOfOid(shown.type)
      return shown.text
    } catch (thrown) {
      throw toGssError(thrown)
    }
  }

  /** Returns the name as the library writes it (gss_display_name); two equal names may have different texts. */
  toString(): string {
    this.#text ??= this.#display()
    return this.#text
  }

  /** The text: so JSON and logs show the name. */
  toJSON(): string {
    return this.toString()
  }

  /** Returns whether both names mean the same (gss_compare_name); false if the library cannot compare them. */
  equals(other: Name): boolean {
    const native = nativeName(other, 'other')
    try {
      return addon().compareNames(this.#native, native)
    } catch (thrown) {
      throw toGssError(thrown)
    }
  }

  /**
   * Returns the service in Windows' form, a service principal name: 'HTTP/host', with a realm 'HTTP/host@REALM'.
   * For a service with a host, or a principal of two or three parts ('ldap/dc1.example.com/example.com').
   *
   * @throws GssError GSS_S_BAD_NAMETYPE where the name is of no service on a host
   */
  toSpn(realm?: string): string {
    const suffix = realm === undefined ? '' : `@${nonEmptyText(realm, 'realm')}`
    const spn = spnOf(this.type, this.#given ?? this.toString())
    if (spn !== undefined) return spn + suffix
    throw refusalAs('GSS_S_BAD_NAMETYPE', 'the name is of no service on a host', 'toSpn')
  }

  /**
   * The mechanism's own form of the name (gss_canonicalize_name), which can be exported. May ask DNS.
   *
   * @param options `mechanism`: default krb5
   */
  async canonicalize(options?: MechanismOptions): Promise<Name> {
    const { mechanism, signal } = optionsOf(options, MECHANISM_OPTIONS)
    const oid = optionalMechanismOid(mechanism, 'options.mechanism', KRB5)
    const native = addon()
    return abortable(native, abortSignal(signal), (job) =>
      native.canonicalizeName(this.#native, oid, job).then(nameFromNative),
    )
  }

  /**
   * The name as flat bytes for access control lists (gss_export_name, RFC 2743 §3.2): equal names of one
   * mechanism give equal bytes.
   *
   * @throws GssError GSS_S_NAME_NOT_MN where it is not of a mechanism: {@link canonicalize} first
   */
  export(): Buffer {
    try {
      return addon().exportName(this.#native)
    } catch (thrown) {
      throw toGssError(thrown)
    }
  }

  /**
   * The user of this machine that the name stands for (gss_localname; krb5: auth_to_local).
   *
   * Rejects with GssError GSS_S_UNAUTHORIZED, GSS_S_UNAVAILABLE or GSS_S_FAILURE where there is none.
   *
   * @param options `mechanism`: default the library's choice
   */
  async localName(options?: MechanismOptions): Promise<string> {
    const { mechanism, signal } = optionsOf(options, MECHANISM_OPTIONS)
    const oid = optionalMechanismOid(mechanism, 'options.mechanism', '')
    const native = addon()
    return abortable(native, abortSignal(signal), (job) => native.localName(this.#native, oid, job))
  }

  /**
   * Returns whether the name may act as a user of this machine (gss_authorize_localname; krb5: the user's ~/.k5login, else
   * auth_to_local). The name must be a mechanism's own, as a context's names are; {@link canonicalize} others first.
   *
   * @param user a user's name; a string is one (`Name.user()`)
   * @throws GssError GSS_S_FAILURE where the name is of no mechanism, GSS_S_BAD_NAMETYPE where `user` is no user,
   *   ERR_GSS_UNSUPPORTED (Windows)
   */
  async authorizeLocalName(user: Name | string, options?: AsyncOptions): Promise<boolean> {
    const account = typeof user === 'string' ? Name.user(user) : checkedName(user, 'user')
    const native = addon()
    return abortable(native, signalOption(options), (job) =>
      native.authorizeLocalName(this.#native, account.#native, job),
    )
  }

  /**
   * The mechanism that the name belongs to, so that the name can be exported and has attributes (gss_inquire_name's
   * name_is_MN and MN_mech); null for a name of no mechanism, before {@link canonicalize}.
   *
   * @throws GssError ERR_GSS_UNSUPPORTED
   */
  get mechanism(): Mechanism | null {
    const oid = mechanismOfName(this.#native)
    return oid === '' ? null : mechanismName(oid)
  }

  /**
   * The mechanisms that accept names of this type (gss_inquire_mechs_for_name). A mechanism that does not say is left out.
   *
   * @throws GssError ERR_GSS_UNSUPPORTED
   */
  mechanisms(): Mechanism[] {
    try {
      return addon().mechanismsForName(this.#native).map(mechanismName)
    } catch (thrown) {
      throw toGssError(thrown)
    }
  }

  /**
   * Returns the name as text of another type (RFC 6680 §7.2, gss_display_name_ext). MIT 1.20 supports only the type
   * that the name already has.
   *
   * @param type a word, or a name type's object identifier
   * @throws GssError GSS_S_UNAVAILABLE where there is no such text, ERR_GSS_UNSUPPORTED
   */
  displayAs(type: NameType): string {
    const { oid } = nameType(type, 'type')
    if (oid === '') throw invalidArgValue('type', 'must be a name type', type)
    try {
      return addon().displayNameAs(this.#native, oid)
    } catch (thrown) {
      throw toGssError(thrown)
    }
  }

  /**
   * Returns the attributes that the name has (RFC 6680 §7.4, gss_inquire_name). The initiator's name in an acceptor's context
   * has those of the ticket: 'urn:mspac:logon-info' from Active Directory's PAC, 'auth-indicators'. Empty for a name of no
   * mechanism.
   *
   * @throws GssError GSS_S_UNAVAILABLE where the mechanism has none, ERR_GSS_UNSUPPORTED
   */
  attributes(): string[] {
    return attributesOf(this.#native)
  }

  /**
   * Returns one attribute with all its values (RFC 6680 §7.5, gss_get_name_attribute). Check `authenticated` before you
   * grant anything because of it.
   *
   * @param attribute a name that {@link attributes} returned
   * @throws GssError GSS_S_UNAVAILABLE where the name has no such attribute, ERR_GSS_UNSUPPORTED
   */
  getAttribute(attribute: string): NameAttribute {
    return getAttribute(this.#native, attribute)
  }

  /**
   * Adds a value to an attribute (RFC 6680 §7.6, gss_set_name_attribute); for several values call it several times.
   * It changes this name. A value set by hand is never authenticated, and afterwards nothing of MIT's PAC can be read.
   *
   * @param value text is UTF-8; at most 16 MiB
   * @throws GssError GSS_S_UNAVAILABLE where the mechanism has no such attribute or it cannot be set, GSS_S_FAILURE,
   *   ERR_GSS_UNSUPPORTED
   */
  setAttribute(attribute: string, value: Bytes | string, options?: SetAttributeOptions): void {
    const complete = flag(optionsOf(options, ['complete']).complete, 'options.complete', false)
    setAttribute(this.#native, attribute, value, complete)
  }

  /**
   * Removes an attribute with all its values (RFC 6680 §7.7, gss_delete_name_attribute). It changes this name.
   *
   * @throws as {@link setAttribute}
   */
  deleteAttribute(attribute: string): void {
    deleteAttribute(this.#native, attribute)
  }

  /**
   * The name with its attributes as bytes (RFC 6680 §7.8, gss_export_name_composite), for {@link Name.exported} in
   * another process of yours with the same library; not to be compared.
   *
   * @throws GssError GSS_S_UNAVAILABLE where it is of no mechanism, ERR_GSS_UNSUPPORTED
   */
  exportComposite(): Buffer {
    return exportComposite(this.#native)
  }

  /** @internal */
  [inspect.custom](): string {
    if (!isName(this)) return '[Name]'
    try {
      return `Name(${this.type}) ${printable(inspect(this.#given ?? this.toString()))}`
    } catch (error) {
      if (error instanceof GssError) return 'Name(unreadable)'
      throw error
    }
  }
}

function spnOf(type: NameType, name: string): string | undefined {
  if (type === 'service') return /^([^@]+)@([^@]+)$/.exec(name)?.slice(1).join('/')
  if (type !== 'principal') return undefined
  // The parts up to the realm; one with an escape in it holds what would part a service principal name.
  return /^([^/@\\]+(?:\/[^/@\\]+){1,2})(?:@|$)/.exec(name)?.[1]
}

/** The one rule for a string as a target or an acceptor: with '/' a principal, else host-based. */
export function targetName(value: unknown, argument: string): Name {
  if (typeof value !== 'string') return checkedName(value, argument)
  const name = nonEmptyText(value, argument)
  return name.includes('/') ? Name.principal(name) : Name.service(name)
}

/** A string as an initiator: a principal. */
export function initiatorName(value: unknown, argument: string): Name {
  if (typeof value !== 'string') return checkedName(value, argument)
  return Name.principal(nonEmptyText(value, argument))
}

function checkedName(value: unknown, argument: string): Name {
  if (!isName(value)) {
    throw invalidArgType(argument, 'of type string or an instance of Name', value)
  }
  return value
}
