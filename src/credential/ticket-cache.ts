/** Ticket caches by their names: what libkrb5 does with them, and GSSAPI does not. */
import { randomBytes } from 'node:crypto'
import { abortable, type AsyncOptions } from '../base/abort'
import { telling } from '../base/asked'
import type { CredentialStore } from './options'
import { addon } from '../native'
import { nonEmptyText, optionsOf, signalOption } from '../base/options'
import { absolutePlace } from './places'

/** A ticket cache, as a {@link CredentialStore} names it. */
export type CacheStore = Pick<CredentialStore, 'ccache'>

function cacheOf(value: unknown, name: string): string {
  if (typeof value !== 'object' || value === null) return absolutePlace(nonEmptyText(value, name))
  const { ccache } = optionsOf(value as CacheStore, ['ccache'], name)
  return absolutePlace(nonEmptyText(ccache, `${name}.ccache`))
}

/**
 * Renews the renewable ticket of one cache at the KDC and puts the new one into another (krb5_get_renewed_creds; what
 * `kinit -R` does). The cache `to` is emptied first; it may be the same as `from`.
 *
 * Rejects with GssError GSS_S_FAILURE: `minorName` 'KRB5KDC_ERR_BADOPTION' or 'KRB5KRB_AP_ERR_TKT_EXPIRED' where the
 * ticket is not renewable (any longer), 'KRB5_CC_NOTFOUND', 'KRB5_FCC_NOFILE' where there is none; ERR_GSS_UNSUPPORTED (Windows).
 */
export async function renewTicket(
  from: string | CacheStore,
  to: string | CacheStore,
  options?: AsyncOptions,
): Promise<void> {
  const source = cacheOf(from, 'from')
  const target = cacheOf(to, 'to')
  const native = addon()
  const asked = { ccache: source, target }
  return abortable(native, signalOption(options), (job) =>
    telling(asked, native.renewTicket(source, target, job)),
  )
}

/**
 * Destroys a ticket cache (krb5_cc_destroy; what `kdestroy` does): overwrites and removes a file, frees one in memory.
 * Caches named 'MEMORY:…' live until then, or as long as the process: a {@link CredentialStore}'s `ccache` is never
 * destroyed with the credential. Credentials that use it have no ticket any more.
 *
 * Rejects with GssError GSS_S_FAILURE ('KRB5_FCC_NOFILE' where there is none), ERR_GSS_UNSUPPORTED (Windows).
 */
export async function destroyTicketCache(
  name: string | CacheStore,
  options?: AsyncOptions,
): Promise<void> {
  const cache = cacheOf(name, 'name')
  const native = addon()
  return abortable(native, signalOption(options), (job) =>
    telling({ ccache: cache }, native.destroyTicketCache(cache, job)),
  )
}

/** A name in memory that nobody else has. */
export function freshCache(): string {
  return `MEMORY:gssapi-${randomBytes(16).toString('hex')}`
}

/**
 * @internal As {@link renewTicket}, into a cache in memory: it would stay where that fails, and an outage of the KDC has many
 * attempts.
 */
export async function renewOrForget(from: string, cache: string): Promise<void> {
  try {
    await renewTicket(from, cache)
  } catch (error) {
    await destroyTicketCache(cache).catch(() => undefined)
    throw error
  }
}
