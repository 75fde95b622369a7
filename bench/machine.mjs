// What was measured on what. No host name, no path.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import os from 'node:os'
import { library } from 'gssapi'
import { root } from '../scripts/util/files.mjs'
import { KERBEROS_VERSION } from './prepare/npm-kerberos.mjs'

const ENCRYPTION_TYPES = {
  17: 'aes128-cts-hmac-sha1-96',
  18: 'aes256-cts-hmac-sha1-96',
  19: 'aes128-cts-hmac-sha256-128',
  20: 'aes256-cts-hmac-sha384-192',
}

/** A command's first line, or undefined where it does not run. */
function ask(command, args) {
  try {
    const stdio = ['ignore', 'pipe', 'ignore']
    return execFileSync(command, args, { cwd: root, encoding: 'utf8', stdio }).split('\n')[0].trim()
  } catch {
    return undefined
  }
}

function distribution() {
  try {
    return /^PRETTY_NAME="?(.*?)"?$/m.exec(readFileSync('/etc/os-release', 'utf8'))[1]
  } catch {
    return os.type()
  }
}

function krb5Version() {
  const { implementation, version } = library()
  const packaged = ask('dpkg-query', ['-W', '-f=${Version}', 'libgssapi-krb5-2'])
  const packageText = packaged ? ` (package ${packaged})` : ''
  return `${implementation === 'mit' ? 'MIT krb5' : implementation} ${version}${packageText}`
}

function packageVersion() {
  const { version } = createRequire(import.meta.url)('gssapi/package.json')
  const commit = ask('git', ['rev-parse', '--short', 'HEAD'])
  return commit ? `${version} (commit ${commit})` : version
}

function pythonVersion({ messages, others }) {
  if (messages?.python !== undefined) return messages.python || 'version unknown'
  return others === false ? 'left out' : 'not installed, left out'
}

/** Pairs of what and which, in the order they are shown. */
export function describeMachine(results, kerberos) {
  const [{ model }] = os.cpus()
  return [
    ['Date', new Date().toISOString().slice(0, 10)],
    ['CPU', `${model.trim()}, ${os.availableParallelism()} cores`],
    ['System', `${distribution()}, kernel ${os.release()}, ${os.arch()}`],
    ['Node.js', process.version],
    ['Library', krb5Version()],
    ['Encryption type', ENCRYPTION_TYPES[results.encryptionType] ?? `${results.encryptionType}`],
    ['This package', packageVersion()],
    [
      'npm kerberos',
      kerberos.folder
        ? `${KERBEROS_VERSION}, built here, its wrap repaired`
        : `not measured: ${kerberos.reason}`,
    ],
    ['python-gssapi', pythonVersion(results)],
  ]
}
