/** Credentials: what a side authenticates with. */
import { inspect } from 'node:util'
import { abortable, type AsyncOptions } from '../base/abort'
import { illegalConstructor, invalidArgType, invalidArgValue } from '../base/argument-error'
import { markCopy } from '../base/copy'
import { type Bytes } from '../base/bytes'
import {
  ACQUIRE,
  type AcquireOptions,
  ADD,
  type AddOptions,
  type ImpersonateOptions,
  nameOption,
  STORE,
  type StoreOptions,
  type Usage,
  USAGES,
} from './options'
import { allOf, secretOptions, storeElements } from './secrets'
import { exportCredential, importCredential, type Known, type Limits } from './transfer'
import { enctypeNumbers, type Enctype } from './enctypes'
import { dispose } from '../base/dispose-symbol'
import { askedOfCredential, telling } from '../base/asked'
import { attempt, attemptWith, GssError, refusal, refusalAs, toGssError } from '../base/errors'
import {
  type Mechanism,
  MECHANISM_OPTIONS,
  mechanismName,
  type MechanismOptions,
  mechanismOid,
  mechanismOids,
  optionalMechanismOid,
} from '../mechanism/mechanism'
import { initiatorName, Name, nameFromNative, nativeName } from '../name/name'
import { addon, type CredentialFacts, type NativeCredential } from '../native'
import {
  abortSignal,
  choice,
  flag,
  lifetime,
  oid,
  optionalText,
  optionsOf,
  signalOption,
  UINT32_MAX,
} from '../base/options'
import { checkPasswordUse } from './password-use'
import { environment } from './places'
import { acquiredWithin, realmsOption } from './realms'
import { secretCopy } from '../base/secret'

/** The result of {@link Credential.inquire}. Lifetimes are seconds left; Infinity without an end. */
export interface CredentialInfo {
  name: Name | null
  /** The lesser of the two lifetimes below, if they apply; null if the library does not say. */
  lifetime: number | null
  initiatorLifetime: number
  acceptorLifetime: number
  usage: Usage
  mechanisms: Mechanism[]
}

const KEY = Symbol('Credential')

const NO_CI_FLAGS = '1.2.752.43.13.29'
const GET_CRED_IMPERSONATOR = '1.2.840.113554.1.2.2.5.14'
const NO_IMPERSONATOR = 'the mechanism does not tell whose credential obtained another'

/** @internal Throws unless it is a Credential of this copy of the package; null for undefined. */
export let nativeCredential: (value: unknown, argument: string) => NativeCredential | null
/** @internal The same, for a context that is initiated with `oid`; refuses a credential without that mechanism. */
export let initiatorCredential: (
  value: unknown,
  argument: string,
  oid: string,
) => NativeCredential | null
/** @internal The same, for a context that accepts. */
export let acceptorCredential: (value: unknown, argument: string) => NativeCredential | null
/** @internal */
export let credentialFromNative: (native: NativeCredential, known: Known) => Credential

/** The same, held to what its maker allowed it. */
let limited: (native: NativeCredential, known: Known, limits: Limits) => Credential

/**
 * A credential, for any number of contexts at once. Acquiring one costs more than half of a
 * context's establishment, so keep it. Where the library allows, it holds only a reference to a ticket cache or
 * keytab.
 */
export class Credential {
  readonly #native: NativeCredential
  readonly #known: Known
  /** Date.now() when the lifetime was told. */
  readonly #told = Date.now()
  #limits: Limits = { negotiable: null, noCiFlags: false }

  static {
    markCopy(this.prototype)
    nativeCredential = (value, argument) => {
      if (value === undefined) return null
      if (typeof value !== 'object' || value === null || !(#native in value)) {
        throw invalidArgType(argument, 'an instance of Credential', value)
      }
      return value.#native
    }
    // Quirk(mit): up to 1.20 at least gss_init_sec_context takes the process's default credential, somebody else's
    // perhaps, where the one it is given has no element for the mechanism.
    initiatorCredential = (value, argument, oid) => {
      const native = nativeCredential(value, argument)
      if (native === null) return null
      const { mechanisms, usage } = (value as Credential).#known
      if (usage === 'accept') throw otherSide(usage)
      if (mechanisms.length > 0 && !mechanisms.includes(mechanismName(oid))) {
        if (addon().library().backend === 'gssapi') throw lacksMechanism(mechanisms, oid)
      }
      return native
    }
    acceptorCredential = (value, argument) => {
      const native = nativeCredential(value, argument)
      if (native !== null && (value as Credential).usage === 'initiate') throw otherSide('initiate')
      return native
    }
    credentialFromNative = (native, known) => new Credential(KEY, native, known)
    limited = (native, known, limits) => {
      const { negotiable, noCiFlags } = limits
      if (negotiable !== null) addon().setNegotiableMechanisms(native, negotiable)
      if (noCiFlags) addon().setCredentialOption(native, NO_CI_FLAGS, new Uint8Array())
      const credential = new Credential(KEY, native, known)
      credential.#limits = limits
      return credential
    }
  }

  /** @internal */
  private constructor(key: symbol, native: NativeCredential, known: Known) {
    if (key !== KEY) throw illegalConstructor('Credential', 'Credential.acquire()')
    this.#native = native
    this.#known = known
  }

  /**
   * Acquires a credential (gss_acquire_cred, gss_acquire_cred_from, gss_acquire_cred_with_password). With
   * a password or a client keytab this asks a KDC; otherwise it reads files. Without name and store the environment at the time of
   * the call decides whose credential it is; in a collection of caches the first target chooses the cache.
   *
   * Rejects with GssError GSS_S_NO_CRED, GSS_S_CREDENTIALS_EXPIRED, GSS_S_BAD_NAME, GSS_S_BAD_MECH,
   * GSS_S_FAILURE (with the mechanism's own `minorName`), ERR_GSS_UNSUPPORTED where the library cannot,
   * ERR_GSS_LIBRARY_NOT_FOUND. Rejects with TypeError or RangeError for a mistake in the options.
   */
  static async acquire(options?: AcquireOptions): Promise<Credential> {
    const given = optionsOf(options, ACQUIRE)
    const signal = abortSignal(given.signal)
    const usage = choice(given.usage, 'options.usage', USAGES, 'initiate')
    const oids = mechanismOids(given.mechanisms, 'options.mechanisms')
    const seconds = lifetime(given.lifetime, 'options.lifetime', UINT32_MAX)
    const domain = optionalText(given.domain, 'options.domain')
    const realms = realmsOption(given.realms)
    const enctypes = enctypeNumbers(given.enctypes, 'options.enctypes')
    const noCiFlags = flag(given.noCiFlags, 'options.noCiFlags', false)
    const secrets = secretOptions(given.store, given.password)
    const { store, keytabs, password } = secrets
    return attemptWith(allOf(secrets), () => {
      checkPasswordUse(given, usage, store)
      const name = nameOption(given.name, usage)
      const handle = name === null ? null : nativeName(name, 'options.name')
      const native = addon()
      const places = environment()
      const code = USAGES.indexOf(usage)
      const asked = askedOfCredential(usage, name, store, password)
      const acquire = () =>
        abortable(native, signal, (job) =>
          telling(
            asked,
            native
              .acquireCredential(
                ...([handle, code, oids, seconds, store, keytabs, password] as const),
                ...([domain, places, job] as const),
              )
              .then(({ credential, facts }) => {
                if (enctypes.length > 0) native.setEnctypes(credential, enctypes)
                const found = knownOf(facts, name, usage, oids)
                const known = { ...found, keyed: keytabs.length > 0 }
                return limited(credential, known, { negotiable: null, noCiFlags })
              }),
          ),
        )
      if (realms === undefined) return acquire()
      return acquiredWithin(realms, name, domain, password !== null, acquire)
    })
  }

  /**
   * The name that the credential belongs to, if it is known without asking: the given name, else null. The library chooses a
   * default initiator credential when it knows the target; {@link inquire} decides it at once.
   */
  get name(): Name | null {
    return this.#known.name
  }

  get usage(): Usage {
    return this.#known.usage
  }

  /**
   * Seconds left of what it had when it was acquired (which a client keytab prolongs: {@link inquire}), Infinity where it does not end,
   * null where it is not known without asking.
   */
  get lifetime(): number | null {
    const told = this.#known.lifetime
    if (told === null) return null
    return Math.max(0, Math.floor(told - (Date.now() - this.#told) / 1000))
  }

  /** The mechanisms that the credential is for, if they are known without asking. */
  get mechanisms(): Mechanism[] {
    return [...this.#known.mechanisms]
  }

  /**
   * Inquires the library (gss_inquire_cred, gss_inquire_cred_by_mech). May ask a KDC, and decides which
   * identity of a cache collection a default credential has.
   *
   * @param options `mechanism`: default all
   */
  async inquire(options?: MechanismOptions): Promise<CredentialInfo> {
    const { mechanism, signal } = optionsOf(options, MECHANISM_OPTIONS)
    const oid = optionalMechanismOid(mechanism, 'options.mechanism', '')
    const native = addon()
    return abortable(native, abortSignal(signal), (job) =>
      native.inquireCredential(this.#native, oid, job).then(infoOf),
    )
  }

  /**
   * A credential of another user, obtained without that user's password or ticket (S4U2Self,
   * gss_acquire_cred_impersonate_name). This credential is a service's own, with a ticket; the KDC decides
   * whether that service may. Initiating with the result asks for a ticket in the user's name (S4U2Proxy).
   * The result holds the ticket for the service itself, which proves to the service who the user is in the
   * KDC's eyes, but no password was checked.
   *
   * An acceptor's credential with usage 'both' does the same with the ticket that a client sent: the
   * context's `delegatedCredential` then initiates in the client's name.
   *
   * @param name the user; a string is a principal, 'alice@REALM'
   * @throws GssError GSS_S_FAILURE with the KDC's `minorName`, ERR_GSS_UNSUPPORTED (Heimdal, Windows)
   */
  async impersonate(name: Name | string, options?: ImpersonateOptions): Promise<Credential> {
    const given = optionsOf(options, ['usage', 'mechanisms', 'lifetime', 'signal'])
    const signal = abortSignal(given.signal)
    const usage = choice(given.usage, 'options.usage', USAGES, 'initiate')
    const oids = mechanismOids(given.mechanisms, 'options.mechanisms')
    const seconds = lifetime(given.lifetime, 'options.lifetime', UINT32_MAX)
    const impersonator = this.#native
    const code = USAGES.indexOf(usage)
    return attempt(() => {
      const user = initiatorName(name, 'name')
      const handle = nativeName(user, 'name')
      const native = addon()
      return abortable(native, signal, (job) =>
        native
          .impersonateName(impersonator, handle, code, oids, seconds, job)
          .then(({ credential, facts }) =>
            credentialFromNative(credential, knownOf(facts, user, usage, oids)),
          ),
      )
    })
  }

  /**
   * A credential with all that this one has and one mechanism's element more (gss_add_cred and its
   * kin); this one stays as it is, but is decided where it left open whose it is. The sum is not renewed from a client keytab.
   *
   * @throws GssError GSS_S_DUPLICATE_ELEMENT where it has that mechanism already, and as {@link Credential.acquire}
   */
  async add(options: AddOptions): Promise<Credential> {
    const given = optionsOf(options, ADD)
    const signal = abortSignal(given.signal)
    const oid = mechanismOid(given.mechanism, 'options.mechanism')
    const usage = choice(given.usage, 'options.usage', USAGES, 'initiate')
    const seconds = lifetime(given.lifetime, 'options.lifetime', UINT32_MAX)
    const other = nativeCredential(given.impersonator, 'options.impersonator')
    if (other !== null && (given.store ?? given.password) !== undefined) {
      throw invalidArgValue('options.impersonator', 'must not be given with a store or password')
    }
    const secrets = secretOptions(given.store, given.password)
    const { store, keytabs, password } = secrets
    const base = this.#native
    const before = this.#known
    const limits = this.#limits
    return attemptWith(allOf(secrets), () => {
      checkPasswordUse(given, usage, store)
      const name = nameOption(given.name, usage)
      const handle = name === null ? null : nativeName(name, 'options.name')
      const native = addon()
      const places = environment()
      const code = USAGES.indexOf(usage)
      const asked = askedOfCredential(usage, name, store, password)
      return abortable(native, signal, (job) =>
        telling(
          asked,
          native.addCredential(
            ...([base, other, handle, code, oid, seconds, store, keytabs] as const),
            ...([password, places, job] as const),
          ),
        ).then(({ credential, facts }) => {
          const known = knownOf(facts, name, usage, [oid])
          const sum = {
            ...known,
            name: before.name ?? known.name,
            usage: before.usage === usage ? usage : 'both',
            keyed: before.keyed === true || keytabs.length > 0,
          } as const
          return limited(credential, sum, limits)
        }),
      )
    })
  }

  /**
   * Copies it to where other processes find it, a ticket cache (gss_store_cred_into, RFC 5588).
   *
   * @returns what was stored
   * @throws GssError GSS_S_DUPLICATE_ELEMENT where there is one and `overwrite` is not set,
   *   GSS_S_NO_CRED, GSS_S_FAILURE, ERR_GSS_UNSUPPORTED
   */
  async store(options?: StoreOptions): Promise<{ usage: Usage; mechanisms: Mechanism[] }> {
    const given = optionsOf(options, STORE)
    const usage = choice(given.usage, 'options.usage', USAGES, this.#known.usage)
    const oid = optionalMechanismOid(given.mechanism, 'options.mechanism', '')
    const overwrite = flag(given.overwrite, 'options.overwrite', false)
    const makeDefault = flag(given.default, 'options.default', false)
    const store = storeElements(given.store)
    const native = addon()
    const code = USAGES.indexOf(usage)
    return abortable(native, abortSignal(given.signal), (job) =>
      telling(
        askedOfCredential(usage, null, store, null),
        native.storeCredential(this.#native, code, oid, overwrite, makeDefault, store, job),
      ).then((stored) => ({
        usage: USAGES[stored.usage] ?? 'both',
        mechanisms: stored.mechanisms.map(mechanismName),
      })),
    )
  }

  /**
   * What SPNEGO may negotiate with this credential, the preferred one first (gss_set_neg_mechs, RFC 4178);
   * the credential must have been acquired for 'spnego'. Call it before contexts use the credential: it is
   * refused with ERR_GSS_CONTEXT_BUSY while one does.
   *
   * @throws GssError GSS_S_UNAVAILABLE where the credential has no SPNEGO, ERR_GSS_UNSUPPORTED (Heimdal)
   */
  setNegotiableMechanisms(mechanisms: Mechanism[]): void {
    const oids = mechanismOids(mechanisms, 'mechanisms')
    if (oids.length === 0) throw invalidArgValue('mechanisms', 'must not be empty')
    try {
      addon().setNegotiableMechanisms(this.#native, oids)
    } catch (thrown) {
      throw toGssError(thrown)
    }
    this.#limits = { ...this.#limits, negotiable: oids }
  }

  /** What {@link setNegotiableMechanisms} set last; null where the library chooses. */
  get negotiableMechanisms(): Mechanism[] | null {
    return this.#limits.negotiable?.map(mechanismName) ?? null
  }

  /**
   * The only encryption types that contexts with this credential may use, for both sides
   * (gss_krb5_set_allowable_enctypes): the session key that an initiator asks for, the key that an acceptor takes
   * or proposes. An empty list allows again what krb5.conf permits. For krb5, also under SPNEGO. Call it before contexts
   * use the credential: it is refused with ERR_GSS_CONTEXT_BUSY while one does.
   *
   * Types that the library does not know are passed over; where it knows none of them, MIT refuses them at once.
   *
   * @throws GssError GSS_S_FAILURE (`minorName` 'KRB5_CONFIG_ETYPE_NOSUPP'), ERR_GSS_UNSUPPORTED (Windows)
   */
  setEnctypes(enctypes: Enctype[]): void {
    const numbers = enctypeNumbers(enctypes, 'enctypes')
    try {
      addon().setEnctypes(this.#native, numbers)
    } catch (thrown) {
      throw toGssError(thrown)
    }
  }

  /**
   * Sets a mechanism's own option (gss_set_cred_option), with MIT's meaning: the library calls all mechanisms of the credential
   * in turn. Refused while a context uses the credential, as {@link setEnctypes}. The values of krb5's options are
   * C structures with pointers in them, and therefore refused, except GSS_KRB5_CRED_NO_CI_FLAGS_X
   * ('1.2.752.43.13.29', without a value): see `noCiFlags` and {@link setEnctypes}.
   *
   * @param option an object identifier
   * @param value the option's value as bytes; default: none
   * @throws GssError GSS_S_UNAVAILABLE (Heimdal: GSS_S_FAILURE) where no mechanism knows it, ERR_GSS_UNSUPPORTED
   *   (Windows, and as above)
   */
  setOption(option: string, value?: Bytes): void {
    const id = oid(option, 'option')
    const bytes = value === undefined ? new Uint8Array() : secretCopy(value, 'value')
    try {
      addon().setCredentialOption(this.#native, id, bytes)
      if (id === NO_CI_FLAGS) this.#limits = { ...this.#limits, noCiFlags: true }
    } catch (thrown) {
      throw toGssError(thrown)
    } finally {
      bytes.fill(0)
    }
  }

  /**
   * Returns what a mechanism says about the credential under an object identifier (gss_inquire_cred_by_oid). May ask a
   * KDC, as {@link inquire}.
   *
   * Rejects with GssError GSS_S_UNAVAILABLE (Heimdal: GSS_S_FAILURE) where no mechanism knows it, ERR_GSS_UNSUPPORTED
   * (Windows).
   */
  async inquireByOid(attribute: string, options?: AsyncOptions): Promise<Buffer[]> {
    return this.#inquireByOid(oid(attribute, 'attribute'), options)
  }

  #inquireByOid(id: string, options: AsyncOptions | undefined): Promise<Buffer[]> {
    const native = addon()
    return abortable(native, signalOption(options), (job) =>
      native.inquireCredentialByOid(this.#native, id, job),
    )
  }

  /**
   * Returns the name of the service whose credential obtained this one ({@link impersonate}, GSS_KRB5_GET_CRED_IMPERSONATOR);
   * null if the credential was not impersonated.
   *
   * Rejects with GssError ERR_GSS_UNSUPPORTED where the library does not know it (Heimdal, Windows).
   */
  async impersonator(options?: AsyncOptions): Promise<Name | null> {
    const asked = this.#inquireByOid(GET_CRED_IMPERSONATOR, options)
    return asked.then(
      ([principal]) => (principal === undefined ? null : Name.principal(principal.toString())),
      (thrown: unknown) => {
        const known = addon().library().implementation === 'mit'
        const mechanism = thrown instanceof GssError && thrown.code.startsWith('GSS_S_')
        throw known || !mechanism ? thrown : refusal('ERR_GSS_UNSUPPORTED', NO_IMPERSONATOR)
      },
    )
  }

  /**
   * The credential as bytes, for {@link Credential.import} in this or another process with the same
   * library (gss_export_cred). **They are the credential**: of a credential in memory (delegated, by password,
   * impersonated) they hold the tickets with their keys; of one in a file its name; of one that leaves open whose it is the name of
   * the collection. Encrypt them, and overwrite them after use.
   *
   * A credential whose keys were given as bytes stays in its process: give the other process those bytes. Like every call with a
   * credential, it waits while an earlier call asks a KDC with that credential.
   *
   * Rejects with GssError GSS_S_UNAVAILABLE where a mechanism cannot, ERR_GSS_UNSUPPORTED, ERR_GSS_DISPOSED.
   */
  async export(options?: AsyncOptions): Promise<Buffer> {
    return exportCredential(this.#native, this.#known, this.#limits, options)
  }

  /**
   * What {@link export} returned (gss_import_cred). The bytes must come from somebody you trust as much as
   * the credential itself: the digest in them detects damage, not forgery.
   *
   * Rejects with GssError GSS_S_DEFECTIVE_TOKEN where they are damaged, or of another library.
   */
  static async import(token: Bytes, options?: AsyncOptions): Promise<Credential> {
    return importCredential(token, options, limited)
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
  [dispose](): void {
    this.dispose()
  }

  /** @internal */
  [inspect.custom](): string {
    if (!(#known in this)) return '[Credential]'
    const { name, usage } = this.#known
    return `Credential(${usage}) ${name === null ? '<default>' : inspect(name)}`
  }
}

// Quirk(heimdal): 7.8's gss_init_sec_context crashes on a credential whose usage is accept only.
/** No library accepts a credential for the other side, and not every library says why. */
function otherSide(usage: Usage): GssError {
  const [done, wanted] = usage === 'accept' ? ['accept', 'initiate'] : ['initiate', 'accept']
  const gss = wanted === 'initiate' ? 'gss_init_sec_context' : 'gss_accept_sec_context'
  const sspi = wanted === 'initiate' ? 'InitializeSecurityContextW' : 'AcceptSecurityContext'
  return refusalAs(
    'GSS_S_NO_CRED',
    `the credential is to ${done}, and not to ${wanted}`,
    addon().library().backend === 'sspi' ? sspi : gss,
    `Acquire the credential with usage '${wanted}', or 'both' where it serves both sides.`,
  )
}

function lacksMechanism(mechanisms: Mechanism[], oid: string): GssError {
  const detail = `the credential is for ${mechanisms.join(', ')}, and not for ${mechanismName(oid)}`
  const hint =
    'Acquire or impersonate with both mechanisms named, or initiate with one that the credential has. A delegated credential: store() it in a cache, and acquire it from there.'
  return refusalAs('GSS_S_NO_CRED', detail, 'gss_init_sec_context', hint)
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
