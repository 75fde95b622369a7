import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isMainThread, threadId } from 'node:worker_threads'
import { readProcessVariable, swapProcessVariable } from '..'
import { invalidValue } from './checks'
import { environmentCopied, environmentInUse } from './errors'

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

/** Says which thread has pointed the process's one environment at a realm. */
const CLAIM = 'GSSAPI_TESTING_THREAD'
const US = `${process.pid}.${threadId}`

type Variables = Readonly<Record<string, string | undefined>>

function writeCopy(variables: Variables): void {
  for (const [name, value] of Object.entries(variables)) {
    if (value === undefined) delete process.env[name]
    else process.env[name] = value
  }
}

const presentCopy = (names: string[]): Variables =>
  Object.fromEntries(names.map((name) => [name, process.env[name]]))

/** The environment that the library reads, which is not always process.env; null where the addon cannot be loaded. */
function readProcess(names: string[]): Variables | null {
  try {
    return Object.fromEntries(names.map((name) => [name, readProcessVariable(name) ?? undefined]))
  } catch {
    return null
  }
}

function writeProcess(variables: Variables): void {
  for (const [name, value] of Object.entries(variables)) {
    while (!swapProcessVariable(name, readProcessVariable(name), value ?? null));
  }
}

/** Without the addon: process.env of a worker thread is a copy, and so is any object that keeps a number as one. */
function isCopy(): boolean {
  if (!isMainThread) return true
  const probe: Record<string, unknown> = process.env
  probe[CLAIM] = 0
  const kept = probe[CLAIM]
  delete probe[CLAIM]
  return kept === 0
}

/** Whether the claim is that of another living thread: its realm goes when it ends. */
function isTaken(claim: string | null): boolean {
  const [pid, thread] = claim?.split('.') ?? []
  if (pid !== String(process.pid) || thread === String(threadId)) return false
  const configuration = readProcessVariable('KRB5_CONFIG')
  return configuration !== null && existsSync(configuration)
}

/** One environment can lead to one realm: a second thread would have its calls answered by the first one's KDC. */
function claim(): void {
  for (;;) {
    const present = readProcessVariable(CLAIM)
    if (isTaken(present)) throw environmentInUse()
    if (swapProcessVariable(CLAIM, present, US)) return
  }
}

/**
 * Points this process at the realm: process.env, for child processes, and where that is a copy, C's environment too, which is
 * what the library reads. Gives a function that puts back what was there.
 *
 * @throws RealmError ERR_GSS_TESTING_ENVIRONMENT_COPIED, ERR_GSS_TESTING_ENVIRONMENT_IN_USE
 */
export function useEnvironment(realm: RealmEnvironment): () => void {
  const wanted: Variables = {
    ...Object.fromEntries(STRAY.map((name) => [name, undefined])),
    ...realm,
  }
  const names = Object.keys(wanted)
  const before = readProcess([...names, CLAIM])
  if (before === null && isCopy()) throw environmentCopied()
  const copyBefore = presentCopy(names)
  if (before !== null) claim()
  writeCopy(wanted)
  if (before !== null) writeProcess(wanted)
  let restored = false
  return () => {
    if (restored) return
    restored = true
    if (before !== null) writeProcess(before)
    writeCopy(copyBefore)
  }
}
