/** What a person does about a failure where gssproxy holds the keys and tickets: its configuration decides, not this process's. */
import type { StatusRecord } from '../native'

/** Of keys and tickets that are not there, or do not fit; krb5's names, and GSS-API's. */
const ABOUT_KEYS: ReadonlySet<string> = new Set([
  'KRB5_FCC_NOFILE',
  'KRB5_FCC_PERM',
  'KRB5_CC_NOTFOUND',
  'KRB5_CC_END',
  'KG_EMPTY_CCACHE',
  'KG_CCACHE_NOMATCH',
  'KG_KEYTAB_NOMATCH',
  'KRB5_KT_NOTFOUND',
  'KRB5_KT_KVNONOTFOUND',
  'KRB5_KT_END',
  'KRB5KRB_AP_ERR_NOKEY',
  'KRB5KRB_AP_ERR_BADKEYVER',
  'KRB5KRB_AP_ERR_TKT_EXPIRED',
])

const WHERE =
  "in the section of /etc/gssproxy that fits this process's user (euid); its log says more with debug_level = 2"

const noKey = `gssproxy holds the keys of this process, and has none that fits: check cred_store = keytab:… ${WHERE}. The keytab must hold the service's principal and its present key.`

const noTicket = `gssproxy holds the tickets of this process, and has none for this: check cred_store = client_keytab:… ${WHERE}. To act as another user, impersonate = yes must stand there. KRB5CCNAME must name a cache that this process may write.`

/** @internal For the doctor, which asks without a failure of the library. */
export const proxyAdvice = { noKey, noTicket } as const

/** Who asked for a store of his own has not asked gssproxy. */
const OWN_STORE = /_from$|_with_password$/

/** The hint, or undefined where it is the same as without gssproxy. */
export function proxyHint(
  facts: Partial<StatusRecord> & { code: string },
  accepts: boolean,
): string | undefined {
  if (facts.proxied !== true || OWN_STORE.test(facts.call ?? '')) return undefined
  const name = facts.minorName ?? ''
  // The daemon refuses some requests without a code.
  const silent = facts.code === 'GSS_S_FAILURE' && facts.minor === 0
  const unexplained = name === '' && (facts.code === 'GSS_S_NO_CRED' || silent)
  if (!unexplained && !ABOUT_KEYS.has(name)) return undefined
  return accepts ? noKey : noTicket
}
