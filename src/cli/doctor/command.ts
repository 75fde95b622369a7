/** `gssapi doctor`: one look after the other, each with its finding and what to do. */
import { library, Name } from '../..'
import { Asn1 } from '../asn1'
import { ALL_WELL, CommandFailure, FAULT_FOUND } from '../failure'
import type { Answer, Surroundings } from '../surroundings'
import { printable } from '../text'
import { type Check, ok, patience, skipped, WITHOUT_TICKET } from './check'
import { checkConfiguration } from './configuration'
import { checkProxy } from './gssproxy'
import { checkHost } from './host'
import { checkKdcs } from './kdc'
import { checkKeytab, checkVersion, type Keytab, keytabName } from './keytab'
import { configurationFiles, Profile } from './profile'
import { throughProxy, UNREACHED } from './proxied'
import { checkContext, checkService } from './service'
import { checkTickets } from './tickets'

const MOST_SERVICES = 3

/**
 * service@host, service/host, service/host@REALM, or with Active Directory's domain, ldap/host/domain. A host may have a port or
 * an instance's name, as SQL Server's: MSSQLSvc/host:1433.
 */
const TARGET = /^[^@/\s]+[@/]([^@/\s:]+)(?::[^@/\s:]+)?(?:\/[^@/\s]+)?(?:@[^@/\s]+)?$/

function hostOf(target: string): string {
  const host = TARGET.exec(target)?.[1]
  if (host !== undefined) return host
  throw new CommandFailure(`no service of a host: ${target}; it is meant like HTTP@www.example.com`)
}

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
    const { checks: got, ticket } = await checkService(target, asn1, patience(), false)
    checks.push(...got)
    const version = ticket === undefined ? undefined : checkVersion(keytab.entries, ticket)
    if (version === undefined) continue
    checks.push(version, await checkContext(target, file, patience()))
  }
  return checks
}

function libraryCheck(): Check {
  const { implementation, version, path } = library()
  return ok('library', `${implementation} ${version}, ${path}`)
}

// Windows has neither file, and what stands in its place is for its own tools to tell.
const WINDOWS_CONFIGURATION = skipped(
  'configuration',
  "Windows' own: nltest /dsgetdc:DOMAIN, ksetup and klist tell it",
)
const WINDOWS_KEYTAB: Keytab = {
  check: skipped(
    'keytab',
    "a service's keys are its account's: setspn -Q SERVICE/HOST tells which",
  ),
  entries: [],
}

async function examine(target: string | undefined, env: Surroundings['env']): Promise<Check[]> {
  const host = target === undefined ? undefined : hostOf(target)
  const profile = new Profile(configurationFiles(env['KRB5_CONFIG']))
  const asn1 = await Asn1.find()
  const ofWindows = library().backend === 'sspi'
  const configuration = ofWindows
    ? [WINDOWS_CONFIGURATION]
    : checkConfiguration(profile, env['KRB5_CONFIG'])
  const checks = [libraryCheck(), ...configuration]
  const proxy = await checkProxy(env, profile)
  checks.push(...proxy.checks)
  const tickets =
    proxy.proxied && !proxy.reached
      ? { check: skipped('tickets', UNREACHED) }
      : await checkTickets(patience(), proxy.proxied)
  const ofHost = host === undefined ? undefined : profile.realmOf(host)
  const domain = ofWindows ? env['USERDNSDOMAIN'] : profile.libdefault('default_realm')
  const realms = [domain, tickets.realm, ofHost]
  for (const realm of new Set(realms.filter((each) => each !== undefined))) {
    checks.push(...(await checkKdcs(realm, profile, asn1)))
  }
  if (host !== undefined) checks.push(await checkHost(host, profile))
  if (proxy.proxied) {
    return [...checks, ...(await throughProxy(target, tickets.check, proxy.reached, asn1))]
  }
  const file = keytabName(profile, env['KRB5_KTNAME'])
  const keytab = ofWindows ? WINDOWS_KEYTAB : checkKeytab(file)
  checks.push(tickets.check, keytab.check)
  if (tickets.check.status === 'failed') {
    return [...checks, skipped('service', WITHOUT_TICKET)]
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
