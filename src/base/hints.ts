/**
 * What a person does about a failure. Decided by the code, by the name of the minor or Windows' status, by the call, and by
 * what the caller asked for; never by a message's text, which is only searched for the file to name.
 */
import { accessSync, constants } from 'node:fs'
import { dirname } from 'node:path'
import { proxyHint } from './hints-proxy'
import type { Asked, StatusRecord } from '../native'

type Facts = Partial<StatusRecord> & { code: string }
type Hint = string | ((facts: Facts) => string)

/** How MIT's and Heimdal's messages name a cache or keytab, whole: what cannot be told from the sentence is not named. */
const NAMED_IN = [
  /\((?:filename|default cache): (.+?)\)(?:$|[;:])/,
  /Key table file '(.+?)' not found/,
  /Keytab (.+?) is nonexistent or empty/,
  /keytab (.+?) open failed/,
  /lstat\((.+?)\)/,
]

function namedIn(facts: Facts): string | undefined {
  const text = [...(facts.minorMessages ?? []), ...(facts.majorMessages ?? [])].join('; ')
  const found = NAMED_IN.map((pattern) => pattern.exec(text)?.[1])
  return found.find((name) => name !== undefined)
}

const asked = (facts: Facts): Asked => facts.asked ?? {}

/** The ticket cache: as the caller named it, else as the message does. */
const cacheOf = (facts: Facts) => asked(facts).ccache ?? namedIn(facts)
const keytabOf = (facts: Facts) => asked(facts).keytab ?? namedIn(facts)

/** 'The keytab FILE:...', or 'The keytab' where nobody names it. */
const subject = (what: string, name: string | undefined) =>
  name === undefined ? what : `${what} ${name}`

const ACCEPT_CALLS: ReadonlySet<string> = new Set([
  'gss_accept_sec_context',
  'AcceptSecurityContext',
])

function isAcceptor(facts: Facts): boolean {
  return asked(facts).usage === 'accept' || ACCEPT_CALLS.has(facts.call ?? '')
}

function text(hint: Hint, facts: Facts): string {
  return typeof hint === 'function' ? hint(facts) : hint
}

/** Calls that write a cache, whatever they read before. */
const WRITING_CALLS = /^(?:gss_store_cred|krb5_cc_(?:initialize|store_cred)$)/

const noWriting: Hint = (facts) =>
  `${subject('The credential cache', asked(facts).target ?? cacheOf(facts))} cannot be written: check that its folder exists, that this user may write there, and that the disk is not full.`

const KEYTAB_CONTENTS =
  'check that the file exists, is a keytab that this user can read, and holds the key of the principal to log on as (klist -k); where there are several, give the name.'

const noClientKey: Hint = (facts) =>
  `No key to log on with could be read from the client keytab ${asked(facts).clientKeytab ?? ''}: ${KEYTAB_CONTENTS}`

const noKcm =
  "The KCM server, which keeps the tickets, does not answer: start it (systemctl start sssd-kcm.socket), in a container mount its socket, or name another cache, in KRB5CCNAME or the credential's store."

const unknownType: Hint = (facts) =>
  `This library has no such type of credential cache${cacheOf(facts) === undefined ? '' : ` as that of ${cacheOf(facts)}`}: name another (FILE:, DIR:, KEYRING:, MEMORY:), in KRB5CCNAME or the credential's store.`

const noTicket: Hint = (facts) => {
  const whose = asked(facts).name === undefined ? '' : ` of ${asked(facts).name}`
  return `There is no usable ticket${whose} in ${cacheOf(facts) ?? 'the credential cache'}: run kinit, or name a cache or a client keytab in the credential's store.`
}

/** Whether a cache in a file could be made there; others always can. */
function isPlace(cache: string): boolean {
  const path = /^(?:(?:WR)?FILE:)?(\/.*)$/s.exec(cache)?.[1]
  if (path === undefined) return true
  try {
    accessSync(dirname(path), constants.W_OK)
    return true
  } catch {
    return false
  }
}

/** With a client keytab MIT says the same where it has no key, and where the cache for the ticket cannot be made. */
const noCache: Hint = (facts) => {
  const { clientKeytab, ccache } = asked(facts)
  if (WRITING_CALLS.test(facts.call ?? '')) return text(noWriting, facts)
  if (clientKeytab === undefined) return text(noTicket, facts)
  return text(ccache === undefined || isPlace(ccache) ? noClientKey : noWriting, facts)
}

const noKeytab: Hint = (facts) =>
  `The service's key could not be read from ${keytabOf(facts) ?? 'the keytab'}: check that the file exists, is a keytab that this user can read, and holds the service's principal (klist -k).`

/** The key of a service, or that to log on with. */
const noKey: Hint = (facts) => {
  const initiates = asked(facts).usage === 'initiate'
  return text(initiates && asked(facts).clientKeytab !== undefined ? noClientKey : noKeytab, facts)
}

const expired =
  'The ticket has expired: run kinit again; a service that outlives its tickets uses RenewingCredential, which gets new ones in time.'

const PASSWORD_CALL = 'gss_acquire_cred_with_password'

const wrongPassword =
  'The password is wrong, or not the password any longer: check it, with the user and the realm.'

const staleClientKeytab: Hint = (facts) =>
  `The key in the client keytab ${asked(facts).clientKeytab ?? ''} is not the principal's any longer: make the keytab anew.`

const relayed = (facts: Facts) => asked(facts).relayedRealm?.()

const wrongSecret =
  "The password, or the key in the client keytab, is wrong or not the user's any longer: check it, with the user and the realm."

/** Whoever gave a password wants to hear of it, and not of keytabs. */
function notAuthenticated(otherwise: Hint): Hint {
  return (facts) => {
    // With IAKERB a context logs on, and not the credential.
    if (relayed(facts) !== undefined) return wrongSecret
    if (asked(facts).password === true || facts.call === PASSWORD_CALL) return wrongPassword
    return text(asked(facts).clientKeytab === undefined ? otherwise : staleClientKeytab, facts)
  }
}

const wrongKey: Hint = (facts) =>
  isAcceptor(facts)
    ? "The ticket was not encrypted with the key in the keytab: the service's key or password was changed after the keytab was made, or another account has the same name. Make the keytab anew, and have the client run kinit again."
    : "The key does not fit: the keytab is older than the principal's key. Where the service refuses, its keytab must be made anew."

/** MIT says the same of a version and of an encryption type. */
const noSuchKey: Hint = (facts) =>
  `${subject('The keytab', keytabOf(facts))} does not hold the key that the ticket was made with: the service's key or password was changed after the keytab was made, or the keytab lacks that encryption type (the message names version and encryption type). Make the keytab anew, with all of the service's keys, and have the client run kinit again.`

/** A per-message token fails by the same check as a ticket that was sealed with another key. */
const altered =
  'The message was altered on its way, or belongs to another context: drop it; the next genuine one can still be read.'

const MESSAGE_CALLS = /^(?:gss_(?:unwrap|verify_mic)|DecryptMessage$|VerifySignature$)/

const badIntegrity: Hint = (facts) =>
  MESSAGE_CALLS.test(facts.call ?? '') ? altered : text(notAuthenticated(wrongKey), facts)

const noSuchService =
  "The KDC does not know the service's principal: check the service and host name asked for (an alias, a short name or an IP address is not the registered name), and that the principal was created."

const noSuchClient =
  "The KDC does not know the client's principal: check the user's name and realm, and default_realm in krb5.conf."

const clockSkew =
  "This machine's clock and the peer's or the KDC's differ by more than the allowed 5 minutes: synchronise the clocks (NTP)."

const kdcUnreachable =
  "No KDC of the realm answered: check the kdc entries in krb5.conf's [realms], the network and the firewall (port 88, UDP and TCP). Where the entry is an https address: http_anchors must name the CA of the proxy's certificate, and the plugin must be installed (the package krb5-k5tls)."

const realmUnresolved =
  "The realm's KDC cannot be found: add the realm with its kdc to [realms] in krb5.conf, or its host's domain to [domain_realm], or publish DNS SRV records."

const PEER_KDC =
  "The initiator's realm must be right (user@REALM), krb5.conf on the service's machine must name a kdc of it in [realms], and the network and the firewall must let it through (port 88, UDP and TCP)."

/** Quirk(mit): 1.20's acceptor (iakerb_acceptor_step) makes no KRB-ERROR of a KDC out of reach, for it names no server in it. */
const noKdcForPeer: Hint = (facts) =>
  `No KDC of the realm ${relayed(facts) ?? ''} answered this service, which asks it for the initiator (IAKERB). ${PEER_KDC}`

const peerFoundNoKdc = `The service reached no KDC of the user's realm, which it asks for the initiator (IAKERB). ${PEER_KDC}`

const replay =
  'The same authenticator was seen before: a token was sent twice, or an attacker repeated it. Begin with a new context; never send an initial token again.'

/** What follows the last '@' that is not escaped. */
const realmOf = (principal: string) => /(?<!\\)@([^@]*)$/.exec(principal)?.[1] ?? ''

const notForUs: Hint = (facts) => {
  const ticket = asked(facts).ticket?.()
  const name = facts.acceptor ?? ''
  const own = realmOf(name)
  if (ticket !== undefined && own !== '' && ticket.realm !== own) {
    return `The ticket is of the realm ${ticket.realm}, and the acceptor's key is of ${own}: the client takes the host for that realm's. Map the host to its realm in [domain_realm] of the client's krb5.conf, or publish it in DNS, or name the realm in the target.`
  }
  const whose = ticket === undefined ? 'another service' : `another service, ${ticket.service},`
  const only = name === '' ? "the acceptor's credential" : `${name}, whose key the acceptor has`
  return `The ticket is for ${whose} than ${only}: the client must ask for the name in the service's keytab, or the acceptor must accept any of the keytab's names (no credential name).`
}

const certificates =
  'With a certificate (PKINIT): pkinit_identities must name it and its key, its CA must be among the pkinit_anchors of both sides, and the plugin must be installed (the package krb5-pkinit).'

const noProof = `No way to prove who the client is was left; the message tells why the last one failed. With a password: check it. ${certificates}`

const untrusted = `The certificate, or that of the KDC, is not accepted. ${certificates}`

const badCache: Hint = (facts) =>
  `${subject('The credential cache', cacheOf(facts))} is damaged or of an unknown format: remove it with kdestroy and run kinit.`

const badKeytab: Hint = (facts) =>
  asked(facts).usage === 'initiate' && asked(facts).clientKeytab !== undefined
    ? `The client keytab ${asked(facts).clientKeytab} is damaged or of an unknown format: make it anew.`
    : `${subject('The keytab', keytabOf(facts))} is damaged or of an unknown format: make it anew.`

const badKeytabName: Hint = (facts) =>
  `${subject('The name of the keytab', asked(facts).clientKeytab ?? keytabOf(facts))} is of no type that this library has: name a file (FILE:/etc/krb5.keytab).`

const notAllowed =
  "The KDC does not allow what was asked for. In another's name: allow the service to delegate to this target (krbAllowedToDelegateTo; in Active Directory msDS-AllowedToDelegateTo, or the target's msDS-AllowedToActOnBehalfOfOtherIdentity); the user's ticket must be forwardable, or the service trusted to act for anybody (ok_to_auth_as_delegate)."

const badConfiguration =
  'The Kerberos configuration (krb5.conf, or the file in KRB5_CONFIG) cannot be read: check that it exists, is readable and is well-formed.'

/** No minor status says so: the credential exists and is for the right side, but not for this mechanism. */
const otherMechanism =
  "The credential is not for the mechanism that the peer's token is of: acquire it for that mechanism (mechanisms), with the usage of this side ('accept' or 'both' to accept, 'initiate' or 'both' to initiate)."

const noEtype =
  "Client, service and KDC share no permitted encryption type: check permitted_enctypes in krb5.conf and the principal's keys; old DES, 3DES and RC4 keys are refused by default."

const BY_MINOR: Readonly<Record<string, Hint>> = {
  KRB5_FCC_NOFILE: noCache,
  KRB5_CC_NOTFOUND: noTicket,
  KRB5_CC_END: noTicket,
  KRB5_FCC_PERM: noCache,
  KRB5_CC_WRITE: noWriting,
  KRB5_CC_IO: noCache,
  KRB5_CC_READONLY: noWriting,
  KRB5_KCM_NO_SERVER: noKcm,
  KRB5_KCM_RPC_ERROR: noKcm,
  KRB5_CCACHE_BADVNO: badCache,
  KRB5_CC_FORMAT: badCache,
  KRB5_CC_BADNAME: unknownType,
  KRB5_CC_UNKNOWN_TYPE: unknownType,
  KG_EMPTY_CCACHE: noTicket,
  KG_CCACHE_NOMATCH: noTicket,
  KG_KEYTAB_NOMATCH: noKey,
  KRB5KRB_AP_ERR_TKT_EXPIRED: expired,
  KRB5KDC_ERR_NAME_EXP: "The client's account has expired: its administrator must extend it.",
  KRB5KDC_ERR_KEY_EXP: 'The password has expired: change it with kpasswd.',
  KRB5KDC_ERR_CLIENT_REVOKED:
    "The client's account is locked or disabled: its administrator must unlock it.",
  KRB5KDC_ERR_S_PRINCIPAL_UNKNOWN: noSuchService,
  KRB5KDC_ERR_C_PRINCIPAL_UNKNOWN: noSuchClient,
  KRB5KRB_AP_ERR_BAD_INTEGRITY: badIntegrity,
  KRB5KRB_AP_ERR_MODIFIED: badIntegrity,
  KRB5KRB_AP_ERR_BADKEYVER: noSuchKey,
  KRB5_KT_KVNONOTFOUND: noSuchKey,
  KRB5_KT_NOTFOUND: noKey,
  KRB5_KT_END: noKey,
  KRB5_KT_NAME_TOOLONG: noKey,
  KRB5_KT_BADNAME: badKeytabName,
  KRB5_KT_UNKNOWN_TYPE: badKeytabName,
  KRB5_KEYTAB_BADVNO: badKeytab,
  KRB5_KT_FORMAT: badKeytab,
  KRB5KRB_AP_ERR_NOKEY: noKeytab,
  KRB5KRB_AP_WRONG_PRINC: notForUs,
  KRB5KRB_AP_ERR_NOT_US: notForUs,
  KRB5KRB_AP_ERR_SKEW: clockSkew,
  KRB5_KDCREP_SKEW: clockSkew,
  KRB5KRB_AP_ERR_TKT_NYV: clockSkew,
  KRB5_KDC_UNREACH: kdcUnreachable,
  KRB5KRB_AP_ERR_IAKERB_KDC_NOT_FOUND: peerFoundNoKdc,
  KRB5KRB_AP_ERR_IAKERB_KDC_NO_RESPONSE: peerFoundNoKdc,
  KRB5_REALM_UNKNOWN: realmUnresolved,
  KRB5_REALM_CANT_RESOLVE: realmUnresolved,
  KRB5_ERR_HOST_REALM_UNKNOWN: realmUnresolved,
  KRB5KRB_AP_ERR_REPEAT: replay,
  KRB5KDC_ERR_PREAUTH_FAILED: notAuthenticated(noProof),
  KRB5_PREAUTH_FAILED: noProof,
  KRB5KDC_ERR_CLIENT_NOT_TRUSTED: untrusted,
  KRB5KDC_ERR_KDC_NOT_TRUSTED: untrusted,
  KRB5KDC_ERR_INVALID_CERTIFICATE: untrusted,
  KRB5KDC_ERR_CANT_VERIFY_CERTIFICATE: untrusted,
  KRB5KDC_ERR_CLIENT_NAME_MISMATCH:
    "The certificate is another principal's: the user it is for stands in its subjectAltName, or in the KDC's mapping.",
  KRB5KDC_ERR_BADOPTION: notAllowed,
  KRB5KDC_ERR_ETYPE_NOSUPP: noEtype,
  KRB5_CC_NOT_KTYPE: noEtype,
  KRB5_PROG_ETYPE_NOSUPP: noEtype,
  KRB5_CONFIG_CANTOPEN: badConfiguration,
  KRB5_CONFIG_BADFORMAT: badConfiguration,
  KRB5_CONFIG_NODEFREALM:
    'No default realm is set: write default_realm in krb5.conf, or give the realm in the name (user@REALM).',
}

/** Windows' statuses, where what to do is done with Windows' tools. */
const spn =
  'The domain has no account with this service principal name, or more than one: setspn -Q service/host shows which, setspn -S service/host ACCOUNT registers it.'

const BY_STATUS: Readonly<Record<string, Hint>> = {
  SEC_E_TARGET_UNKNOWN: spn,
  SEC_E_MULTIPLE_ACCOUNTS: spn,
  SEC_E_WRONG_PRINCIPAL:
    'The ticket is for another account than the one the service runs as, or its password has changed: setspn -Q service/host shows the account; klist purge drops the old ticket.',
  SEC_E_TIME_SKEW: clockSkew,
  SEC_E_NO_AUTHENTICATING_AUTHORITY:
    'No domain controller answered: check the network and DNS (nltest /dsgetdc:DOMAIN), for a realm that is not Active Directory also ksetup /addkdc.',
  SEC_E_NO_CREDENTIALS: (facts) =>
    isAcceptor(facts)
      ? 'The process runs as an account without keys in the domain: run the service as LocalSystem, NetworkService or a domain account.'
      : 'The process runs as an account that is not logged on to the domain: log on with a domain account, or give name, password and domain.',
  SEC_E_UNKNOWN_CREDENTIALS:
    'The credentials are not known to the security package: check name and domain.',
  SEC_E_LOGON_DENIED:
    'The name or password is wrong, or the account is locked, disabled or may not log on here.',
  SEC_E_SECPKG_NOT_FOUND:
    'This system has no such security package: mechanisms() lists those it has.',
  SEC_E_MESSAGE_ALTERED: badIntegrity,
  SEC_E_KDC_UNKNOWN_ETYPE: noEtype,
  SEC_E_NO_KERB_KEY:
    'The account has no key of a permitted encryption type: set its password anew, or allow the type (msDS-SupportedEncryptionTypes).',
  SEC_E_DELEGATION_POLICY:
    'The domain does not allow delegation to this service: trust its account for delegation.',
  SEC_E_POLICY_NLTM_ONLY: 'Policy allows NTLM only here.',
}

const SSPI_CALLS: ReadonlySet<string> = new Set([
  'InitializeSecurityContextW',
  'AcceptSecurityContext',
])

const noCredential: Hint = (facts) => {
  // SSPI finds out whether an account has tickets or keys where the credential is used.
  const isThere = asked(facts).credential === true && !SSPI_CALLS.has(facts.call ?? '')
  if (isThere) return otherMechanism
  return text(isAcceptor(facts) ? noKey : noTicket, facts)
}

const BY_CODE: Readonly<Record<string, Hint>> = {
  GSS_S_NO_CRED: noCredential,
  GSS_S_BAD_MIC: altered,
  GSS_S_CREDENTIALS_EXPIRED: expired,
  GSS_S_CONTEXT_EXPIRED: 'The context has outlived its ticket: establish a new one.',
  GSS_S_BAD_BINDINGS:
    'The peers do not see the same channel: something stands between them (a TLS proxy, an attacker), or they compute the channel bindings differently.',
  GSS_S_DUPLICATE_TOKEN:
    'The same message arrived twice: hand each token over once, or set onSequenceError to "report" where the transport may repeat.',
  GSS_S_OLD_TOKEN: 'A message arrived too late to tell whether it is a repetition.',
  GSS_S_UNSEQ_TOKEN:
    'Messages arrived out of order: use an ordered transport, or set onSequenceError to "report" or sequenceDetection to false.',
  GSS_S_GAP_TOKEN:
    'A message is missing: use a reliable transport, or set onSequenceError to "report" or sequenceDetection to false.',
  ERR_GSS_UNSUPPORTED:
    'The security library in use cannot do this: library() tells which it is and what it can do, configure() chooses another.',
  ERR_GSS_PASSWORD_WRONG: 'The password is wrong: it is not this user’s, or not any longer.',
  ERR_GSS_PASSWORD_REFUSED:
    'The realm does not take the new password: minorMessages has its rules, if the realm sent them.',
  ERR_GSS_KDC_NOT_TRUSTED:
    'Whoever answered as the KDC does not know the key in the keytab: make the keytab anew where it is out of date; otherwise somebody forges the KDC.',
  ERR_GSS_PROTECTION_NOT_GRANTED:
    'The peer or the mechanism does not give the protection asked for. Only if that is acceptable, turn the option off by name.',
  ERR_GSS_CONTEXT_BUSY:
    'An asynchronous call on this context has not ended: await it before a synchronous call, or use the Async form.',
  ERR_GSS_NOT_ESTABLISHED: 'Exchange tokens with step() until complete is true.',
}

function named(facts: Facts): Hint | undefined {
  // What this package says stands above the minor from which it was found.
  if (facts.code.startsWith('ERR_') && Object.hasOwn(BY_CODE, facts.code))
    return BY_CODE[facts.code]
  const name = facts.minorName ?? ''
  if (name === 'ASN1_MISSING_FIELD' && isAcceptor(facts) && relayed(facts)) return noKdcForPeer
  if (Object.hasOwn(BY_MINOR, name)) return BY_MINOR[name]
  const status = facts.statusName ?? ''
  if (Object.hasOwn(BY_STATUS, status)) return BY_STATUS[status]
  if (name.startsWith('PROF_')) return badConfiguration
  return Object.hasOwn(BY_CODE, facts.code) ? BY_CODE[facts.code] : undefined
}

/** One sentence that a person can act on, where one is known. */
export function hintFor(facts: Facts): string | undefined {
  const hint = proxyHint(facts, isAcceptor(facts)) ?? named(facts)
  return hint === undefined ? undefined : text(hint, facts)
}
