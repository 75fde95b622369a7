/** The gaps of Wine 8.0 and of SSPI, by test file. */
export interface Gap {
  /** 'contract/bindings' */
  file: string
  /** Which tests of it, by their full title; otherwise all. */
  titles?: RegExp
  /** Goes into the title. */
  reason: string
  /** false where the body would hang, or end the process. */
  run?: boolean
}

const NO_STORES = 'SSPI has no credential stores'
const NO_MINOR = 'Wine says SEC_E_NO_CREDENTIALS or SEC_E_INTERNAL_ERROR and no more'
const NO_PARTS = 'several data, and signed data, are not emulated'
const NO_PRF = 'SSPI has no pseudo-random function'
const NO_AEAD = 'SSPI documents no stream with data apart'
const NO_KEYS = 'Windows keeps the ticket and its keys to itself'
const NO_DOMAIN = 'Wine’s Kerberos takes no password of a user without a domain'
const NO_EXPORT = 'Wine does not export contexts'
const ANY_WORD = 'on Windows any word may be the name of a security package'

export const GAPS: readonly Gap[] = [
  {
    file: 'contract/acceptor-first',
    titles: /the exchange goes on from there/,
    reason: 'Wine’s Negotiate frames nothing',
  },
  {
    file: 'contract/spnego-reselection',
    reason: 'not tried with SSPI; Wine’s Negotiate frames nothing',
    run: false,
  },
  {
    file: 'contract/empty-messages',
    titles: /out of their place/,
    reason: 'not tried with SSPI',
    run: false,
  },
  { file: 'contract/bindings', reason: 'Wine ignores channel bindings' },
  {
    file: 'contract/cache-selection',
    reason: 'a collection of caches is the Unix library’s, not SSPI’s',
    run: false,
  },
  { file: 'contract/client-keytab', reason: NO_STORES, run: false },
  { file: 'contract/clock-skew', reason: NO_MINOR },
  {
    file: 'contract/credential-environment',
    reason: 'caches and keytabs are the Unix library’s, not SSPI’s',
    run: false,
  },
  { file: 'contract/credential-mechanism', titles: /^(?!.*a password)/, reason: NO_STORES },
  {
    file: 'contract/credential-store',
    titles: /^credential stores (?!a client key)/,
    reason: NO_STORES,
  },
  { file: 'contract/password-use', titles: /a keytab beside it is taken/, reason: NO_STORES },
  {
    file: 'contract/credentials',
    titles: /by service alone/,
    reason: 'SSPI has no name for a service on any host',
  },
  {
    file: 'contract/credentials',
    titles: /inquire tells name/,
    reason: 'Wine does not say whose credential it is',
  },
  {
    file: 'contract/delegation',
    titles: /the delegated credential|a service that the realm trusts/,
    reason: 'Wine gives no delegated credential',
  },
  { file: 'contract/delegation', titles: /not forwardable/, reason: NO_STORES },
  {
    file: 'contract/delegation',
    titles: /does not trust/,
    reason: 'SSPI has no delegation by policy alone',
  },
  {
    file: 'contract/credential-add',
    titles: /^(?!.*is a mistake)/,
    reason: 'SSPI has no credential of several packages',
  },
  { file: 'contract/credential-limits', reason: 'SSPI’s credentials stay in their process' },
  {
    file: 'contract/credential-transfer',
    titles: /^(?!.*a disposed credential)/,
    reason: 'SSPI’s credentials stay in their process',
  },
  {
    file: 'contract/context-transfer',
    titles: /^(?!.*(aborted|has not begun|not granted|that failed))/,
    reason: 'Wine does not export contexts',
  },
  {
    file: 'contract/context-classes',
    titles: /an established (initiator|acceptor)/,
    reason: 'Wine does not export contexts',
  },
  {
    file: 'contract/context-end',
    titles: /an imported context ends/,
    reason: 'Wine does not export contexts',
  },
  {
    file: 'contract/context-expiry',
    titles: /imported, it is|names that (nobody|cannot be told)/,
    reason: 'Wine does not export contexts, and tells names as before',
  },
  {
    file: 'contract/context-expiry',
    titles: /every other call on messages/,
    reason: NO_AEAD,
  },
  {
    file: 'contract/dce-style',
    titles: /messages pass|delegation is granted|channel bindings/,
    reason:
      'the layout of DCE’s messages is not emulated; Wine ignores bindings, and delegates nothing',
  },
  { file: 'contract/client-aware-bindings', reason: 'Wine ignores channel bindings' },
  { file: 'contract/lucid', reason: NO_KEYS },
  {
    file: 'security/pipelined-steps',
    reason: 'Wine’s Negotiate sends Kerberos’ bare tokens',
    run: false,
  },
  {
    file: 'security/unknown-options',
    titles: / Realm#/,
    reason: 'the realm is on the other machine, and takes its calls from there',
    run: false,
  },
  { file: 'contract/rfc1964', reason: NO_KEYS },
  {
    file: 'contract/krb5-context',
    titles: /^(?!.*(is refused while|is a mistake|is an address|an address of keys|borrowed))/,
    reason: NO_KEYS,
  },
  {
    file: 'contract/credential-enctypes',
    reason: 'Windows chooses encryption types by its policy',
    run: false,
  },
  {
    file: 'contract/credential-options',
    reason: 'SSPI has no options of credentials by object identifier',
    run: false,
  },
  {
    file: 'contract/password-change',
    reason: 'Wine’s table has no ChangeAccountPasswordW',
    run: false,
  },
  { file: 'contract/password-verify', reason: 'SSPI has no keytabs', run: false },
  {
    file: 'contract/renewal-schedule',
    titles: /the tickets in memory/,
    reason: 'Windows renews its tickets by itself',
  },
  {
    file: 'contract/renewing-credential',
    reason: 'Windows renews its tickets by itself',
    run: false,
  },
  { file: 'contract/errors-kdc', reason: NO_MINOR },
  { file: 'contract/errors', reason: NO_MINOR },
  {
    file: 'contract/handshake',
    titles: /extendedError/,
    reason: 'Wine does not pass the flag on',
  },
  {
    file: 'contract/handshake',
    titles: /dceStyle/,
    reason: 'the layout of DCE’s messages is not emulated',
  },
  {
    file: 'contract/handshake',
    titles: /same session key/,
    reason: 'Wine 8 has no SECPKG_ATTR_SESSION_KEY',
  },
  { file: 'contract/iakerb', reason: 'Windows has no IAKERB' },
  { file: 'contract/iov', titles: /DCE style/, reason: NO_PARTS, run: false },
  {
    file: 'contract/iov',
    titles: /signed around|three pieces|changed data|a repeated message|a gap is reported/,
    reason: NO_PARTS,
  },
  {
    file: 'security/iov',
    titles: /only read may share memory|neighbours in one ArrayBuffer|thousands of parts arrive/,
    reason: NO_PARTS,
  },
  {
    file: 'contract/iov',
    titles: /wrapIovLength is what/,
    reason: 'SSPI tells bounds',
  },
  {
    file: 'contract/aead',
    titles: /^(?!.*with no associated data)/,
    reason: NO_AEAD,
  },
  { file: 'contract/enctypes', reason: NO_PARTS, run: false },
  { file: 'contract/forged-iov', reason: NO_PARTS, run: false },
  { file: 'contract/prf', reason: NO_PRF },
  { file: 'contract/prf-values', titles: /is RFC 4402/, reason: NO_PRF },
  { file: 'contract/impersonation', reason: NO_STORES },
  {
    file: 'contract/local-users',
    reason: 'SSPI maps a context’s initiator to a user, not a name',
    run: false,
  },
  {
    file: 'contract/mechanisms',
    titles: /had but not listed|has no text|displayed as/,
    reason: 'SSPI’s packages have no aliases and no texts, its names no realm',
  },
  {
    file: 'contract/messages',
    titles: /overhead is exact|the largest message that fits/,
    reason: 'SSPI tells bounds: the trailer and one block',
  },
  {
    file: 'contract/messages',
    titles: /sealed: every size arrives in the caller's memory/,
    reason: 'SSPI needs the room of the trailer, also where the message is signed only',
  },
  {
    file: 'contract/memory',
    titles: /a rotated token/,
    reason: 'the test rotates a plain token, and Windows’ are rotated already',
  },
  {
    file: 'contract/name-attributes',
    titles: /^(?!.*(a mistake in the arguments|a plain export))/,
    reason: 'SSPI’s names have no attributes',
  },
  {
    file: 'contract/names',
    titles: /canonicalises|default realm|an enterprise name|localName|unknown mechanism/,
    reason: 'SSPI’s names are text: no default realm, no users of this machine',
  },
  {
    file: 'contract/sequence',
    titles: /reported|share one sequence/,
    reason: 'SSPI refuses a message out of sequence and does not give it',
  },
  {
    file: 'lifecycle/dispose',
    titles: /an enquiry about a credential/,
    reason: 'Wine does not say whose credential it is',
  },
  {
    file: 'lifecycle/limits',
    titles: /of memory/,
    reason: 'the memory of a process can be limited by prlimit, which is Linux’s',
  },
  {
    file: 'security/arguments',
    titles: /a mechanism that is none/,
    reason: ANY_WORD,
  },
  {
    file: 'security/context-tokens',
    titles: /an acceptor of one mechanism/,
    reason: 'Wine’s Negotiate sends raw krb5 tokens',
  },
  {
    file: 'security/exported-credentials',
    reason: 'SSPI’s credentials stay in their process',
    run: false,
  },
  {
    file: 'contract/object-identifiers',
    titles: /a context is asked/,
    reason: 'SSPI keeps the ticket and its keys to itself',
  },
  {
    file: 'security/composite-names',
    reason: 'SSPI’s names have no attributes',
    run: false,
  },
  { file: 'security/exported-contexts', reason: 'Wine does not export contexts', run: false },
  { file: 'security/residue', reason: 'Windows has no /proc/self/mem', run: false },
  {
    file: 'security/secrets',
    titles: /a context does not show its key/,
    reason: 'Wine 8 has no SECPKG_ATTR_SESSION_KEY',
  },
  {
    file: 'security/secrets',
    titles: /a token for the peer/,
    reason: 'Wine makes no token where it fails',
  },
  {
    file: 'unit/channel-bindings',
    reason: 'no openssl for Windows to make certificates with',
    run: false,
  },
  {
    file: 'unit/name',
    titles: /the type asked for|a uid is no number/,
    reason: 'Windows has no numbers for users',
  },
  { file: 'unit/name', titles: /mistakes in asynchronous calls/, reason: ANY_WORD },
  {
    file: 'unit/options',
    titles: /in an (initiator|acceptor)'s options/,
    reason: ANY_WORD,
  },
  {
    file: 'unit/options',
    titles: /in the configuration/,
    reason: 'Windows’ library is the system’s own, and cannot be chosen',
  },
  {
    file: 'contract/hostile-peer',
    titles: /^(?!.*a token of RFC 1964 is refused)/,
    reason: NO_KEYS,
  },
  {
    file: 'contract/message-limits',
    titles: /wrapAead: a quality of protection/,
    reason: NO_AEAD,
  },
  {
    file: 'contract/message-limits',
    titles: /(krb5|spnego) (encrypted|sealed): unwrapInto needs/,
    reason: 'SSPI needs the room of the trailer and one block',
  },
  {
    file: 'contract/message-limits',
    titles: /DCE style, (encrypted|sealed): unwrapInto needs/,
    reason: 'the layout of DCE’s messages is not emulated',
  },
  {
    file: 'contract/vm-context',
    titles: /a password is verified|its bytes are bytes/,
    reason: NO_STORES,
  },
  {
    file: 'contract/lifetimes',
    titles: /as long as its initiator asked for/,
    reason: NO_STORES,
  },
  {
    file: 'security/options-and-bytes',
    titles: /shrinks or grows in a getter/,
    reason: NO_AEAD,
  },
  { file: 'security/other-realms', titles: /is a password/, reason: NO_DOMAIN },
  {
    file: 'security/other-realms',
    titles: /is a token, a message and memory for one/,
    reason: NO_EXPORT,
  },
  { file: 'security/other-realms', titles: /is a part of a message/, reason: NO_AEAD },
  {
    file: 'security/other-realms',
    titles: /is bindings' data and address/,
    reason: 'Wine ignores channel bindings',
  },
  {
    file: 'security/object-prototype',
    titles: /and not imported|has its digest/,
    reason: NO_EXPORT,
  },
  {
    file: 'security/object-prototype',
    titles: /comes from where it was asked/,
    reason: 'Wine does not say whose credential it is',
  },
  {
    file: 'security/object-prototype',
    titles: /the rest of the calls/,
    reason: NO_DOMAIN,
  },
]
