/** `gssapi doctor`: one look after the other, each with its finding and what to do. */
import { library, Name } from '../..'
import { Asn1 } from '../asn1'
import { ALL_WELL, FAULT_FOUND } from '../failure'
import type { Answer, Surroundings } from '../surroundings'
import { printable } from '../text'
import { type Check, ok, skipped } from './check'
import { checkConfiguration } from './configuration'
import { checkHost } from './host'
import { checkKdcs } from './kdc'
import { checkKeytab, checkVersion, type Keytab, keytabName } from './keytab'
import { configurationFiles, Profile } from './profile'
import { checkContext, checkService } from './service'
import { checkTickets } from './tickets'

/** For all that is asked of the library: a KDC that is silent holds it for half a minute. */
const PATIENCE = 20_000
const MOST_SERVICES = 3

const hostOf = (target: string) => /[@/]([^@/]+)/.exec(target)?.[1]

/** The services of a keytab, where none was named; a machine's account ('HOST$@REALM') is no service. */
function targetsOf(target: string | undefined, { entries }: Keytab): (string | Name)[] {
  if (target !== undefined) return [target]
  const names = new Set(entries.map(({ principal }) => principal))
  const services = [...names].filter((name) => name.includes('/'))
  return services.slice(0, MOST_SERVICES).map((name) => Name.principal(name))
}

async function services(
  targets: (string | Name)[],
  keytab: Keytab,
  file: string,
  asn1: Asn1 | null,
): Promise<Check[]> {
  const checks: Check[] = []
  for (const target of targets) {
    const { checks: got, ticket } = await checkService(target, asn1, AbortSignal.timeout(PATIENCE))
    checks.push(...got)
    const version = ticket === undefined ? undefined : checkVersion(keytab.entries, ticket)
    if (version === undefined) continue
    checks.push(version, await checkContext(target, file, AbortSignal.timeout(PATIENCE)))
  }
  return checks
}

function libraryCheck(): Check {
  const { implementation, version, path } = library()
  return ok('library', `${implementation} ${version}, ${path}`)
}

async function examine(target: string | undefined, env: Surroundings['env']): Promise<Check[]> {
  const profile = new Profile(configurationFiles(env['KRB5_CONFIG']))
  const asn1 = await Asn1.find()
  const checks = [libraryCheck(), ...checkConfiguration(profile, env['KRB5_CONFIG'])]
  const tickets = await checkTickets(AbortSignal.timeout(PATIENCE))
  const host = target === undefined ? undefined : hostOf(target)
  const ofHost = host === undefined ? undefined : profile.realmOf(host)
  const realms = [profile.libdefault('default_realm'), tickets.realm, ofHost]
  for (const realm of new Set(realms.filter((each) => each !== undefined))) {
    checks.push(...(await checkKdcs(realm, profile, asn1)))
  }
  if (host !== undefined) checks.push(await checkHost(host, profile))
  const file = keytabName(profile, env['KRB5_KTNAME'])
  const keytab = checkKeytab(file)
  checks.push(tickets.check, keytab.check)
  if (tickets.check.status === 'failed') {
    return [...checks, skipped('service', 'without a ticket no service can be asked for')]
  }
  return [...checks, ...(await services(targetsOf(target, keytab), keytab, file, asn1))]
}

const MARKS = { ok: 'ok', warning: 'WARNING', failed: 'FAILED', skipped: 'skipped' }

function lines({ check, status, found, advice }: Check): string[] {
  const mark = MARKS[status].padEnd(8)
  const finding = `${mark} ${check}: ${printable(found)}`
  return advice === undefined ? [finding] : [finding, `${' '.repeat(9)}-> ${printable(advice)}`]
}

/** Exit code 1 where something failed; a warning alone is no failure. */
export async function doctorCommand(
  target: string | undefined,
  { env }: Surroundings,
): Promise<Answer> {
  const checks = await examine(target, env)
  const count = (status: string) => checks.filter((each) => each.status === status).length
  const sum = `${count('failed')} failed, ${count('warning')} warnings`
  return {
    fields: { healthy: count('failed') === 0, checks },
    text: [...checks.flatMap(lines), sum, ''].join('\n'),
    exitCode: count('failed') === 0 ? ALL_WELL : FAULT_FOUND,
  }
}
