/** krb5.conf as far as the doctor has to know it: the library reads it by itself. */
import { readdirSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

const PREFERENCES = 'Library/Preferences/edu.mit.Kerberos'
/** macOS: Homebrew's, and what Apple's library reads before. */
const MAC_FILES = [join(homedir(), PREFERENCES), `/${PREFERENCES}`, '/opt/homebrew/etc/krb5.conf']
const DEFAULT_FILES = [
  ...(process.platform === 'darwin' ? MAC_FILES : []),
  ...['/etc/krb5.conf', '/usr/local/etc/krb5.conf'],
]
const MAX_DEPTH = 8
const INCLUDED = /^[\w-]+$|^[^.].*\.conf$/

/** The files that the library reads: those of KRB5_CONFIG, else the system's. */
export function configurationFiles(variable: string | undefined): string[] {
  return variable ? variable.split(':').filter((file) => file !== '') : DEFAULT_FILES
}

/** Relations by their path: ['libdefaults', 'default_realm'] and its value. */
type Relation = [path: string[], value: string]

/** What the files say; those that cannot be read are left out, for the caller has looked. */
export class Profile {
  readonly #relations: Relation[] = []
  readonly read: string[] = []

  constructor(files: string[]) {
    for (const file of files) this.#file(file, 0)
  }

  /** All values of a relation; names of sections and relations count as they are written. */
  values(...path: string[]): string[] {
    const key = path.join('\0')
    return this.#relations.filter(([at]) => at.join('\0') === key).map(([, value]) => value)
  }

  libdefault(name: string): string | undefined {
    return this.values('libdefaults', name)[0]
  }

  /** A boolean of [libdefaults]. */
  flag(name: string, otherwise: boolean): boolean {
    const value = this.libdefault(name)?.toLowerCase()
    return value === undefined
      ? otherwise
      : !['0', 'f', 'false', 'n', 'no', 'off', 'nil'].includes(value)
  }

  /** [domain_realm]: the host itself, then the domains around it. */
  realmOf(host: string): string | undefined {
    const labels = host.toLowerCase().split('.')
    const domains = labels.slice(1).map((_, i) => `.${labels.slice(i + 1).join('.')}`)
    return [host.toLowerCase(), ...domains].flatMap((each) => this.values('domain_realm', each))[0]
  }

  #file(file: string, depth: number): void {
    if (depth > MAX_DEPTH) return
    const text = tryTo(() => readFileSync(file, 'utf8'))
    if (text === undefined) return
    this.read.push(file)
    let path: string[] = []
    for (const line of text.split('\n')) path = this.#line(line.trim(), path, depth)
  }

  #line(line: string, path: string[], depth: number): string[] {
    const [, kind, place = ''] = /^(include|includedir)\s+(.+)$/.exec(line) ?? []
    if (kind !== undefined) {
      for (const file of kind === 'include' ? [place] : filesIn(place)) this.#file(file, depth + 1)
      return path
    }
    const section = /^\[([^\]]+)\]\*?$/.exec(line)?.[1]
    if (section !== undefined) return [section]
    if (line.startsWith('}')) return path.slice(0, -1)
    const [, name = '', value = ''] = /^([^#;=][^=]*?)\*?\s*=\s*(.*)$/.exec(line) ?? []
    if (name === '') return path
    if (value === '{') return [...path, name]
    this.#relations.push([[...path, name], value.replace(/^"(.*)"$/, '$1')])
    return path
  }
}

function filesIn(folder: string): string[] {
  const names = tryTo(() => readdirSync(folder)) ?? []
  return names.filter((name) => INCLUDED.test(name)).map((name) => join(folder, name))
}

function tryTo<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}
