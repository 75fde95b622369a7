/** The change of a password. */
import { abortable, type AsyncOptions } from '../base/abort'
import { invalidArgValue } from '../base/argument-error'
import { type Bytes } from '../base/bytes'
import { secretBytes } from './secrets'
import { attempt } from '../base/errors'
import { initiatorName, type Name } from '../name/name'
import { addon } from '../native'
import { abortSignal, optionalText, optionsOf } from '../base/options'
import { passwordFailure } from './password-errors'

/** Options of {@link changePassword}. */
export interface ChangePasswordOptions extends AsyncOptions {
  /** Windows: the domain of a user name without one. */
  domain?: string | undefined
}

function userText(user: Name | string): string {
  const name = initiatorName(user, 'user')
  if (name.type === 'principal' || name.type === 'user') return name.toString()
  throw invalidArgValue('user', 'must be a principal or the name of a user', name.type)
}

/** One more secret; where it is a mistake, the one that is copied already is not left behind. */
function secretBeside(value: unknown, name: string, beside: Uint8Array): Uint8Array {
  try {
    return secretBytes(value, name)
  } catch (error) {
    beside.fill(0)
    throw error
  }
}

/**
 * Changes a password, by proving the old one: also one that has expired. It asks the realm's KDC for a ticket for
 * kadmin/changepw and sends the new password, encrypted, to the realm's kpasswd service (`kpasswd_server` in krb5.conf, port 464;
 * krb5_change_password, RFC 3244; ChangeAccountPasswordW on Windows). No cache is written. Both passwords are copied, and the copies
 * overwritten.
 *
 * Rejects with GssError:
 * - `ERR_GSS_PASSWORD_REFUSED`: the realm refuses the new password. `minor` is RFC 3244's result code (4: it breaks a
 *   rule, 5: the user may not change it), `minorMessages` is the service's text for people
 * - `ERR_GSS_PASSWORD_WRONG`, `ERR_GSS_PASSWORD_INSUFFICIENT`, `ERR_GSS_USER_UNKNOWN`, `ERR_GSS_ACCOUNT_LOCKED`,
 *   `ERR_GSS_ACCOUNT_EXPIRED`: about the old password
 * - GSS_S_FAILURE with a `minorName`: everything else, such as KRB5_KDC_UNREACH
 * - `ERR_GSS_UNSUPPORTED` where the library cannot
 *
 * After an abort the password may have been changed all the same.
 *
 * @param user a principal ('alice@REALM'), or Name.user
 */
export async function changePassword(
  user: Name | string,
  oldPassword: string | Bytes,
  newPassword: string | Bytes,
  options?: ChangePasswordOptions,
): Promise<void> {
  const given = optionsOf(options, ['domain', 'signal'])
  const signal = abortSignal(given.signal)
  const domain = optionalText(given.domain, 'options.domain')
  const name = userText(user)
  const changed = secretBytes(newPassword, 'newPassword')
  if (changed.length === 0) throw invalidArgValue('newPassword', 'must not be empty')
  const old = secretBeside(oldPassword, 'oldPassword', changed)
  return attempt(() => {
    const native = addon()
    return abortable(native, signal, (job) =>
      native.changePassword(name, domain, old, changed, job),
    )
  })
    .catch((thrown: unknown) => {
      throw passwordFailure(thrown)
    })
    .finally(() => {
      old.fill(0)
      changed.fill(0)
    })
}
