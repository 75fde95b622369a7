/** Options of credentials: where they come from, whose they are, and their checks. */
import { type AsyncOptions } from './abort'
import { invalidArgType } from './argument-error'
import { type Bytes, copied } from './bytes'
import { type Mechanism } from './mechanism'
import { initiatorName, type Name, targetName } from './name'
import { optionsObject, text } from './options'

/** What a credential is for: to initiate contexts, to accept them, or both. */
export type Usage = 'initiate' | 'accept' | 'both'

/** GSS_C_BOTH 0, GSS_C_INITIATE 1, GSS_C_ACCEPT 2. */
export const USAGES: readonly Usage[] = ['both', 'initiate', 'accept']

/**
 * Where credentials come from, instead of the process's environment (gss_acquire_cred_from; the
 * "Credential store extensions" of MIT krb5). An element the library does not know is an error.
 */
export interface CredentialStore {
  /** The ticket cache: 'FILE:/tmp/krb5cc_1000', 'MEMORY:name', 'DIR:/path', 'KEYRING:…', 'KCM:…'. */
  ccache?: string | undefined
  /** The service's keys, for accepting: 'FILE:/etc/krb5.keytab'. */
  keytab?: string | undefined
  /** A client's keys, from which tickets are obtained and renewed by themselves. */
  clientKeytab?: string | undefined
  /** The replay cache of an acceptor: 'dfl:', 'none:', 'file2:/path'. */
  rcache?: string | undefined
  /** The client's password (MIT 1.19 and later; the same as the option `password`). */
  password?: string | undefined
  /** Verify obtained tickets against this host principal's key ('' for any in the keytab). */
  verify?: string | undefined
  [element: string]: string | undefined
}

/** Options of {@link Credential.acquire}. */
export interface AcquireOptions extends AsyncOptions {
  /**
   * Whose credential. As a string: an initiator is a principal ('alice@REALM'); with usage 'accept'
   * 'service@host' or 'service' (host-based), or 'service/host[@REALM]' (a principal). Default: the default
   * principal; for an acceptor any key in the keytab.
   */
  name?: Name | string | undefined
  /** Default: 'initiate'. */
  usage?: Usage | undefined
  /** Default: those of the library. */
  mechanisms?: Mechanism[] | undefined
  /** Seconds wanted; the platform may give less. Default: as long as possible. */
  lifetime?: number | undefined
  /** Default: what the environment says (KRB5CCNAME, KRB5_KTNAME, KRB5_CLIENT_KTNAME). */
  store?: CredentialStore | undefined
  /** The password of `name` (gss_acquire_cred_with_password). Copied; the copy is overwritten after use. */
  password?: string | Bytes | undefined
  /** Windows: the domain of a user name without one. */
  domain?: string | undefined
}

export function nameOption(value: Name | string | undefined, usage: Usage): Name | null {
  if (value === undefined) return null
  const rule = usage === 'accept' ? targetName : initiatorName
  return rule(value, 'options.name')
}

function storeKey(key: string): string {
  return key === 'clientKeytab' ? 'client_keytab' : key
}

/** Key and value by turns. */
export function storeElements(value: unknown): string[] {
  if (value === undefined) return []
  const store = optionsObject(value as object, 'options.store')
  return Object.entries(store)
    .filter(([, element]) => element !== undefined)
    .flatMap(([key, element]) => [
      storeKey(text(key, 'options.store')),
      text(element, `options.store.${key}`, true),
    ])
}

export function passwordBytes(value: unknown): Uint8Array | null {
  if (value === undefined) return null
  if (typeof value === 'string') {
    return new TextEncoder().encode(text(value, 'options.password', true))
  }
  if (value instanceof Uint8Array) return copied(value, 'options.password')
  throw invalidArgType(
    'options.password',
    'of type string or an instance of Uint8Array',
    value,
    true,
  )
}
