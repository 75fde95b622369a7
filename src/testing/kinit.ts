import { join, resolve } from 'node:path'
import * as checks from './checks'
import type { Site } from './database'
import { runChecked } from './run'

/** How {@link Realm.kinit} gets a ticket. */
export interface KinitOptions {
  /** The principal's password. Default: the one that the realm was told when it was made. */
  password?: string
  /** A keytab's path that holds the principal's key, instead of a password. */
  keytab?: string
  /**
   * Where the ticket goes: a name with its type (`'DIR:/some/where'`), a path, or a bare word, which
   * is a file in the realm's directory. Default: the realm's own cache, `env.KRB5CCNAME`.
   */
  ccache?: string
  /** Seconds that the ticket lives. Default: the realm's `ticketLifetime`. */
  lifetime?: number
  /** Seconds for which the ticket is renewable. Default: the realm's `renewLifetime`. */
  renewable?: number
  /** Whether the ticket may be forwarded. Default: as the realm was made. */
  forwardable?: boolean
  /** An anonymous ticket; the KDC must have been set up for PKINIT. */
  anonymous?: boolean
  /** Get a ticket for this service instead of a ticket-granting ticket. */
  service?: string
}

const CHECKS: Record<keyof KinitOptions, (name: string, value: unknown) => unknown> = {
  password: checks.checkSecret,
  keytab: checks.checkText,
  ccache: checks.checkText,
  lifetime: checks.checkSeconds,
  renewable: checks.checkSeconds,
  forwardable: checks.checkBoolean,
  anonymous: checks.checkBoolean,
  service: checks.checkText,
}

/** Checks what the user gave to kinit. */
export function checkKinitOptions(value: unknown): KinitOptions {
  const given = checks.checkKnown('options', value, Object.keys(CHECKS))
  for (const [key, check] of Object.entries(CHECKS)) {
    checks.optional(`options.${key}`, given[key], check)
  }
  if (given['password'] !== undefined && given['keytab'] !== undefined) {
    throw checks.invalidSecret('options', 'either a password or a keytab')
  }
  return given
}

/** The cache's full name: a word is a file in the realm's directory, a path gets its type. */
function ccacheName(ccache: string, dir: string): string {
  if (/^[A-Z]+:/i.test(ccache)) return ccache
  return `FILE:${ccache.includes('/') ? resolve(ccache) : join(dir, ccache)}`
}

/** kinit's command line, on which no secret stands. */
function kinitArguments(principal: string, ccache: string, options: KinitOptions): string[] {
  const { keytab, lifetime, renewable, forwardable, anonymous, service } = options
  return [
    ...['-c', ccache],
    ...(lifetime === undefined ? [] : ['-l', `${lifetime}s`]),
    ...(renewable === undefined ? [] : ['-r', `${renewable}s`]),
    ...(forwardable === undefined ? [] : [forwardable ? '-f' : '-F']),
    ...(anonymous ? ['-n'] : []),
    ...(keytab === undefined ? [] : ['-k', '-t', resolve(keytab)]),
    ...(service === undefined ? [] : ['-S', service]),
    principal,
  ]
}

/** Runs kinit, with the password on its standard input; resolves to the cache's name. */
export async function kinit(
  { tools, env, dir }: Site,
  principal: string,
  options: KinitOptions,
): Promise<string> {
  const ccache = ccacheName(options.ccache ?? 'ccache', dir)
  const input = options.password === undefined ? '' : `${options.password}\n`
  await runChecked(tools.kinit, kinitArguments(principal, ccache, options), env, input)
  return ccache
}
