/** The realms that a call is held to: names of others are refused before anybody is asked. */
import { invalidArgType, invalidArgValue } from '../base/argument-error'
import { GssError } from '../base/errors'
import type { Name } from '../name/name'
import { isWindows } from '../mechanism/mechanism'
import { nonEmptyText } from '../base/options'

/** What `options.realms` holds; undefined where every realm will do. */
export function realmsOption(value: unknown): readonly string[] | undefined {
  if (value === undefined) return undefined
  const name = 'options.realms'
  if (!Array.isArray(value)) throw invalidArgType(name, 'an instance of Array', value)
  if (value.length === 0) throw invalidArgValue(name, 'must not be empty')
  return Array.from(value, (realm: unknown, i) => nonEmptyText(realm, `${name}[${i}]`))
}

/** The text after the '@' that separates the realm; '' without one, or where it is ambiguous (Heimdal displays names without escapes). */
export function realmOf(principal: string): string {
  return /^(?:[^\\@]|\\.)*@((?:[^\\@]|\\.)*)$/s.exec(principal)?.[1] ?? ''
}

const OUTSIDE =
  'The name is of none of the realms in options.realms: give a name of one of these, or add its realm where its users are to be let in.'

function outside(realm: string): GssError {
  const detail = `the name’s realm is not allowed: ${realm === '' ? 'it has none' : realm}`
  return new GssError({ code: 'ERR_GSS_REALM_NOT_ALLOWED', detail, hint: OUTSIDE })
}

/** Windows' names of domains know no case. */
const folded = (realm: string) => (isWindows ? realm.toLowerCase() : realm)

/** @throws GssError ERR_GSS_REALM_NOT_ALLOWED */
export function checkRealm(realm: string, realms: readonly string[]): void {
  if (!realms.map(folded).includes(folded(realm))) throw outside(realm)
}

const USERS: ReadonlySet<string> = new Set(['principal', 'user', 'enterprise', 'uid', 'uidString'])

/**
 * Refuses a name whose KDC would be another realm's. A name without a realm is the default realm's; an enterprise name is asked
 * for there too. `domain` is Windows' for names without one.
 *
 * @throws GssError ERR_GSS_REALM_NOT_ALLOWED
 */
export async function checkNameRealm(
  name: Name,
  realms: readonly string[],
  domain: string,
): Promise<void> {
  // What a service's host belongs to may be asked of DNS.
  if (!USERS.has(name.type)) throw outside('')
  const text = isWindows ? name.toString() : String(await name.canonicalize({ mechanism: 'krb5' }))
  const downLevel = isWindows ? (/^([^\\]+)\\/.exec(text)?.[1] ?? '') : ''
  checkRealm(realmOf(text) || downLevel || domain, realms)
}

interface Acquired {
  inquire(): Promise<{ name: Name | null }>
  dispose(): void
}

/**
 * A credential of a name of one of the realms. `answered`: the KDC may have put another name in its place.
 *
 * @throws GssError ERR_GSS_REALM_NOT_ALLOWED
 */
export async function acquiredWithin<T extends Acquired>(
  realms: readonly string[],
  name: Name | null,
  domain: string,
  answered: boolean,
  acquire: () => Promise<T>,
): Promise<T> {
  if (name === null) throw invalidArgValue('options.realms', 'needs a name: options.name')
  await checkNameRealm(name, realms, domain)
  const credential = await acquire()
  if (!answered || isWindows) return credential
  try {
    const { name: found } = await credential.inquire()
    checkRealm(realmOf(found === null ? '' : found.toString()), realms)
    return credential
  } catch (error) {
    credential.dispose()
    throw error
  }
}
