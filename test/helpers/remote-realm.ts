/** The realm of a test process under Wine: the calls of {@link Realm}, answered by `test/wine/realm-desk.ts`. */
import type { Realm, RealmOptions } from 'gssapi/testing'
import type { RealmFacts } from '../wine/realm-desk'
import { given, Remote } from './remote'

const PORT = process.env['GSSAPI_TEST_REALM_PORT']

/** Is this a process whose realms are made by another? */
export const hasDesk = PORT !== undefined

/** The Unix library looks at krb5.conf again after a second at the earliest. */
const STALE_MS = 1100

let desk: Promise<Remote> | undefined
const ask = async <T>(method: string, ...args: unknown[]): Promise<T> => {
  desk ??= Remote.connect(Number(PORT)).then((remote) => {
    remote.unref()
    return remote
  })
  return (await desk).call<T>(method, ...args)
}

const CALLS = [
  ...['kinit', 'addPrincipal', 'addService', 'deletePrincipal', 'changeKeys', 'extractKeytab'],
  ...['kadmin', 'stopKdc', 'startKdc', 'silentKdc'],
]

/** Lets variables of the Unix library stand for other files; undefined for none. */
export function point(variables: Record<string, string | undefined>): Promise<void> {
  const entries = Object.entries(variables).map(([name, value]) => [name, value ?? null])
  return ask('point', Object.fromEntries(entries))
}

let used = false

/** Points the process' variables at the realm's files. */
export async function pointAt(realm: Realm): Promise<void> {
  Object.assign(process.env, realm.env) // what withEnv goes back to
  await point({ ...realm.env })
  if (used) await new Promise((resolve) => setTimeout(resolve, STALE_MS))
  used = true
}

/** Makes a realm by the desk. */
export async function createRemote(options: RealmOptions): Promise<Realm> {
  const { id, ...facts } = await ask<RealmFacts>('create', options)
  const calls = CALLS.map((name) => [
    name,
    (...args: unknown[]) => ask('call', id, name, given(args)),
  ])
  const dispose = () => ask<undefined>('dispose', id)
  return { ...facts, ...Object.fromEntries(calls), dispose }
}
