/** What the password of a credential may be given with. */
import { invalidArgValue } from '../base/argument-error'
import type { AcquireOptions, Usage } from './options'
import { isWindows } from '../mechanism/mechanism'

/** Where a ticket comes from instead: element and its name here. */
const INSTEAD = { ccache: 'ccache', client_keytab: 'clientKeytab' }

/**
 * Refuses a password that the libraries would refuse unclearly (MIT: G_BAD_USAGE, "Credential usage type is unknown"), or would have
 * no use for.
 *
 * @param store key and value by turns
 * @throws TypeError ERR_INVALID_ARG_VALUE
 */
export function checkPasswordUse(
  { name, password }: Readonly<Pick<AcquireOptions, 'name' | 'password'>>,
  usage: Usage,
  store: readonly string[],
): void {
  const keys = store.filter((_, index) => index % 2 === 0)
  const stored = keys.includes('password')
  if (password === undefined && !stored) return
  const refused = (reason: string) =>
    invalidArgValue(stored ? 'options.store.password' : 'options.password', reason)
  if (password !== undefined && stored) throw refused('must not be given beside options.password')
  if (name === undefined) throw refused('needs the name whose it is: options.name')
  // SSPI accepts as the account that a password opens.
  if (usage === 'accept' && !isWindows) {
    throw refused("is of no use to an acceptor: give a keytab, or usage 'initiate' or 'both'")
  }
  for (const [element, known] of Object.entries(INSTEAD)) {
    if (!keys.includes(element)) continue
    throw refused(`must not be given beside ${known}: its ticket is kept with the credential alone`)
  }
}
