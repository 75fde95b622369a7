/** The keytab, against what the KDC uses. */
import { existsSync } from 'node:fs'
import { ENCTYPES, WEAK_ENCTYPES } from '../kerberos-names'
import { named } from '../values'
import { type Check, failed, ok, skipped, warning } from './check'
import { type KeytabEntry, readKeytab } from './keytab-file'
import type { Profile } from './profile'
import type { ServiceTicket } from './service'

const CHECK = 'keytab'
const DEFAULT = '/etc/krb5.keytab'
const MAKE = 'Make the keytab anew (ktadd, ktpass, or your administrator)'
const ANEW = `${MAKE}, and let clients run kinit again.`

/** Where the library looks for a service's keys. */
export function keytabName(profile: Profile, variable: string | undefined): string {
  return variable ?? profile.libdefault('default_keytab_name') ?? `FILE:${DEFAULT}`
}

export interface Keytab {
  check: Check
  entries: KeytabEntry[]
}

const uid = process.getuid?.() ?? 0

/** What is in it. A machine without one is in order: only services need it. */
export function checkKeytab(name: string): Keytab {
  const file = name.replace(/^(?:WR)?FILE:/, '').replaceAll('%{uid}', String(uid))
  if (/^[A-Z]+:/.test(file)) return { check: skipped(CHECK, `${name} is no file`), entries: [] }
  if (!existsSync(file)) {
    return { check: skipped(CHECK, `${file} is not there; only a service needs one`), entries: [] }
  }
  try {
    const entries = readKeytab(file)
    return { check: contents(file, entries), entries }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    const advice = `${MAKE}. It must be readable by the service's user.`
    return { check: failed(CHECK, `${file}: ${why}`, advice), entries: [] }
  }
}

function contents(file: string, entries: KeytabEntry[]): Check {
  const names = [...new Set(entries.map(({ principal }) => principal))]
  if (names.length === 0) return failed(CHECK, `${file} holds no keys`, ANEW)
  const found = `${file} holds ${entries.length} keys of ${names.slice(0, 5).join(', ')}${names.length > 5 ? ' …' : ''}`
  if (!entries.every(({ etype }) => WEAK_ENCTYPES.has(etype))) return ok(CHECK, found)
  return warning(
    CHECK,
    `${found}, all of weak types`,
    'Give the service AES keys, and make the keytab anew.',
  )
}

const isOf = (etype: string) => (entry: KeytabEntry) => named(ENCTYPES, entry.etype) === etype

/** Does it hold the very key with which the KDC seals the service's tickets? undefined where it has none. */
export function checkVersion(entries: KeytabEntry[], ticket: ServiceTicket): Check | undefined {
  const { principal, kvno, etype } = ticket
  const own = entries.filter((entry) => entry.principal === principal)
  if (own.length === 0) return undefined
  const versions = own.map((entry) => entry.kvno)
  const what = `${principal}: the ticket was made with key version ${kvno}, ${etype}`
  const same = own.filter((entry) => entry.kvno === kvno)
  if (same.some(isOf(etype))) return ok('key version', `${what}, which the keytab holds`)
  if (same.length > 0) return failed('key version', `${what}, a type that the keytab lacks`, ANEW)
  const found = `${what}; the keytab holds ${[...new Set(versions)].join(', ')}`
  if (Math.max(...versions) < kvno) return failed('key version', found, ANEW)
  return failed(
    'key version',
    found,
    'The ticket in the cache is older than the key: run kinit again.',
  )
}
