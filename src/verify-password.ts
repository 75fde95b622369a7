/** Whether a password is a user's, as the KDC knows it, and whether that KDC is the one that gave us our key. */
import { hostname } from 'node:os'
import { type AsyncOptions } from './abort'
import { Acceptor } from './acceptor'
import { type Bytes } from './bytes'
import { Credential } from './credential'
import { type CredentialStore, secretBytes } from './credential-options'
import { GssError, refusal } from './errors'
import { Initiator } from './initiator'
import { library } from './library'
import { initiatorName, Name, targetName } from './name'
import { abortSignal, nonEmptyText, optionalText, optionsOf } from './options'
import { passwordFailure, recoded } from './password-errors'

/** Options of {@link verifyPassword}. */
export interface VerifyPasswordOptions extends AsyncOptions {
  /**
   * The keytab with the key of `service`: 'FILE:/etc/krb5.keytab'. Default: the process's. Windows: leave it out; the
   * key is that of the account that the process runs as.
   */
  keytab?: string | undefined
  /** Whose key it is, as a target: 'HTTP@www.example.com'. Default: 'host' on this machine. */
  service?: Name | string | undefined
  /** Windows: the domain of a user name without one. */
  domain?: string | undefined
}

interface Asked {
  user: Name
  service: Name
  store: CredentialStore | undefined
  domain: string
  signal: AbortSignal | undefined
}

/** A replay cache has nothing to do where both sides are here, and MIT's would be a file. */
function storeOf(keytab: string | undefined): CredentialStore | undefined {
  const elements = {
    ...(keytab === undefined ? {} : { keytab }),
    ...(library().implementation === 'mit' ? { rcache: 'none:' } : {}),
  }
  return Object.keys(elements).length === 0 ? undefined : elements
}

function askedOf(user: Name | string, options: VerifyPasswordOptions | undefined): Asked {
  const given = optionsOf(options, ['keytab', 'service', 'domain'])
  const service = given.service ?? Name.service('host', hostname())
  const keytab =
    given.keytab === undefined ? undefined : nonEmptyText(given.keytab, 'options.keytab')
  return {
    user: initiatorName(user, 'user'),
    service: targetName(service, 'options.service'),
    store: storeOf(keytab),
    domain: optionalText(given.domain, 'options.domain'),
    signal: abortSignal(options),
  }
}

/** Whoever is not in possession of the service's key ends here, a KDC that gave a ticket included. */
function untrusted(thrown: unknown): unknown {
  if (!(thrown instanceof GssError)) return thrown
  const why = 'the ticket was not made with the key in the keytab: not by the KDC that made the key'
  return recoded(thrown, 'ERR_GSS_KDC_NOT_TRUSTED', why)
}

/** The user by whom the ticket was made out, in the words of a KDC that knows the service's key. */
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
    const token = await client.step(null, options)
    try {
      const reply = await server.step(token, options)
      await client.step(reply, options)
    } catch (thrown) {
      throw untrusted(thrown)
    }
    const name = server.initiatorName
    if (client.complete && server.complete && name !== null) return name
    throw refusal('ERR_GSS_KDC_NOT_TRUSTED', 'the exchange did not come to its end')
  } finally {
    client.dispose()
    server.dispose()
  }
}

/** An enterprise name is one that the KDC may replace; any other must come back as it was. */
function sameUser(asked: Asked, found: Name): Name {
  if (asked.user.type === 'enterprise' || found.equals(asked.user)) return found
  throw refusal('ERR_GSS_KDC_NOT_TRUSTED', 'the ticket is made out to somebody else')
}

async function verified(asked: Asked, password: Uint8Array): Promise<Name> {
  const { user, store, domain, signal } = asked
  const common = { mechanisms: ['krb5'], ...(signal && { signal }) }
  // First, so that no password is sent where it could not be verified.
  const verifier = await Credential.acquire({ ...common, usage: 'accept', ...(store && { store }) })
  let credential: Credential | undefined
  try {
    const own = { ...common, name: user, password, ...(domain !== '' && { domain }) }
    credential = await Credential.acquire(own).catch((thrown: unknown) => {
      throw passwordFailure(thrown)
    })
    return sameUser(asked, await shakeHands(asked, credential, verifier))
  } finally {
    credential?.dispose()
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
 * no result of it can be mistaken for a yes. Use that name for what the user may do.
 *
 * Rejects with GssError:
 * - `ERR_GSS_PASSWORD_WRONG`, `ERR_GSS_USER_UNKNOWN` (tell users the same for both), `ERR_GSS_PASSWORD_EXPIRED`
 *   ({@link changePassword}), `ERR_GSS_ACCOUNT_LOCKED`, `ERR_GSS_ACCOUNT_EXPIRED`
 * - `ERR_GSS_KDC_NOT_TRUSTED`: the KDC that said yes does not know the service's key: it is forged, or the keytab
 *   is out of date
 * - GSS_S_NO_CRED, GSS_S_FAILURE and others: it could not be found out, `minorName` tells why: no keytab, no KDC,
 *   KRB5KDC_ERR_S_PRINCIPAL_UNKNOWN where the KDC does not know `service`
 *
 * @param user a principal ('alice@REALM'), Name.user, Name.enterprise
 */
export function verifyPassword(
  user: Name | string,
  password: string | Bytes,
  options?: VerifyPasswordOptions,
): Promise<Name> {
  const asked = askedOf(user, options)
  const secret = secretBytes(password, 'password')
  // To a library it may be as none, and to Windows as one's own.
  if (secret.length === 0) return Promise.reject(refusal('ERR_GSS_PASSWORD_WRONG', 'it is empty'))
  return verified(asked, secret).finally(() => secret.fill(0))
}
