/** Whether a ticket is made out to the user whose password was checked. */
import { GssError } from '../base/errors'
import type { Name } from '../name/name'
import { isWindows } from '../mechanism/mechanism'

/** Equal but for the case of letters, by both rules: 'ı' is no 'i', and the sign of Kelvin no 'k'. */
function equalFolded(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase() && one.toUpperCase() === other.toUpperCase()
}

/** @internal 'DOMAIN\user', 'user@REALM', or a user of the domain given; '' where nobody says. */
export function accountOf(name: string, domain = ''): [user: string, domain: string] {
  const backslash = name.indexOf('\\')
  if (backslash >= 0) return [name.slice(backslash + 1), name.slice(0, backslash)]
  const at = name.lastIndexOf('@')
  return at < 0 ? [name, domain] : [name.slice(0, at), name.slice(at + 1)]
}

/** A domain by its name in DNS, or by its short one, which is that name's beginning. */
function sameDomain(one: string, other: string): boolean {
  if (one === '' || other === '' || equalFolded(one, other)) return true
  const [shorter, longer] = one.length < other.length ? [one, other] : [other, one]
  return !shorter.includes('.') && equalFolded(shorter, longer.split('.')[0] ?? '')
}

/** @internal Whether two names of Windows are one account's. */
export function sameAccount(asked: string, found: string, domain = ''): boolean {
  const [user, of] = accountOf(asked, domain)
  const [foundUser, foundOf] = accountOf(found)
  return equalFolded(user, foundUser) && sameDomain(of, foundOf)
}

const RENAMED =
  'The KDC knows the user by another name than the one given. If that is to be: give Name.enterprise(), or the name that the KDC has, and take the name that comes back for what the user may do. Otherwise somebody answered in the place of the KDC, with another user’s ticket.'

/**
 * Quirk(mit): with `canonicalize` in krb5.conf, libkrb5 takes another name from the KDC's answer, which nothing protects but the
 * password: who knows a password of their own can answer with their own ticket. So of the name only the case of letters
 * may change, as directories do it; but an enterprise name is one that the KDC shall replace.
 *
 * @throws GssError ERR_GSS_USER_MISMATCH
 */
export async function checkSameUser(asked: Name, found: Name, domain: string): Promise<void> {
  if (asked.type === 'enterprise' || found.equals(asked)) return
  if (isWindows) {
    if (sameAccount(asked.toString(), found.toString(), domain)) return
  } else if (equalFolded(String(await asked.canonicalize({ mechanism: 'krb5' })), found.toString()))
    return
  const detail = 'the ticket is made out to another name than the one given'
  throw new GssError({ code: 'ERR_GSS_USER_MISMATCH', detail, hint: RENAMED })
}
