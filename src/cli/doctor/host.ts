/** The service's host: does its name lead to an address, and the address back to the name? */
import { lookup, lookupService } from 'node:dns/promises'
import { type Check, failed, ok, warning, within } from './check'
import type { Profile } from './profile'

const DNS_TIME = 5000

/** Whether the library asks for the name that the address has, instead of the one given. */
const follows = (profile: Profile) =>
  profile.flag('rdns', true) && profile.libdefault('dns_canonicalize_hostname') !== 'false'

export async function checkHost(host: string, profile: Profile): Promise<Check> {
  let address: string
  try {
    address = (await within(DNS_TIME, lookup(host))).address
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return failed('DNS', `${host}: ${why}`, 'Check the host name; add it to DNS or /etc/hosts.')
  }
  const back = await within(DNS_TIME, lookupService(address, 0)).catch(() => null)
  const name = back?.hostname ?? 'no name'
  const found = `${host} is ${address}, which is ${name}`
  if (name.toLowerCase() === host.toLowerCase() || !follows(profile)) return ok('DNS', found)
  const advice = `The library may ask for a ticket for ${name}: correct the reverse entry in DNS, or set rdns = false under [libdefaults].`
  return warning('DNS', found, advice)
}
