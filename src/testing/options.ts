import * as checks from './checks'
import { checkEncryptionType, checkPrincipal, checkService } from './names'
import { checkPrincipalOptions, type PrincipalOptions } from './principal'

/** A relation's value in krb5.conf or kdc.conf. */
export type RelationValue = string | number | boolean

/** What {@link Realm.create} takes. Everything is optional. */
export interface RealmOptions {
  /** The realm's name. Default `'EXAMPLE.TEST'`. */
  realm?: string
  /** Principals by name: a password, `true` for a random key, or {@link PrincipalOptions}. */
  principals?: Record<string, string | true | PrincipalOptions>
  /**
   * Services, as `'HTTP@server.example.test'` or `'HTTP/server.example.test'`: each has a random key,
   * which is in the service keytab.
   */
  services?: string[]
  /**
   * Encryption types by MIT's names, the preferred one first: the KDC makes keys of these, and
   * clients and services accept only these. Weak ones (`arcfour-hmac`, `des3-cbc-sha1`) are allowed
   * by being listed. Default: MIT's own.
   */
  encryptionTypes?: string[]
  /** Seconds that a ticket lives at most, and unless asked otherwise. Default 86400 (a day). */
  ticketLifetime?: number
  /**
   * Seconds for which tickets are renewable, asked for by default. Unless given, kinit asks for no
   * renewable ticket, and may be granted one of up to 7 days.
   */
  renewLifetime?: number
  /** Whether kinit asks for forwardable tickets (delegation needs them). Default `true`. */
  forwardable?: boolean
  /** Relations of krb5.conf's [libdefaults], by name; they win over this package's own. */
  libdefaults?: Record<string, RelationValue>
  /** Relations of the realm in kdc.conf, by name; they win over this package's own. */
  kdc?: Record<string, RelationValue>
  /** Text put after krb5.conf's own, for whole sections: `'[capaths]\n ...'`. */
  krb5Conf?: string
  /** Text put after kdc.conf's own, for whole sections: `'[dbmodules]\n ...'`. */
  kdcConf?: string
  /**
   * The KDC's port on 127.0.0.1. Default: a random one that is free, from 10240 to 21503; realms use
   * up to 32767 to reserve them, so a port of one's own is best below 10240.
   */
  port?: number
  /**
   * Seconds by which the KDC's clock is ahead of this machine's (behind, if negative), for tests of
   * clock skew. Needs libfaketime (Debian: the package faketime). Default 0.
   */
  clockOffset?: number
  /**
   * Where krb5kdc, kdb5_util, kadmin.local and kinit are searched. Default: PATH, then the places
   * where systems put them.
   */
  searchPath?: string[]
}

/** {@link RealmOptions}, checked, with defaults in place. */
export interface Settings {
  realm: string
  principals: [string, PrincipalOptions][]
  services: string[]
  encryptionTypes: string[] | undefined
  ticketLifetime: number
  renewLifetime: number | undefined
  forwardable: boolean
  libdefaults: Record<string, RelationValue>
  kdc: Record<string, RelationValue>
  krb5Conf: string
  kdcConf: string
  port: number | undefined
  clockOffset: number
  searchPath: string[] | undefined
}

const DAY = 86400
const KEYS = [
  'realm principals services encryptionTypes ticketLifetime renewLifetime forwardable',
  'libdefaults kdc krb5Conf kdcConf port clockOffset searchPath',
].flatMap((line) => line.split(' '))

function checkRealmName(name: string, value: unknown): string {
  const text = checks.checkText(name, value)
  if (!/^[\w.-]+$/.test(text)) throw checks.invalidValue(name, 'a realm name', text)
  return text
}

function checkPrincipals(name: string, value: unknown): [string, PrincipalOptions][] {
  return Object.entries(checks.checkObject(name, value)).map(([principal, options]) => [
    checkPrincipal(name, principal),
    checkPrincipalOptions(`${name}[${JSON.stringify(principal)}]`, options),
  ])
}

function checkRelation(name: string, key: string, value: unknown): RelationValue {
  if (!/^[\w-]+$/.test(key)) throw checks.invalidValue(name, 'names of relations', key)
  if (typeof value === 'number' || typeof value === 'boolean') return value
  if (typeof value === 'string') return checks.checkText(`${name}.${key}`, value)
  throw checks.invalidType(`${name}.${key}`, 'a string, a number or a boolean', value)
}

function checkRelations(name: string, value: unknown): Record<string, RelationValue> {
  const relations = Object.entries(checks.checkObject(name, value))
  return Object.fromEntries(relations.map(([key, v]) => [key, checkRelation(name, key, v)]))
}

function checkParagraph(name: string, value: unknown): string {
  if (typeof value !== 'string') throw checks.invalidType(name, 'a string', value)
  if (value.includes('\0')) throw checks.invalidValue(name, 'text', value)
  return value
}

/** Checks what the user gave. Throws a TypeError with Node's codes that names the option. */
export function checkOptions(options: unknown): Settings {
  const given = checks.checkKnown('options', options, KEYS)
  function option<T>(key: string, check: (name: string, value: unknown) => T): T | undefined {
    return checks.optional(`options.${key}`, given[key], check)
  }
  const offset = (name: string, v: unknown) => checks.checkInteger(name, v, -(2 ** 31), 2 ** 31)
  return {
    realm: option('realm', checkRealmName) ?? 'EXAMPLE.TEST',
    principals: option('principals', checkPrincipals) ?? [],
    services: option('services', (name, v) => checks.checkList(name, v, checkService)) ?? [],
    encryptionTypes: option('encryptionTypes', checkEncryptionTypes),
    ticketLifetime: option('ticketLifetime', checks.checkSeconds) ?? DAY,
    renewLifetime: option('renewLifetime', checks.checkSeconds),
    forwardable: option('forwardable', checks.checkBoolean) ?? true,
    libdefaults: option('libdefaults', checkRelations) ?? {},
    kdc: option('kdc', checkRelations) ?? {},
    krb5Conf: option('krb5Conf', checkParagraph) ?? '',
    kdcConf: option('kdcConf', checkParagraph) ?? '',
    port: option('port', (name, v) => checks.checkInteger(name, v, 1, 65535)),
    clockOffset: option('clockOffset', offset) ?? 0,
    searchPath: option('searchPath', (name, v) => checks.checkList(name, v, checks.checkText)),
  }
}

/** A list of encryption types that is not empty: MIT would take an empty one for "none at all". */
export function checkEncryptionTypes(name: string, value: unknown): string[] {
  const types = checks.checkList(name, value, checkEncryptionType)
  if (types.length === 0) throw checks.invalidValue(name, 'at least one encryption type', types)
  return types
}
