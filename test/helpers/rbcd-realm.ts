/** A realm with resource-based constrained delegation: a target says who may come to it in its users' names. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Realm, RealmOptions } from 'gssapi/testing'
import { findProgram, firstFile } from './programs'
import { skipSuite, useRealm } from './realm'

const SOURCE = resolve(__dirname, '..', '..', 'test', 'helpers', 'rbcd', 'rules.c')
const MODULES = join(__dirname, 'rbcd')
const MODULE = join(MODULES, 'rules.so')
const DB2 = firstFile(
  ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/lib64', '/usr/lib'].map(
    (folder) => `${folder}/krb5/plugins/kdb/db2.so`,
  ),
)

/** Why there can be no such realm here. */
function gap(): string | undefined {
  if (!existsSync('/usr/include/kdb.h'))
    return 'the headers of the KDC’s database are not installed'
  if (DB2 === undefined) return 'the DB2 module of the KDC is not where it is looked for'
  return findProgram('cc') ? undefined : 'no C compiler is installed'
}

function build(): void {
  mkdirSync(MODULES, { recursive: true })
  const args = [
    '-shared',
    '-fPIC',
    '-O1',
    '-Wall',
    `-DDB2="${DB2}"`,
    '-o',
    MODULE,
    SOURCE,
    '-lkrb5',
  ]
  execFileSync('cc', args, { stdio: 'pipe' })
}

/** `rules`: target -> services that may come to it, by their full names. */
export function useRbcdRealm(options: RealmOptions, rules: Record<string, string[]>): () => Realm {
  before('build the module', function () {
    const reason = gap()
    if (reason !== undefined) skipSuite(this, reason)
    build()
  })
  const realm = useRealm({
    ...options,
    kdc: { database_module: 'rules' },
    kdcConf: `[dbmodules]\n db_module_dir = ${MODULES}\n rules = {\n  db_library = rules\n }\n`,
  })
  before('rules of delegation', () => {
    const lines = Object.entries(rules).flatMap(([target, services]) =>
      services.map((service) => `${target} ${service}\n`),
    )
    writeFileSync(join(realm().dir, 'delegation'), lines.join(''))
  })
  return realm
}
