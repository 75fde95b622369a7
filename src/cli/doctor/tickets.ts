/** Is there a ticket, and for how long? */
import { Credential, proxyAdvice } from '../..'
import { type Check, failed, failedBy, ok, warning } from './check'

const CHECK = 'tickets'
const SOON = 600
const KINIT = 'Run kinit, or name a ticket cache (KRB5CCNAME) or a client keytab.'

function minutes(seconds: number): string {
  return seconds >= 7200
    ? `${Math.floor(seconds / 3600)} hours`
    : `${Math.floor(seconds / 60)} minutes`
}

/** The default cache's, through the package itself; the user's realm beside it. */
export async function checkTickets(
  signal: AbortSignal,
  proxied: boolean,
): Promise<{ check: Check; realm?: string }> {
  const otherwise = proxied ? proxyAdvice.noTicket : KINIT
  try {
    const credential = await Credential.acquire({ mechanisms: ['krb5'], signal })
    const { name, initiatorLifetime } = await credential.inquire({ mechanism: 'krb5', signal })
    const whose = name?.toString() ?? 'nobody'
    const realm = /@([^@]+)$/.exec(whose)?.[1]
    const at = realm === undefined ? {} : { realm }
    if (initiatorLifetime <= 0)
      return { check: failed(CHECK, `${whose}: expired`, otherwise), ...at }
    const found = `${whose}, for ${minutes(initiatorLifetime)} more`
    // A client keytab of gssproxy's renews them.
    const check =
      initiatorLifetime < SOON && !proxied
        ? warning(CHECK, found, 'Run kinit soon.')
        : ok(CHECK, found)
    return { check, ...at }
  } catch (error) {
    return { check: failedBy(CHECK, error, otherwise) }
  }
}
