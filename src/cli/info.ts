/** `gssapi info`: which library is in use, and what it can do. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { library, mechanisms } from '..'
import { ALL_WELL } from './failure'
import type { Answer, Surroundings } from './surroundings'
import type { Fields, Value } from './values'

/** Variables that decide which library, configuration, tickets and keys are used. */
const VARIABLES = /^(?:GSSAPI_|GSS_|KRB5)/

const packageFile = join(__dirname, '..', '..', 'package.json')

export function packageVersion(): string {
  return (JSON.parse(readFileSync(packageFile, 'utf8')) as { version: string }).version
}

function environment(env: Surroundings['env']): Fields {
  const names = Object.keys(env).filter((name) => VARIABLES.test(name))
  return Object.fromEntries(names.sort().map((name) => [name, env[name]]))
}

/** All that the package tells, whatever that is in this version. */
const plain = (value: object) => JSON.parse(JSON.stringify(value)) as Value

export function infoCommand({ env }: Surroundings): Answer {
  const variables = environment(env)
  const fields: Fields = {
    version: packageVersion(),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    library: plain(library()),
    mechanisms: plain(mechanisms()),
    environment: Object.keys(variables).length === 0 ? 'none' : variables,
  }
  return { fields, exitCode: ALL_WELL }
}
