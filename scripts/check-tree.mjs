// `node scripts/check-tree.mjs [ROOT]`: what must not stand in any file of the repository (keys and tokens, this
// machine's own paths, a registry's address; scripts that npm runs unasked), and what must: the licence, here and in what we depend on.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { root } from './util/files.mjs'
import { isMain, main } from './util/process.mjs'

const LICENCES = new Set(['Apache-2.0', 'MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD'])

// Written so that this file does not match itself.
const FORBIDDEN = [
  [/-{5}BEGIN [A-Z ]*PRIVATE KEY-{5}/, 'a private key'],
  [/\bAKIA[0-9A-Z]{16}\b/, 'an access key'],
  [/\bnpm_[A-Za-z0-9]{36}\b/, 'an npm token'],
  [/\bgh[pousr]_[A-Za-z0-9]{36}\b/, 'a GitHub token'],
  [/:_authToken\s*=\s*[^\s$]/, 'a registry token'],
  [/\bregistry\.[\w-]+\.\w+/, 'the address of a registry'],
  [/"resolved":\s*"https?:/, 'the address of a registry'],
  [/^(?:<{7}|>{7}) /, 'a merge conflict'],
]
// Keytabs, ticket caches and databases hold keys, and tests make theirs when they run.
const FORBIDDEN_FILES = /(?:\.keytab|\.pem|\.key|\.p12|\/krb5cc_\w+|\.ccache|\/principal(?:\.ok)?)$/

// Folders in which anybody's checkout may lie say nothing about this machine.
const COMMON = new Set(['/', '/tmp', '/root', '/home', '/opt', '/srv', '/usr/src'])

/** The checkout and the folder it lies in, as patterns. */
function machinePaths(base) {
  return [base, path.dirname(base)]
    .filter((folder) => path.isAbsolute(folder) && !COMMON.has(folder))
    .map((folder) => folder.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .map((folder) => [new RegExp(`(?<![\\w.-])${folder}(?![\\w.-])`), 'a path of this machine'])
}

/** What git has or would add: what is ignored is not part of the repository. */
function repositoryFiles(base) {
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard']
  const names = execFileSync('git', args, { cwd: base, encoding: 'utf8' }).split('\0')
  return names.filter((name) => name !== '' && existsSync(path.join(base, name)))
}

function faultsInFile(base, name, patterns) {
  if (FORBIDDEN_FILES.test(name)) return [`${name}:1: a file that holds keys`]
  const text = readFileSync(path.join(base, name), 'utf8')
  if (text.includes('\0')) return [] // no text
  if (!patterns.some(([pattern]) => new RegExp(pattern, 'm').test(text))) return []
  return text
    .split('\n')
    .flatMap((line, index) =>
      patterns
        .filter(([pattern]) => pattern.test(line))
        .map(([, what]) => `${name}:${index + 1}: ${what}`),
    )
}

function licenceFaults(base) {
  const read = (name) => {
    const file = path.join(base, name)
    return existsSync(file) ? readFileSync(file, 'utf8') : ''
  }
  const { license } = JSON.parse(read('package.json') || '{}')
  const packages = JSON.parse(read('package-lock.json') || '{}').packages ?? {}
  const foreign = Object.entries(packages).filter(
    ([name, { dev, license }]) => name !== '' && !dev && !LICENCES.has(license),
  )
  return [
    ...(/Apache License\s+Version 2\.0/.test(read('LICENSE')) ? [] : ['LICENSE:1: not Apache 2.0']),
    ...(license === 'Apache-2.0' ? [] : ['package.json:1: license is not Apache-2.0']),
    ...foreign.map(([name, { license }]) => `package-lock.json:1: ${name} has licence ${license}`),
  ]
}

/** npm runs `prex` before `x`, which nobody who names a script `prebuild:native` thinks of: only setting up is meant so. */
function hookFaults(base) {
  const { scripts = {} } = JSON.parse(readFileSync(path.join(base, 'package.json'), 'utf8'))
  return Object.entries(scripts)
    .filter(([name, command]) => {
      const [, of] = /^(?:pre|post)(.+)$/.exec(name) ?? []
      return of in scripts && !command.startsWith('node scripts/setup.mjs ')
    })
    .map(([name]) => `package.json:1: npm runs ${name} with another script, unasked`)
}

/** What is wrong with the repository at `base`, one line each. */
export function faultsIn(base) {
  const patterns = [...FORBIDDEN, ...machinePaths(base)]
  const files = repositoryFiles(base)
  const inFiles = files.flatMap((name) => faultsInFile(base, name, patterns))
  return [...inFiles, ...licenceFaults(base), ...hookFaults(base)]
}

if (isMain(import.meta.url)) {
  await main(() => {
    const faults = faultsIn(path.resolve(process.argv[2] ?? root))
    for (const fault of faults) console.log(fault)
    console.log(`tree: ${faults.length} faults`)
    return faults.length === 0 ? 0 : 1
  })
}
