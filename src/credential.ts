/** Credentials: with what one authenticates. */
import { inspect } from 'node:util'
import { abortable, type AsyncOptions } from './abort'
import { illegalConstructor, invalidArgType } from './argument-error'
import { type Bytes, copied } from './bytes'
import { attempt, toGssError } from './errors'
import { type Mechanism, mechanismName, mechanismOids, optionalMechanismOid } from './mechanism'
import { initiatorName, type Name, nameFromNative, nativeName, targetName } from './name'
import { addon, type CredentialFacts, type NativeCredential } from './native'
import {
  abortSignal,
  choice,
  lifetime,
  optionalText,
  optionsObject,
  text,
  UINT32_MAX,
} from './options'

/** What a credential is for: to initiate contexts, to accept them, or both. */
export type Usage = 'initiate' | 'accept' | 'both'

/** GSS_C_BOTH 0, GSS_C_INITIATE 1, GSS_C_ACCEPT 2. */
const USAGES: readonly Usage[] = ['both', 'initiate', 'accept']

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

/** What {@link Credential.inquire} finds. Lifetimes are seconds left; Infinity where it does not end. */
export interface CredentialInfo {
  name: Name | null
  /** The lesser of the two below, as far as they apply; null where the library does not say. */
  lifetime: number | null
  initiatorLifetime: number
  acceptorLifetime: number
  usage: Usage
  mechanisms: Mechanism[]
}

interface Known {
  name: Name | null
  usage: Usage
  lifetime: number | null
  mechanisms: Mechanism[]
}

const KEY = Symbol('Credential')

/** @internal Throws unless it is a Credential of this copy of the package; null for undefined. */
export let nativeCredential: (value: unknown, argument: string) => NativeCredential | null
/** @internal */
export let credentialFromNative: (native: NativeCredential, known: Known) => Credential

/**
 * A credential, to be used for any number of contexts at once; making one costs more than half of a
 * context's establishment, so keep it. It holds no more than a reference to a ticket cache or keytab where
 * the library can leave it at that.
 */
export class Credential {
  readonly #native: NativeCredential
  readonly #known: Known
  /** Date.now() when the lifetime was told. */
  readonly #told = Date.now()

  static {
    nativeCredential = (value, argument) => {
      if (value === undefined) return null
      if (typeof value !== 'object' || value === null || !(#native in value)) {
        throw invalidArgType(argument, 'an instance of Credential', value)
      }
      return value.#native
    }
    credentialFromNative = (native, known) => new Credential(KEY, native, known)
  }

  /** @internal */
  private constructor(key: symbol, native: NativeCredential, known: Known) {
    if (key !== KEY) throw illegalConstructor('Credential', 'Credential.acquire()')
    this.#native = native
    this.#known = known
  }

  /**
   * Acquires a credential (gss_acquire_cred, gss_acquire_cred_from, gss_acquire_cred_with_password). With
   * a password or a client keytab this asks a KDC; otherwise it reads files.
   *
   * Rejects with GssError GSS_S_NO_CRED, GSS_S_CREDENTIALS_EXPIRED, GSS_S_BAD_NAME, GSS_S_BAD_MECH,
   * GSS_S_FAILURE (with the mechanism's own `minorName`), ERR_GSS_UNSUPPORTED where the library cannot,
   * ERR_GSS_LIBRARY_NOT_FOUND. Throws TypeError or RangeError for a mistake in the options.
   */
  static acquire(options?: AcquireOptions): Promise<Credential> {
    const given = optionsObject(options)
    const signal = abortSignal(options)
    const usage = choice(given.usage, 'options.usage', USAGES, 'initiate')
    const oids = mechanismOids(given.mechanisms, 'options.mechanisms')
    const seconds = lifetime(given.lifetime, 'options.lifetime', UINT32_MAX)
    const store = storeElements(given.store)
    const domain = optionalText(given.domain, 'options.domain')
    const secret = passwordBytes(given.password)
    return attempt(() => {
      const name = nameOption(given.name, usage)
      const handle = name === null ? null : nativeName(name, 'options.name')
      const native = addon()
      const code = USAGES.indexOf(usage)
      return abortable(native, signal, (job) =>
        native
          .acquireCredential(handle, code, oids, seconds, store, secret, domain, job)
          .then(({ credential, facts }) =>
            credentialFromNative(credential, knownOf(facts, name, usage, oids)),
          ),
      )
    }).finally(() => secret?.fill(0))
  }

  /**
   * Whose it is, as far as that is known without asking: what was given, else null. A default initiator
   * credential is chosen when the target is known; {@link inquire} decides it at once.
   */
  get name(): Name | null {
    return this.#known.name
  }

  get usage(): Usage {
    return this.#known.usage
  }

  /** Seconds left, Infinity where it does not end, null where it is not known without asking. */
  get lifetime(): number | null {
    const told = this.#known.lifetime
    if (told === null) return null
    return Math.max(0, Math.floor(told - (Date.now() - this.#told) / 1000))
  }

  /** The mechanisms it is for, as far as that is known without asking. */
  get mechanisms(): Mechanism[] {
    return [...this.#known.mechanisms]
  }

  /**
   * Asks the library (gss_inquire_cred, gss_inquire_cred_by_mech). May ask a KDC, and decides which
   * identity of a cache collection a default credential stands for.
   *
   * @param mechanism default: all
   */
  inquire(mechanism?: Mechanism, options?: AsyncOptions): Promise<CredentialInfo> {
    const oid = optionalMechanismOid(mechanism, 'mechanism', '')
    const native = addon()
    return abortable(native, abortSignal(options), (job) =>
      native.inquireCredential(this.#native, oid, job).then(infoOf),
    )
  }

  /** Releases it; contexts and calls that use it go on. Later uses throw GssError ERR_GSS_DISPOSED. */
  dispose(): void {
    try {
      addon().disposeCredential(this.#native)
    } catch (thrown) {
      throw toGssError(thrown)
    }
  }

  /** {@link dispose}, for `using`. */
  [Symbol.dispose](): void {
    this.dispose()
  }

  /** @internal */
  [inspect.custom](): string {
    if (!(#known in this)) return '[Credential]'
    const { name, usage } = this.#known
    return `Credential(${usage}) ${name === null ? '<default>' : inspect(name)}`
  }
}

function nameOption(value: Name | string | undefined, usage: Usage): Name | null {
  if (value === undefined) return null
  const rule = usage === 'accept' ? targetName : initiatorName
  return rule(value, 'options.name')
}

function storeKey(key: string): string {
  return key === 'clientKeytab' ? 'client_keytab' : key
}

/** Key and value by turns. */
function storeElements(value: unknown): string[] {
  if (value === undefined) return []
  const store = optionsObject(value as object, 'options.store')
  return Object.entries(store)
    .filter(([, element]) => element !== undefined)
    .flatMap(([key, element]) => [
      storeKey(text(key, 'options.store')),
      text(element, `options.store.${key}`, true),
    ])
}

function passwordBytes(value: unknown): Uint8Array | null {
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

function knownOf(facts: CredentialFacts, name: Name | null, usage: Usage, oids: string[]): Known {
  const found = facts.mechanisms.length > 0 ? facts.mechanisms : oids
  return {
    name: name ?? (facts.name === null ? null : nameFromNative(facts.name)),
    usage,
    lifetime: facts.lifetime,
    mechanisms: found.map(mechanismName),
  }
}

function infoOf(facts: CredentialFacts): CredentialInfo {
  return {
    name: facts.name === null ? null : nameFromNative(facts.name),
    lifetime: facts.lifetime,
    initiatorLifetime: facts.initiatorLifetime,
    acceptorLifetime: facts.acceptorLifetime,
    usage: USAGES[facts.usage] ?? 'both',
    mechanisms: facts.mechanisms.map(mechanismName),
  }
}
