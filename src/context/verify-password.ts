/** Whether a password is a user's, as the KDC knows it, and whether that KDC is the one that gave us our key. */
import { hostname } from 'node:os'
import { type AsyncOptions } from '../base/abort'
import { type Bytes } from '../base/bytes'
import { Acceptor, Initiator, type SecurityContext } from './context'
import { Credential } from '../credential/credential'
import type { CredentialStore } from '../credential/options'
import { hereOrThere, keytabPlace, secretBytes, storeOption } from '../credential/secrets'
import { attemptWith, GssError, refusal } from '../base/errors'
import { library } from '../base/library'
import { initiatorName, Name, targetName } from '../name/name'
import { abortSignal, optionalText, optionsOf } from '../base/options'
import {
  emptyPassword,
  logonFailure,
  passwordFailure,
  recoded,
} from '../credential/password-errors'
import { checkNameRealm, realmsOption } from '../credential/realms'
import { checkSameUser } from '../credential/same-user'

/** Options of {@link verifyPassword}. */
export interface VerifyPasswordOptions extends AsyncOptions {
  /**
   * The keytab with the key of `service`: 'FILE:/etc/krb5.keytab'; or its content, which is copied, and the copy overwritten after use.
   * Default: the process's. Windows: leave it out; the key is that of the account that the process runs as.
   */
  keytab?: string | Bytes | undefined
  /** Where the keytab stands in Credential.acquire; it is given here or there. */
  store?: Pick<CredentialStore, 'keytab'> | undefined
  /** Whose key it is, as a target: 'HTTP@www.example.com'. Default: 'host' on this machine. */
  service?: Name | string | undefined
  /** Windows: the domain of a user name without one. */
  domain?: string | undefined
  /**
   * The only realms whose users are taken. A name of another is refused before anybody is asked, so that nobody can make
   * this process wait for KDCs of their choice (`x@SILENT.EXAMPLE`); so is an answer with a name of another. A name without a realm
   * is the default realm's. Default: all that krb5.conf and DNS know.
   */
  realms?: readonly string[] | undefined
}

interface Asked {
  user: Name
  service: Name
  store: CredentialStore
  /** What of `store` is to be overwritten. */
  secret: Buffer | null
  domain: string
  realms: readonly string[] | undefined
  signal: AbortSignal | undefined
}

/** A replay cache has nothing to do where both sides are here, and MIT's would be a file. */
function withoutCache(): CredentialStore {
  return library().implementation === 'mit' ? { rcache: 'none:' } : {}
}

const OPTIONS = ['keytab', 'store', 'service', 'domain', 'realms', 'signal'] as const

function askedOf(user: Name | string, options: VerifyPasswordOptions | undefined): Asked {
  const given = optionsOf(options, OPTIONS)
  const service = given.service ?? Name.service('host', hostname())
  const asked = {
    domain: optionalText(given.domain, 'options.domain'),
    realms: realmsOption(given.realms),
    signal: abortSignal(given.signal),
    service: targetName(service, 'options.service'),
    user: initiatorName(user, 'user'),
  }
  const store = withoutCache()
  const from = hereOrThere(given, storeOption(given.store, ['keytab']), 'keytab')
  const keytab = keytabPlace(...from) // last: a mistake leaves no copy
  if (keytab !== undefined) store.keytab = keytab
  return { ...asked, store, secret: typeof keytab === 'object' ? keytab : null }
}

/** Whoever is not in possession of the service's key ends here, a KDC that gave a ticket included. */
function untrusted(thrown: unknown): unknown {
  if (!(thrown instanceof GssError)) return thrown
  const why = 'the ticket was not made with the key in the keytab: not by the KDC that made the key'
  return recoded(thrown, 'ERR_GSS_KDC_NOT_TRUSTED', why)
}

type Side = Pick<SecurityContext, 'complete' | 'initiatorName'>

/**
 * @internal The user by whom the ticket was made out, in the words of a KDC that knows the service's key: so only once both sides
 * have come to their end.
 */
export function provenName(client: Side, server: Side): Name {
  const name = server.complete && client.complete ? server.initiatorName : null
  if (name !== null) return name
  throw refusal('ERR_GSS_KDC_NOT_TRUSTED', 'the exchange did not come to its end')
}

async function shakeHands(
  asked: Asked,
  credential: Credential,
  verifier: Credential,
): Promise<Name> {
  const { signal, service } = asked
  const options = { ...(signal && { signal }) }
  const client = new Initiator({ credential, target: service, mechanism: 'krb5' })
  const server = new Acceptor({ credential: verifier, mechanism: 'krb5' })
  try {
    const token = await client.step(null, options).catch((thrown: unknown) => {
      throw logonFailure(thrown)
    })
    const reply = await server.step(token, options).catch((thrown: unknown) => {
      throw untrusted(thrown)
    })
    await client.step(reply, options).catch((thrown: unknown) => {
      throw untrusted(thrown)
    })
    return provenName(client, server)
  } finally {
    client.dispose()
    server.dispose()
  }
}

async function ticketFor(
  { user, domain, signal }: Asked,
  password: Uint8Array,
): Promise<Credential> {
  try {
    return await Credential.acquire({
      ...{ mechanisms: ['krb5'], name: user, password },
      ...(signal && { signal }),
      ...(domain !== '' && { domain }),
    })
  } catch (thrown) {
    throw passwordFailure(thrown)
  }
}

async function seenBy(asked: Asked, password: Uint8Array, verifier: Credential): Promise<Name> {
  const credential = await ticketFor(asked, password)
  try {
    return await shakeHands(asked, credential, verifier)
  } finally {
    credential.dispose()
  }
}

async function verified(asked: Asked, password: Uint8Array): Promise<Name> {
  const { user, store, domain, realms, signal } = asked
  if (realms !== undefined) await checkNameRealm(user, realms, domain)
  // First, so that no password is sent where it could not be verified.
  const verifier = await Credential.acquire({
    ...{ mechanisms: ['krb5'], usage: 'accept', store },
    ...(signal && { signal }),
  })
  try {
    const found = await seenBy(asked, password, verifier)
    await checkSameUser(user, found, domain)
    if (realms !== undefined) await checkNameRealm(found, realms, domain)
    return found
  } finally {
    verifier.dispose()
  }
}

/**
 * Checks a user's password against the KDC, and the KDC against a key of ours: for services that are given a password in
 * place of a ticket. A ticket alone would prove nothing, since whoever can answer in the KDC's place can make
 * one for any password; so a context is established with the service whose key the keytab holds, which only the
 * realm's own KDC can make a ticket for. Tickets are kept in memory of its own and freed at the end; no cache
 * is read or written. The password is copied, and the copy overwritten.
 *
 * It resolves to the user's name as the KDC gave it, and rejects where the password is not that user's, so that
 * no result of it can be mistaken for a yes. Use that name for what the user may do. It is the one given, but perhaps for the
 * case of letters (Active Directory's, with `canonicalize` in krb5.conf); for Name.enterprise it is what the KDC says.
 *
 * Rejects with GssError:
 * - `ERR_GSS_PASSWORD_WRONG`, `ERR_GSS_USER_UNKNOWN` (tell users the same for both), `ERR_GSS_PASSWORD_EXPIRED`
 *   ({@link changePassword}), `ERR_GSS_ACCOUNT_LOCKED`, `ERR_GSS_ACCOUNT_EXPIRED`
 * - `ERR_GSS_PASSWORD_INSUFFICIENT`: a password is not enough for this account, right or not (a second factor, a smart
 *   card): do not try again, which may lock it
 * - `ERR_GSS_REALM_NOT_ALLOWED`: the user's realm is none of `realms`; GSS_S_BAD_NAME: a backslash that escapes nothing
 * - `ERR_GSS_USER_MISMATCH`: the KDC gave the ticket to another name
 * - `ERR_GSS_KDC_NOT_TRUSTED`: the KDC that said yes does not know the service's key: it is forged, or the keytab
 *   is out of date
 * - GSS_S_NO_CRED, GSS_S_FAILURE and others: it could not be found out, `minorName` tells why: no keytab, no KDC,
 *   KRB5KDC_ERR_S_PRINCIPAL_UNKNOWN where the KDC does not know `service`
 *
 * @param user a principal ('alice@REALM'), Name.user, Name.enterprise
 */
export async function verifyPassword(
  user: Name | string,
  password: string | Bytes,
  options?: VerifyPasswordOptions,
): Promise<Name> {
  const secret = secretBytes(password, 'password')
  return attemptWith([secret], () => {
    const asked = askedOf(user, options)
    return attemptWith([asked.secret], () => {
      // To a library it may be as none, and to Windows as one's own.
      if (secret.length === 0) return Promise.reject(emptyPassword())
      return verified(asked, secret)
    })
  })
}
