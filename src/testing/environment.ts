import { randomBytes } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { invalidValue } from './checks'

/** The variables by which MIT Kerberos and Heimdal find a realm's files. */
export interface RealmEnvironment {
  KRB5_CONFIG: string
  KRB5_KDC_PROFILE: string
  KRB5CCNAME: string
  KRB5_KTNAME: string
  KRB5_CLIENT_KTNAME: string
  KRB5RCACHEDIR: string
}

/** Variables that would win over a realm's own, or mix words into what its programs say. */
const STRAY = ['KRB5RCACHENAME', 'KRB5RCACHETYPE']
const UNWANTED = [...STRAY, 'KRB5_TRACE', 'LD_PRELOAD', 'DYLD_INSERT_LIBRARIES']

/** A name for a new directory. MIT's programs split KRB5_CONFIG and the like at colons. */
export function newDirectory(): string {
  const dir = join(tmpdir(), `gssapi-realm-${randomBytes(8).toString('hex')}`)
  if (/[:\p{Cc}]/u.test(dir)) throw invalidValue('TMPDIR', 'a directory without a colon', dir)
  return dir
}

export function realmEnvironment(dir: string): Readonly<RealmEnvironment> {
  return Object.freeze({
    KRB5_CONFIG: join(dir, 'krb5.conf'),
    KRB5_KDC_PROFILE: join(dir, 'kdc.conf'),
    KRB5CCNAME: `FILE:${join(dir, 'ccache')}`,
    KRB5_KTNAME: `FILE:${join(dir, 'service.keytab')}`,
    KRB5_CLIENT_KTNAME: `FILE:${join(dir, 'client.keytab')}`,
    KRB5RCACHEDIR: dir,
  })
}

/**
 * The environment of a realm's own programs: English, because their words are read; without what is
 * preloaded into this process (a sanitizer would judge MIT's programs); with a PATH that has a shell's.
 */
export function toolEnvironment(realm: RealmEnvironment): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env, ...realm, LC_ALL: 'C' }
  for (const name of UNWANTED) delete env[name]
  return { ...env, PATH: [env['PATH'], '/usr/bin', '/bin'].filter(Boolean).join(':') }
}

function setVariable(name: string, value: string | undefined): void {
  if (value === undefined) delete process.env[name]
  else process.env[name] = value
}

/** Puts the realm's variables into process.env, and gives a function that puts the old ones back. */
export function useEnvironment(realm: RealmEnvironment): () => void {
  const wanted = { ...Object.fromEntries(STRAY.map((name) => [name, undefined])), ...realm }
  const before = Object.keys(wanted).map((name) => [name, process.env[name]] as const)
  for (const [name, value] of Object.entries(wanted)) setVariable(name, value)
  let restored = false
  return () => {
    if (restored) return
    restored = true
    for (const [name, value] of before) setVariable(name, value)
  }
}
