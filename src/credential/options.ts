/** Options of credentials: where they come from, whose they are, and their checks. */
import { type AsyncOptions } from '../base/abort'
import { type Bytes } from '../base/bytes'
import type { Credential } from './credential'
import { type Enctype } from './enctypes'
import { type Mechanism } from '../mechanism/mechanism'
import { initiatorName, type Name, targetName } from '../name/name'

/** What a credential is for: to initiate contexts, to accept them, or both. */
export type Usage = 'initiate' | 'accept' | 'both'

/** GSS_C_BOTH 0, GSS_C_INITIATE 1, GSS_C_ACCEPT 2. */
export const USAGES: readonly Usage[] = ['both', 'initiate', 'accept']

/**
 * Where credentials come from, instead of the process's environment (gss_acquire_cred_from; the
 * "Credential store extensions" of MIT krb5). An unknown element is an error that names the one that was
 * probably meant: the library would ignore it, and use the environment's instead.
 */
export interface CredentialStore {
  /**
   * The ticket cache: 'FILE:/tmp/krb5cc_1000', 'MEMORY:name', 'DIR:/path', 'KEYRING:…', 'KCM:…'. A relative path, here and below, is
   * relative to the working directory at the time of the call.
   */
  ccache?: string | undefined
  /**
   * The service's keys, for accepting: 'FILE:/etc/krb5.keytab'; or the content of a keytab file, as a secret manager gives it. Bytes
   * are copied at once; the library keeps the keys in memory as long as the credential, and no file is written. Overwrite yours.
   * At most 1 MiB. A key is found by its whole version: write the keytab with 32-bit versions (MIT and Heimdal do) where one is over 255.
   */
  keytab?: string | Bytes | undefined
  /**
   * A client's keys, from which tickets are obtained: when the credential is acquired or first used, and again when it is used after
   * half of their life (MIT). An idle one is not renewed before its next use: see {@link RenewingCredential}. Also as bytes, as `keytab`.
   */
  clientKeytab?: string | Bytes | undefined
  /** The replay cache of an acceptor: 'dfl:', 'none:', 'file2:/path'. */
  rcache?: string | undefined
  /** The client's password (MIT 1.19 and later): the same as the option `password`, under the same conditions. */
  password?: string | undefined
  /** Verify obtained tickets against this host principal's key ('' for any in the keytab). */
  verify?: string | undefined
}

/** Options of {@link Credential.acquire}. */
export interface AcquireOptions extends AsyncOptions {
  /**
   * Whose credential. As a string: with usage 'initiate' and 'both' a principal ('alice@REALM'); with usage 'accept'
   * 'service@host' or 'service' (host-based), or 'service/host[@REALM]' (a principal). Default: the default
   * principal; for an acceptor any key in the keytab.
   */
  name?: Name | string | undefined
  /** Default: 'initiate'. */
  usage?: Usage | undefined
  /** Default: those of the library. */
  mechanisms?: Mechanism[] | undefined
  /**
   * The requested lifetime in seconds. **MIT krb5 and Windows ignore it**, also with a password or a client keytab: krb5.conf's
   * `ticket_lifetime` and the KDC, or the cache, decide the ticket's lifetime; {@link CredentialInfo.lifetime} returns it. Default:
   * as long as possible.
   */
  lifetime?: number | undefined
  /**
   * Default: what KRB5CCNAME, KRB5_KTNAME, KRB5_CLIENT_KTNAME and krb5.conf say when `acquire` is called; the credential is held to
   * that, whatever they say at its first use. It is C's environment: in a worker thread process.env is a copy, which the
   * library does not see.
   */
  store?: CredentialStore | undefined
  /**
   * The password of `name`, which must be given (gss_acquire_cred_with_password). Its ticket is kept in memory: a `ccache` or
   * `clientKeytab` beside it is a mistake, and so is usage 'accept' (except on Windows). Copied; the copy is overwritten after use.
   */
  password?: string | Bytes | undefined
  /** Windows: the domain of a user name without one. */
  domain?: string | undefined
  /**
   * The only realms whose names are accepted, with a `name` only. A name of another realm is refused before any KDC is asked
   * (ERR_GSS_REALM_NOT_ALLOWED); with a password, a KDC's answer with such a name is refused too. A name without a realm belongs
   * to the default realm. Default: all realms that krb5.conf and DNS know.
   */
  realms?: readonly string[] | undefined
  /**
   * The only encryption types that contexts with it may use ({@link Credential.setEnctypes}); what a password
   * or client keytab gets at the KDC is chosen by krb5.conf.
   */
  enctypes?: Enctype[] | undefined
  /**
   * true: an initiator does not claim integrity and confidentiality that were not asked for
   * (GSS_KRB5_CRED_NO_CI_FLAGS_X). MIT otherwise claims both always.
   */
  noCiFlags?: boolean | undefined
}

/** Options of {@link Credential.impersonate}. */
export interface ImpersonateOptions extends AsyncOptions {
  /** Default: 'initiate'. */
  usage?: Usage | undefined
  /** Default: the library's choice; MIT takes krb5 alone. */
  mechanisms?: Mechanism[] | undefined
  /** Seconds wanted; MIT krb5 passes over it, as for {@link AcquireOptions.lifetime}. */
  lifetime?: number | undefined
}

/** Options of {@link Credential.add}; where not said otherwise, as of {@link AcquireOptions}. */
export interface AddOptions extends AsyncOptions {
  /** The one mechanism of the new element. */
  mechanism: Mechanism
  name?: Name | string | undefined
  usage?: Usage | undefined
  lifetime?: number | undefined
  store?: CredentialStore | undefined
  password?: string | Bytes | undefined
  /** With whose credential `name` is impersonated (S4U2Self); then `store` and `password` must not be given. */
  impersonator?: Credential | undefined
}

/** Options of {@link Credential.store}. */
export interface StoreOptions extends AsyncOptions {
  /** Where to: `ccache`; default: the process's default ticket cache. */
  store?: CredentialStore | undefined
  /** What of the credential is stored; default: what it is for. krb5 stores initiator credentials only. */
  usage?: Usage | undefined
  /** Default: all mechanisms that the credential has. */
  mechanism?: Mechanism | undefined
  /** Whether a credential that is there is replaced; default false. */
  overwrite?: boolean | undefined
  /** Whether it becomes the default one of a collection, as the first one in it does in any case; default false. */
  default?: boolean | undefined
}

const OF_ALL = ['name', 'usage', 'lifetime', 'store', 'password', 'signal'] as const
export const ACQUIRE = [
  ...OF_ALL,
  'mechanisms',
  'domain',
  'realms',
  'enctypes',
  'noCiFlags',
] as const satisfies readonly (keyof AcquireOptions)[]
export const ADD = [
  ...OF_ALL,
  'mechanism',
  'impersonator',
] as const satisfies readonly (keyof AddOptions)[]
export const STORE = [
  'store',
  'usage',
  'mechanism',
  'overwrite',
  'default',
  'signal',
] as const satisfies readonly (keyof StoreOptions)[]

export function nameOption(value: Name | string | undefined, usage: Usage): Name | null {
  if (value === undefined) return null
  const rule = usage === 'accept' ? targetName : initiatorName
  return rule(value, 'options.name')
}
