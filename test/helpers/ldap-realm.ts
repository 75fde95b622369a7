/** A realm whose database is a directory (slapd), which unlike the DB2 one knows who may delegate to whom. */
import { execFileSync } from 'node:child_process'
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { Realm, type RealmOptions } from 'gssapi/testing'
import { Daemon } from './daemon'
import { findProgram, firstFile, programPath } from './programs'
import { skipSuite } from './realm'

const SUFFIX = 'dc=example,dc=test'
const CONTAINER = `cn=kerberos,${SUFFIX}`

// Where distributions put what MIT has no fixed place for.
const SCHEMA = firstFile([
  '/usr/share/doc/krb5-kdc-ldap/kerberos.schema.gz',
  '/usr/share/doc/krb5-kdc-ldap/kerberos.schema',
  '/usr/share/doc/krb5-server-ldap/kerberos.schema',
])
const CORE = firstFile(['/etc/ldap/schema/core.schema', '/etc/openldap/schema/core.schema'])
const MODULES = firstFile(
  ['/usr/lib/ldap', '/usr/lib64/openldap', '/usr/lib/openldap'].map((f) => `${f}/back_mdb.so`),
)

/** Why there can be no such realm here. */
export function ldapGap(): string | undefined {
  const lacks = ['slapd', 'ldapmodify', 'kdb5_ldap_util'].find((name) => !findProgram(name))
  if (lacks !== undefined) return `${lacks} is not installed`
  if (SCHEMA === undefined) return 'the schema of krb5-kdc-ldap is not installed'
  if (CORE === undefined) return 'the core schema of OpenLDAP is not installed'
  return undefined
}

/** Only the user who runs the tests gets in, over a socket in the realm's own directory. */
function slapdConf(daemon: Daemon): string {
  const user = `gidNumber=${process.getgid!()}+uidNumber=${process.getuid!()}`
  return [
    `include ${CORE}`,
    `include ${daemon.path('kerberos.schema')}`,
    ...(MODULES === undefined
      ? []
      : [`modulepath ${MODULES.replace(/\/[^/]*$/, '')}`, 'moduleload back_mdb']),
    `pidfile ${daemon.path('slapd.pid')}`,
    'database mdb',
    'maxsize 16777216',
    `suffix "${SUFFIX}"`,
    `directory ${daemon.folder('database')}`,
    'dbnosync',
    `access to * by dn.exact="${user},cn=peercred,cn=external,cn=auth" manage by * none`,
    '',
  ].join('\n')
}

const ROOT_ENTRY = `
dn: ${SUFFIX}
objectClass: dcObject
objectClass: organization
dc: example
o: a realm for tests
`

export class LdapRealm {
  private constructor(
    readonly realm: Realm,
    readonly directory: Daemon,
    readonly url: string,
  ) {}

  static async create(options: RealmOptions = {}): Promise<LdapRealm> {
    const directory = await startDirectory()
    try {
      const url = `ldapi://${encodeURIComponent(directory.path('ldapi'))}`
      modify(url, ROOT_ENTRY)
      return new LdapRealm(await createRealm(url, options), directory, url)
    } catch (error) {
      await directory.end()
      throw error
    }
  }

  /** Lets a service initiate to another in the name of its clients (constrained delegation). */
  allow(service: string, target: string): void {
    const { realm } = this.realm
    modify(
      this.url,
      [
        `dn: krbPrincipalName=${service}@${realm},cn=${realm},${CONTAINER}`,
        'changetype: modify',
        'add: krbAllowedToDelegateTo',
        `krbAllowedToDelegateTo: ${target}`,
        '',
      ].join('\n'),
    )
  }

  /** Lets the KDC know a principal by other names too; to a client that asks for it, it tells the one. */
  alias(principal: string, ...others: string[]): void {
    const { realm } = this.realm
    modify(
      this.url,
      [
        `dn: krbPrincipalName=${principal}@${realm},cn=${realm},${CONTAINER}`,
        'changetype: modify',
        'add: krbPrincipalName',
        ...others.map((other) => `krbPrincipalName: ${other}@${realm}`),
        '-',
        'add: krbCanonicalName',
        `krbCanonicalName: ${principal}@${realm}`,
        '',
      ].join('\n'),
    )
  }

  async dispose(): Promise<void> {
    await this.realm.dispose()
    await this.directory.end()
  }
}

async function startDirectory(): Promise<Daemon> {
  const directory = await Daemon.create({
    name: 'slapd',
    // "-d 0" keeps it in the foreground.
    command: (dir) => [
      ...[`${dir}/slapd`, '-d', '0', '-f', `${dir}/slapd.conf`],
      ...['-h', `ldapi://${encodeURIComponent(`${dir}/ldapi`)}`],
    ],
  })
  // Ubuntu's AppArmor lets /usr/sbin/slapd read its own directories only.
  copyFileSync(programPath('slapd'), directory.path('slapd'))
  writeFileSync(directory.path('kerberos.schema'), schema())
  writeFileSync(directory.path('slapd.conf'), slapdConf(directory))
  await directory.serve({ path: directory.path('ldapi') })
  return directory
}

function schema(): Buffer {
  const bytes = readFileSync(SCHEMA!)
  return SCHEMA!.endsWith('.gz') ? gunzipSync(bytes) : bytes
}

function createRealm(url: string, options: RealmOptions): Promise<Realm> {
  const relations = [
    'db_library = kldap',
    `ldap_servers = ${url}`,
    `ldap_kerberos_container_dn = ${CONTAINER}`,
    'ldap_kdc_sasl_mech = EXTERNAL',
    'ldap_kadmind_sasl_mech = EXTERNAL',
  ]
  return Realm.create({
    ...options,
    kdc: { ...options.kdc, database_module: 'directory' },
    kdcConf: `[dbmodules]\n directory = {\n  ${relations.join('\n  ')}\n }\n${options.kdcConf ?? ''}`,
  })
}

/** Entries to be added, or changes. */
function modify(url: string, ldif: string): void {
  const args = ['-a', '-Q', '-Y', 'EXTERNAL', '-H', url]
  execFileSync(programPath('ldapmodify'), args, { input: ldif.trimStart(), stdio: 'pipe' })
}

/** As `useRealm`, with the directory. */
export function useLdapRealm(options: RealmOptions = {}): () => LdapRealm {
  let made: LdapRealm | undefined
  let restore: (() => void) | undefined

  before('make a realm in a directory', async function () {
    const gap = ldapGap()
    if (gap !== undefined) skipSuite(this, gap)
    made = await LdapRealm.create(options)
    restore = made.realm.use()
  })

  after('dispose of the realm and its directory', async () => {
    restore?.()
    await made?.dispose()
    made = undefined
  })

  return () => {
    if (!made) throw new Error('The realm lives only while the tests and hooks of its suite run')
    return made
  }
}
