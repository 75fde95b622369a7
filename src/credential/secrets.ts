/** What opens something, read from options: the elements of a credential store, keys as bytes, passwords. */
import { invalidArgType, invalidArgValue } from '../base/argument-error'
import { isBytes, TEXT_OR_BYTES } from '../base/bytes'
import type { CredentialStore } from './options'
import { givenKeytab, keptKeytab } from '../encoding/keytab'
import { nonEmptyText, optionsOf, text } from '../base/options'
import { absolutePlace } from './places'
import { secretCopy, secretText } from '../base/secret'

const ELEMENTS = {
  ccache: 'ccache',
  keytab: 'keytab',
  clientKeytab: 'client_keytab',
  rcache: 'rcache',
  password: 'password',
  verify: 'verify',
} as const satisfies Record<keyof CredentialStore, string>

const KEYS = Object.keys(ELEMENTS) as (keyof CredentialStore)[]

const PLACES: ReadonlySet<keyof CredentialStore> = new Set([
  'ccache',
  'keytab',
  'clientKeytab',
  'rcache',
])

/** The elements of a store that are given; of bytes nothing was read. */
export function storeOption<K extends keyof CredentialStore>(
  value: unknown,
  keys: readonly K[],
): Pick<CredentialStore, K> {
  if (typeof value === 'string') {
    throw invalidArgType('options.store', 'of type object', value, true)
  }
  return optionsOf(value as CredentialStore | undefined, keys, 'options.store')
}

function elementText(value: unknown, key: keyof CredentialStore): string {
  const checked = text(value, `options.store.${key}`, true)
  return PLACES.has(key) ? absolutePlace(checked) : checked
}

/** Of a store whose every element is text: key and value by turns. */
export function storeElements(value: unknown): string[] {
  const store = storeOption(value, KEYS)
  return KEYS.flatMap((key) =>
    store[key] === undefined ? [] : [ELEMENTS[key], elementText(store[key], key)],
  )
}

/** Copies, but for the store's texts. */
export interface Secrets {
  /** The elements of the store, key and value by turns. */
  store: string[]
  /** Those of its keytabs that were given as bytes. */
  keytabs: Buffer[]
  password: Uint8Array | null
}

const holdsKeys = (key: keyof CredentialStore) => key === 'keytab' || key === 'clientKeytab'

/** A store that may hold keys, and a password, copied; where one of them is a mistake, no copy is left. */
export function secretOptions(store: unknown, password: unknown): Secrets {
  const secrets: Secrets = { store: [], keytabs: [], password: null }
  try {
    const given = storeOption(store, KEYS)
    for (const key of KEYS) {
      const value = given[key]
      if (value === undefined) continue
      if (!holdsKeys(key) || !isBytes(value)) {
        secrets.store.push(ELEMENTS[key], elementText(value, key))
        continue
      }
      const keytab = givenKeytab(value, `options.store.${key}`)
      secrets.keytabs.push(keytab.packed)
      secrets.store.push(ELEMENTS[key], keytab.place)
    }
    if (password !== undefined) secrets.password = secretBytes(password, 'options.password')
    return secrets
  } catch (thrown) {
    for (const keytab of secrets.keytabs) keytab.fill(0)
    throw thrown
  }
}

/** What {@link attemptWith} overwrites. */
export function allOf({ keytabs, password }: Secrets): (Uint8Array | null)[] {
  return [...keytabs, password]
}

/** A copy of a password. The libraries end it at a NUL, and would take the beginning for the whole. */
export function secretBytes(value: unknown, name: string): Uint8Array {
  if (typeof value === 'string') return secretText(text(value, name, true))
  if (!isBytes(value)) {
    throw invalidArgType(name, TEXT_OR_BYTES, value, true)
  }
  const secret = secretCopy(value, name)
  if (!secret.includes(0)) return secret
  secret.fill(0)
  throw invalidArgValue(name, 'must not contain a NUL byte')
}

/** One that is given among the options or in their store, and its whole name. */
export function hereOrThere<K extends keyof CredentialStore>(
  options: Readonly<Pick<CredentialStore, K>>,
  store: Readonly<Pick<CredentialStore, K>>,
  key: K,
): [value: unknown, name: string] {
  if (store[key] === undefined) return [options[key], `options.${key}`]
  if (options[key] === undefined) return [store[key], `options.store.${key}`]
  throw invalidArgValue(`options.store.${key}`, `must not be given beside options.${key}`)
}

export function optionalPlace(value: unknown, name: string): string | undefined {
  return value === undefined ? undefined : absolutePlace(nonEmptyText(value, name))
}

/** Where a keytab is; or its content, checked, in a copy that is a secret. */
export function keytabPlace(value: unknown, name: string): string | Buffer | undefined {
  return isBytes(value) ? keptKeytab(value, name) : optionalPlace(value, name)
}
