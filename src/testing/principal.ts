import * as checks from './checks'
import { checkEncryptionType } from './names'
import { quote } from './kadmin'

/** How a principal is made. Without a password it gets a random key. */
export interface PrincipalOptions {
  /** The password. {@link Realm.kinit} remembers it. */
  password?: string
  /** `true` is the same as giving no password; both together are refused. */
  randomKey?: boolean
  /** kadmin's attributes: `'+requires_preauth'`, `'-allow_forwardable'`, `'+ok_as_delegate'`. */
  attributes?: string[]
  /** Encryption types of its keys, by MIT's names. Default: the realm's. */
  encryptionTypes?: string[]
  /** Seconds that its tickets live at most. Default: the realm's. */
  maxLife?: number
  /** Seconds for which its tickets are renewable at most. Default: the realm's. */
  maxRenewLife?: number
}

/** How a service is made: a principal with a random key, which goes into a keytab. */
export interface ServiceOptions extends Omit<PrincipalOptions, 'password' | 'randomKey'> {
  /** The keytab's path; `false` for none. Default: the realm's service keytab. */
  keytab?: string | false
}

/** How keys are changed. */
export interface KeyChangeOptions {
  /** The path of a keytab to which the new keys are added. Default: none. */
  keytab?: string
  /** Whether the KDC keeps the old keys beside the new ones. Default `false`. */
  keepOld?: boolean
}

const OF_ALL = ['attributes', 'encryptionTypes', 'maxLife', 'maxRenewLife']
const KEYS = ['password', 'randomKey', ...OF_ALL]
const SERVICE_KEYS = ['keytab', ...OF_ALL]

function checkAttribute(name: string, value: unknown): string {
  const text = checks.checkText(name, value)
  if (!/^[+-][a-z0-9_]+$/.test(text)) {
    throw checks.invalidValue(name, "an attribute such as '+requires_preauth'", text)
  }
  return text
}

function checkKeySource(name: string, given: Record<string, unknown>): void {
  const password = checks.optional(`${name}.password`, given['password'], checks.checkSecret)
  const random = checks.optional(`${name}.randomKey`, given['randomKey'], checks.checkBoolean)
  const both = random === true && password !== undefined
  const neither = random === false && password === undefined
  if (both || neither) {
    throw checks.invalidSecret(name, 'either a password or randomKey: true')
  }
}

/** Checks a password, `true` or {@link PrincipalOptions}, and gives the last form. */
export function checkPrincipalOptions(name: string, value: unknown): PrincipalOptions {
  if (value === true) return checks.bare({})
  if (typeof value === 'string') return checks.bare({ password: checks.checkSecret(name, value) })
  if (typeof value !== 'object' || value === null) {
    throw checks.invalidType(name, 'a password, true or an object', value)
  }
  const given = checks.checkKnown(name, value, KEYS)
  checkKeySource(name, given)
  for (const [key, check] of [
    ['attributes', checkAttribute],
    ['encryptionTypes', checkEncryptionType],
  ] as const) {
    checks.optional(`${name}.${key}`, given[key], (n, list) => checks.checkList(n, list, check))
  }
  checks.optional(`${name}.maxLife`, given['maxLife'], checks.checkSeconds)
  checks.optional(`${name}.maxRenewLife`, given['maxRenewLife'], checks.checkSeconds)
  return given
}

/** Checks {@link ServiceOptions}, apart from `keytab`. */
export function checkServiceOptions(name: string, value: unknown): ServiceOptions {
  const { keytab, ...rest } = checks.checkKnown(name, value, SERVICE_KEYS) as ServiceOptions
  if (keytab !== undefined && keytab !== false) checks.checkText(`${name}.keytab`, keytab)
  return checks.bare({
    ...checkPrincipalOptions(name, rest),
    ...(keytab === undefined ? {} : { keytab }),
  })
}

/** Checks {@link KeyChangeOptions}. */
export function checkKeyChange(name: string, value: unknown): KeyChangeOptions {
  const given = checks.checkKnown(name, value, ['keytab', 'keepOld'])
  checks.optional(`${name}.keytab`, given['keytab'], checks.checkText)
  checks.optional(`${name}.keepOld`, given['keepOld'], checks.checkBoolean)
  return given
}

/** The list of encryption types as kadmin's -e takes it, with the usual salt. */
export function keySalts(encryptionTypes: readonly string[]): string {
  return encryptionTypes.map((type) => `${type}:normal`).join(',')
}

/** The kadmin.local command that makes the principal. */
export function addCommand(principal: string, options: PrincipalOptions): string {
  const { password, attributes = [], encryptionTypes, maxLife, maxRenewLife } = options
  return [
    'add_principal',
    ...(maxLife ? ['-maxlife', quote(`${maxLife} seconds`)] : []),
    ...(maxRenewLife ? ['-maxrenewlife', quote(`${maxRenewLife} seconds`)] : []),
    ...(encryptionTypes ? ['-e', quote(keySalts(encryptionTypes))] : []),
    ...attributes,
    ...(password === undefined ? ['-randkey'] : ['-pw', quote(password)]),
    quote(principal),
  ].join(' ')
}

/** The command that adds the principal's present keys to a keytab, without changing them. */
export function extractCommand(principal: string, keytab: string): string {
  return `ktadd -k ${quote(keytab)} -norandkey ${quote(principal)}`
}
