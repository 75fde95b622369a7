// `npm run prebuild -- [TARGET ...]`: the addon for every machine of targets.mjs (or for these), cross-compiled by zig on Linux
// x64 into prebuilds/, laid out as prebuildify does and node-gyp-build looks for it, with prebuilds/manifest.json. Only what
// changed is built. `npm run prebuild:native` builds on and for this machine instead.
import { existsSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { root, walk } from './util/files.mjs'
import { ensureNpmPackages } from './util/npm-packages.mjs'
import { digest, manifestFile, prebuildsFolder, writeManifest } from './util/manifest.mjs'
import { CANNOT_RUN, CommandError, isMain, main } from './util/process.mjs'
import { fingerprint, isStamped, writeStamp } from './util/stamp.mjs'
import { ensureSystemPackages } from './util/system-packages.mjs'
import { TARGETS } from './util/targets.mjs'
import { buildTarget, gssHeaderFiles } from './util/zig.mjs'

const INPUTS = [
  ...['native', 'binding.gyp', 'package-lock.json', 'scripts/tools/zig'],
  ...['zig', 'targets', 'binding-gyp', 'node-api-windows'].map(
    (name) => `scripts/util/${name}.mjs`,
  ),
]

const stampOf = (target) => path.join(root, '.cache', 'prebuild', `${target}.stamp`)
const fileOf = (target) => path.join(prebuildsFolder, TARGETS[target].file)

/** What the binary is made of; with its own digest, so that a file that was exchanged is built anew. */
function print(target) {
  const headers = TARGETS[target].system === 'win32' ? [] : gssHeaderFiles()
  const inputs = [...INPUTS.map((each) => path.join(root, each)), ...headers]
  return `${fingerprint(inputs, [target])} ${existsSync(fileOf(target)) ? digest(fileOf(target)) : ''}`
}

function ensureTarget(target) {
  if (existsSync(fileOf(target)) && isStamped(stampOf(target), print(target))) return
  const began = performance.now()
  rmSync(stampOf(target), { force: true })
  buildTarget(target, fileOf(target))
  writeStamp(stampOf(target), print(target))
  const kilobytes = Math.round(readFileSync(fileOf(target)).length / 1000)
  const seconds = Math.round((performance.now() - began) / 1000)
  console.log(`${TARGETS[target].file}: ${kilobytes} kB (${seconds} s)`)
}

/** What lies there and is none of ours would be packed. */
function removeStrangers() {
  const ours = new Set([...Object.keys(TARGETS).map(fileOf), manifestFile])
  for (const file of walk(prebuildsFolder)) if (!ours.has(file)) rmSync(file)
}

/** Builds `targets` unless they are up to date. */
export function prebuild(targets = Object.keys(TARGETS)) {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new CommandError('prebuild: the cross-compiler of npm is for Linux on x64', CANNOT_RUN)
  }
  ensureSystemPackages(['prebuild'])
  ensureNpmPackages()
  removeStrangers()
  for (const target of targets) ensureTarget(target)
  writeManifest()
}

function targetsFrom(names) {
  const unknown = names.filter((name) => !(name in TARGETS))
  if (unknown.length === 0) return names.length > 0 ? names : undefined
  const known = Object.keys(TARGETS).join(', ')
  throw new CommandError(`prebuild: no target ${unknown.join(', ')}; there are: ${known}`)
}

if (isMain(import.meta.url)) await main(() => prebuild(targetsFrom(process.argv.slice(2))))
