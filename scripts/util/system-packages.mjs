// What is missing of the system's packages: installed where we may, else told as the one command that does it.
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { CANNOT_RUN, CommandError, runQuietly } from './process.mjs'
import { JOBS, REQUIREMENTS, UNPACKED } from './requirements.mjs'

const INSTALL = {
  debian: 'apt-get install -y --no-install-recommends',
  fedora: 'dnf install -y',
  alpine: 'apk add',
  macos: 'brew install',
}
const TITLES = {
  debian: 'Debian, Ubuntu',
  fedora: 'Fedora, RHEL',
  alpine: 'Alpine',
  macos: 'macOS',
}

const missing = (names) => [...new Set(names)].filter((name) => !REQUIREMENTS[name].found())

/** The packages that bring `names` on one kind of system, without repetition. */
function packagesFor(kind, names) {
  const listed = names.flatMap((name) => REQUIREMENTS[name].packages[kind]?.split(' ') ?? [])
  return [...new Set(listed)]
}

/** One line per distribution, each a command that can be pasted. */
export function installCommands(names) {
  return Object.entries(INSTALL).flatMap(([kind, command]) => {
    const packages = packagesFor(kind, names)
    const sudo = kind === 'macos' ? '' : 'sudo '
    return packages.length === 0
      ? []
      : [`  ${TITLES[kind]}: ${sudo}${command} ${packages.join(' ')}`]
  })
}

function tell(heading, names) {
  const lines = names.map((name) => `  ${REQUIREMENTS[name].what}`)
  return [heading, ...lines, 'To install:', ...installCommands(names)].join('\n')
}

const POLICY = '/usr/sbin/policy-rc.d'

/** Debian starts what it installs, for everybody who reaches this machine; the tests start servers of their own. */
function withoutServices(install) {
  if (existsSync(POLICY)) return install() // the machine's own, which knows better
  writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  try {
    return install()
  } finally {
    rmSync(POLICY)
  }
}

function aptInstall(packages) {
  // Nobody is there to answer a question (krb5-config asks for a realm), and another apt may hold the lock.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const lock = ['-o', 'DPkg::Lock::Timeout=300']
  const install = ['install', '-y', '--no-install-recommends', ...packages]
  runQuietly('apt-get', [...lock, 'update'], { env })
  withoutServices(() => runQuietly('apt-get', [...lock, ...install], { env }))
}

/** Where root of the system may install without being asked, and how. */
const INSTALLERS = [
  { kind: 'debian', program: '/usr/bin/apt-get', install: aptInstall },
  {
    ...{ kind: 'alpine', program: '/sbin/apk' },
    install: (packages) => runQuietly('apk', ['add', '--no-cache', ...packages]),
  },
]

function installWhereWeMay(names) {
  if (process.getuid?.() !== 0) return
  const installer = INSTALLERS.find(({ program }) => existsSync(program))
  const packages = installer ? packagesFor(installer.kind, names) : []
  if (packages.length === 0) return
  console.log(`Installing packages of the system: ${packages.join(' ')}`)
  installer.install(packages)
}

/** Packages unpacked into a folder of this clone, which takes nobody's permission. Without them a test is skipped. */
function aptUnpack(names) {
  const packages = packagesFor('debian', names)
  console.log(`Unpacking Debian packages: ${packages.join(' ')}`)
  const cwd = path.join(UNPACKED, 'packages')
  mkdirSync(cwd, { recursive: true })
  try {
    runQuietly('apt-get', ['download', ...packages], { cwd })
    for (const file of readdirSync(cwd)) runQuietly('dpkg', ['-x', file, UNPACKED], { cwd })
  } catch (error) {
    console.warn(`${packages.join(' ')}: ${error.message}`)
  }
  rmSync(cwd, { recursive: true, force: true })
}

/**
 * Makes what the jobs need be there; throws a message a person can act on where that is not possible, and with
 * GSSAPI_TEST_ALL=1 also where a part of a job would be skipped. `unpack: false`: nothing is written into this clone,
 * because this is root by sudo, and the clone belongs to somebody else.
 */
export function ensureSystemPackages(jobs, { unpack = true } = {}) {
  const needs = jobs.flatMap((job) => JOBS[job].needs)
  const isUnpacked = (name) => REQUIREMENTS[name].unpacked === true
  const wants = jobs.flatMap((job) => JOBS[job].wants).filter((name) => unpack || !isUnpacked(name))
  const all = missing([...needs, ...wants])
  installWhereWeMay(all.filter((name) => !isUnpacked(name)))
  const unpacked = all.filter(isUnpacked)
  if (unpacked.length > 0 && existsSync('/usr/bin/apt-get')) aptUnpack(unpacked)
  const needed = missing(needs)
  if (needed.length > 0) {
    throw new CommandError(tell(`Missing for ${jobs.join(', ')}:`, needed), CANNOT_RUN)
  }
  const wanted = missing(wants)
  if (wanted.length > 0 && process.env.GSSAPI_TEST_ALL === '1') {
    throw new CommandError(tell('Nothing may be skipped, but is missing:', wanted), CANNOT_RUN)
  }
  if (wanted.length > 0) console.warn(tell('Not found; what needs it will be skipped:', wanted))
}
