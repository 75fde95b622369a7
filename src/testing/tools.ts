import { accessSync, constants, readdirSync, statSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { RealmError } from './errors'

const TOOLS = ['krb5kdc', 'kdb5_util', 'kadmin.local', 'kinit'] as const

/** The paths of MIT's programs. */
export type Tools = Record<(typeof TOOLS)[number], string>

const PLACES = [
  ...['/usr/sbin', '/sbin', '/usr/bin', '/bin', '/usr/local/sbin', '/usr/local/bin'],
  ...['/usr/lib/mit/sbin', '/usr/lib/mit/bin'],
  ...['/opt/homebrew/opt/krb5/sbin', '/opt/homebrew/opt/krb5/bin'],
  ...['/usr/local/opt/krb5/sbin', '/usr/local/opt/krb5/bin'],
]

const INSTALL = [
  'Debian, Ubuntu: apt-get install krb5-kdc krb5-admin-server krb5-user',
  'RHEL, Fedora: dnf install krb5-server krb5-workstation',
  'Alpine: apk add krb5-server krb5',
  'macOS: brew install krb5',
]

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}

function find(tool: string, directories: readonly string[]): string {
  const path = directories.map((directory) => join(directory, tool)).find(isProgram)
  if (path) return path
  const tried = directories.join(', ') || 'nowhere'
  const message = `${tool} of MIT Kerberos is not installed (searched: ${tried})`
  throw new RealmError(
    'ERR_GSS_TESTING_KDC_NOT_FOUND',
    [`${message}. Install it:`, ...INSTALL].join('\n  '),
    { command: tool },
  )
}

/**
 * Finds MIT's programs. The others are first searched beside the KDC: elsewhere on PATH there may
 * be a kinit of another implementation (macOS has Heimdal's).
 */
export function findTools(searchPath?: readonly string[]): Tools {
  const onPath = (process.env['PATH'] ?? '').split(delimiter).filter((entry) => entry !== '')
  const directories = searchPath ?? [...new Set([...onPath, ...PLACES])]
  const krb5kdc = find('krb5kdc', directories)
  const home = dirname(krb5kdc)
  const nearby = [home, join(dirname(home), 'bin'), ...directories]
  const found = TOOLS.map((tool) => [tool, tool === 'krb5kdc' ? krb5kdc : find(tool, nearby)])
  return Object.fromEntries(found) as Tools
}

const FAKETIME = 'faketime/libfaketime.so.1'

/** Debian keeps libraries in one directory for each architecture, others in lib or lib64. */
function libraryDirectories(): string[] {
  const architecture = process.arch === 'x64' ? 'x86_64-' : process.arch.replace('arm64', 'aarch64')
  const own = readdirSync('/usr/lib').filter((entry) => entry.startsWith(architecture))
  return [...own.map((entry) => join('/usr/lib', entry)), '/usr/lib64', '/usr/lib']
}

/** The arguments of `env` that shift a program's clock by some seconds. */
function clockVariables(offset: number): string[] {
  const candidates = libraryDirectories().map((directory) => join(directory, FAKETIME))
  const library = candidates.find((path) => statSync(path, { throwIfNoEntry: false }))
  if (library) return [`LD_PRELOAD=${library}`, `FAKETIME=${offset < 0 ? '' : '+'}${offset}`]
  throw new RealmError(
    'ERR_GSS_TESTING_FAKETIME_NOT_FOUND',
    'clockOffset needs libfaketime, which is not installed. Install the package faketime ' +
      '(Debian, Ubuntu) or libfaketime (RHEL with EPEL, Fedora, Alpine)',
  )
}

/** The KDC's command line: in the foreground, with its clock shifted by some seconds. */
export function kdcCommand(tools: Tools, clockOffset: number): string[] {
  const command = [tools.krb5kdc, '-n']
  return clockOffset === 0 ? command : ['env', ...clockVariables(clockOffset), ...command]
}
