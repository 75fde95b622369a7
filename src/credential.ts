/** Credentials: with what one authenticates. */
import { inspect } from 'node:util'
import { abortable, type AsyncOptions } from './abort'
import { illegalConstructor, invalidArgType } from './argument-error'
import {
  type AcquireOptions,
  nameOption,
  passwordBytes,
  storeElements,
  type Usage,
  USAGES,
} from './credential-options'
import { attempt, toGssError } from './errors'
import { type Mechanism, mechanismName, mechanismOids, optionalMechanismOid } from './mechanism'
import { type Name, nameFromNative, nativeName } from './name'
import { addon, type CredentialFacts, type NativeCredential, type StatusRecord } from './native'
import { abortSignal, choice, lifetime, optionalText, optionsObject, UINT32_MAX } from './options'

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
          )
          .catch((thrown: unknown) => {
            // eslint-disable-next-line @typescript-eslint/only-throw-error -- a record, errors.ts makes the error
            throw Object.assign(thrown as StatusRecord, { accepts: usage === 'accept' })
          }),
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
