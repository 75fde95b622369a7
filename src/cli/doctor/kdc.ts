/** The KDCs of a realm: are they named, do their names resolve, do they answer, and what time is it there? */
import { lookup, resolveSrv } from 'node:dns/promises'
import { type Asn1, ASN1_MISSING } from '../asn1'
import { decodeToken } from '../token/decode'
import { askForNobody } from './as-req'
import { type Check, failed, ok, skipped, warning, within } from './check'
import type { Profile } from './profile'
import { overTcp, overUdp, type Place, placeOf } from './transport'

const DNS_TIME = 5000
const ANSWER_TIME = 3000
const DEFAULT_SKEW = 300
const NOTABLE_SKEW = 60
const MOST_KDCS = 5

async function published(realm: string): Promise<Place[]> {
  const services = ['_kerberos._udp', '_kerberos._tcp'].map((service) =>
    within(DNS_TIME, resolveSrv(`${service}.${realm}`)).catch(() => []),
  )
  return (await Promise.all(services)).flat().map(({ name, port }) => ({ host: name, port }))
}

/** Those of krb5.conf that are reached over HTTPS (MS-KKDCP), by another protocol than a KDC's own. */
const proxiesOf = (realm: string, profile: Profile) =>
  profile.values('realms', realm, 'kdc').filter((text) => /^https?:/i.test(text))

/** Those of krb5.conf, else of DNS. */
async function placesOf(realm: string, profile: Profile): Promise<Place[]> {
  const named = profile.values('realms', realm, 'kdc').map(placeOf)
  const places = named.filter((place) => place !== null)
  if (named.length > 0 || !profile.flag('dns_lookup_kdc', true)) return places
  const found = await published(realm)
  return found.filter(
    (a, i) => found.findIndex((b) => b.host === a.host && b.port === a.port) === i,
  )
}

const reason = (error: unknown) => (error instanceof Error ? error.message : String(error))

/** Asks by one way; the answer's time in milliseconds since 1970, and how far the clock here is behind. */
async function ask(ask: Promise<Buffer>, asn1: Asn1): Promise<number> {
  const began = Date.now()
  const answer = await within(ANSWER_TIME, ask)
  const here = (began + Date.now()) / 2
  const { stime, susec } = decodeToken(answer, asn1).token
  if (typeof stime !== 'string') throw new Error('the answer is no KRB-ERROR')
  return Date.parse(stime) + Number(susec) / 1000 - here
}

function clock(place: string, difference: number, allowed: number): Check {
  const seconds = Math.round(difference / 1000)
  const found = `this machine's clock is ${Math.abs(seconds)} s ${seconds > 0 ? 'behind' : 'ahead of'} that of ${place}`
  const advice =
    'Synchronise the clocks (NTP, chrony): timedatectl tells whether this machine does.'
  if (Math.abs(seconds) > allowed)
    return failed('clock', `${found}; ${allowed} s are allowed`, advice)
  if (Math.abs(seconds) > NOTABLE_SKEW) return warning('clock', found, advice)
  return ok(
    'clock',
    `differs from that of ${place} by ${(Math.abs(difference) / 1000).toFixed(1)} s`,
  )
}

const FIREWALL =
  'Is the KDC running, and does a firewall let this machine through to it (port 88, UDP and TCP)?'

async function checkPlace(place: Place, realm: string, asn1: Asn1, skew: number): Promise<Check[]> {
  const name = `${place.host}:${place.port}`
  let address: string
  try {
    address = (await within(DNS_TIME, lookup(place.host))).address
  } catch (error) {
    return [
      failed(
        'DNS',
        `KDC ${place.host}: ${reason(error)}`,
        `Correct kdc of ${realm} in krb5.conf, or DNS.`,
      ),
    ]
  }
  const request = askForNobody(asn1, realm)
  const ways = [
    ask(overUdp(place, address, request), asn1),
    ask(overTcp(place, address, request), asn1),
  ]
  const results = await Promise.allSettled(ways)
  const answers = results.map((result, i): Check => {
    const way = `KDC over ${i === 0 ? 'UDP' : 'TCP'}`
    if (result.status === 'fulfilled') return ok(way, `${name} answers for ${realm}`)
    const advice =
      results[1 - i]?.status === 'fulfilled'
        ? 'Large tickets need both UDP and TCP: open the firewall for the other too.'
        : FIREWALL
    const tell = results[1 - i]?.status === 'fulfilled' ? warning : failed
    return tell(way, `${name}: ${reason(result.reason)}`, advice)
  })
  const answered = results.find((result) => result.status === 'fulfilled')
  return answered === undefined ? answers : [...answers, clock(name, answered.value, skew)]
}

/** All that can be known of a realm's KDCs without a ticket. */
export async function checkKdcs(
  realm: string,
  profile: Profile,
  asn1: Asn1 | null,
): Promise<Check[]> {
  const places = await placesOf(realm, profile)
  const proxies = proxiesOf(realm, profile)
  if (places.length === 0 && proxies.length > 0) {
    return [skipped('KDC', `${realm} is reached through a proxy: ${proxies.join(', ')}`)]
  }
  if (places.length === 0) {
    const advice = `Add ${realm} with its kdc to [realms] in krb5.conf, or publish _kerberos._udp.${realm} in DNS.`
    return [failed('KDC', `no KDC of ${realm} is named in krb5.conf or DNS`, advice)]
  }
  if (asn1 === null) return [skipped('KDC', ASN1_MISSING)]
  const skew = Number(profile.libdefault('clockskew')?.replace(/s$/, '') ?? DEFAULT_SKEW)
  const asked = places.slice(0, MOST_KDCS)
  return (await Promise.all(asked.map((place) => checkPlace(place, realm, asn1, skew)))).flat()
}
