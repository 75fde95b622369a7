// node_modules as package-lock.json says, installed only where it differs.
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { root } from './files.mjs'
import { run } from './process.mjs'

const packagesIn = (file) => JSON.parse(readFileSync(file, 'utf8')).packages

/** npm writes what it installed into node_modules/.package-lock.json; optional packages of other platforms are not there. */
function isInstalled() {
  const record = path.join(root, 'node_modules', '.package-lock.json')
  if (!existsSync(record)) return false
  const installed = packagesIn(record)
  return Object.entries(packagesIn(path.join(root, 'package-lock.json'))).every(
    ([name, wanted]) =>
      name === '' || wanted.optional || installed[name]?.version === wanted.version,
  )
}

/** The npm that runs us, where one does: it need not be the first in PATH. */
export function npm(args, options) {
  const cli = process.env.npm_execpath
  if (cli?.endsWith('npm-cli.js')) run(process.execPath, [cli, ...args], options)
  else run('npm', args, options)
}

// --ignore-scripts: no dependency of ours has an install script that we want, and our own would compile the addon
// before the headers it needs are there; build-native.mjs does that afterwards.
export function ensureNpmPackages() {
  if (isInstalled()) return
  console.log('Installing npm packages')
  npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund'])
}
