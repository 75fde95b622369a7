/** The doctor's questions where gssproxy has the keys and tickets. */
import type { Asn1 } from '../asn1'
import { type Check, patience, skipped, WITHOUT_TICKET } from './check'
import { checkProxiedKeys, hasProxiedKey } from './gssproxy'
import { checkContext, checkService } from './service'

export const UNREACHED = 'gssproxy has them, and cannot be reached'

/** A process that only accepts needs no tickets, one that only initiates no keys: gssproxy lacks those without a fault. */
function pardoned(lacking: Check, other: Check, named: boolean): Check {
  const { check, status, found } = lacking
  if (status !== 'failed' || (other.status === 'failed' && !named)) return lacking
  const who =
    check === 'keytab'
      ? 'only a process that accepts needs keys'
      : 'only a process that initiates needs tickets'
  return skipped(check, `gssproxy has none for this process (${found}); ${who}`)
}

/** What is asked through gssproxy instead of a keytab and tickets of this process. */
export async function throughProxy(
  target: string | undefined,
  tickets: Check,
  reached: boolean,
  asn1: Asn1 | null,
): Promise<Check[]> {
  if (!reached) {
    return [tickets, skipped('keytab', UNREACHED), skipped('service', UNREACHED)]
  }
  const keys = await checkProxiedKeys(patience())
  const own = target === undefined ? pardoned(tickets, keys.check, false) : tickets
  const checks = [own, pardoned(keys.check, tickets, target !== undefined)]
  const asked = target ?? keys.name
  if (tickets.status === 'failed' || asked === undefined) {
    return [...checks, skipped('service', WITHOUT_TICKET)]
  }
  const { checks: got, ticket } = await checkService(asked, asn1, patience(), true)
  checks.push(...got)
  if (ticket !== undefined && (await hasProxiedKey(ticket.principal, patience()))) {
    checks.push(await checkContext(asked, null, patience()))
  }
  return checks
}
