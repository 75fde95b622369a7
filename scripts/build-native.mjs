// `node scripts/build-native.mjs [--asan]`: build/Release/gssapi.node with node-gyp, only where something changed.
// --asan builds with AddressSanitizer and UndefinedBehaviorSanitizer into build-asan/, a folder of its own, so that
// both builds stay and neither can be mistaken for the other: GSSAPI_PREBUILD=build-asan makes node-gyp-build load it.
import { existsSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { root } from './util/files.mjs'
import { mirrorNative } from './util/mirror.mjs'
import { nodeGyp } from './util/node-gyp.mjs'
import { CommandError, isMain, main } from './util/process.mjs'
import { fingerprint, isStamped, writeStamp } from './util/stamp.mjs'

export const asanFolder = path.join(root, 'build-asan')
const INPUTS = ['native', 'binding.gyp', 'package-lock.json'].map((each) => path.join(root, each))

/** A binding.gyp that ignored the variable would give an ordinary build, and a run that proves nothing. */
function assertSanitized(addon) {
  if (readFileSync(addon).includes('__asan_init')) return
  throw new CommandError(
    `${addon} was built without -fsanitize=address: binding.gyp ignores sanitize=1`,
  )
}

/** Builds the addon unless it is up to date; returns its path. */
export function buildNative({ sanitize = false } = {}) {
  const folder = sanitize ? asanFolder : root
  const addon = path.join(folder, 'build', 'Release', 'gssapi.node')
  const stamp = path.join(folder, 'build', 'gssapi.stamp')
  const print = fingerprint(INPUTS, [process.version, process.arch, sanitize])
  if (existsSync(addon) && isStamped(stamp, print)) return addon
  console.log(`Building the native addon${sanitize ? ' with sanitizers' : ''}`)
  rmSync(stamp, { force: true }) // a build that breaks off must not pass for the last one that did not
  if (sanitize) mirrorNative(folder)
  // configure each time: cheap, and make then compiles only what changed.
  nodeGyp(folder, 'configure', ['--', `-Dsanitize=${sanitize ? 1 : 0}`])
  nodeGyp(folder, 'build', ['--jobs=2'])
  if (sanitize) assertSanitized(addon)
  writeStamp(stamp, print)
  return addon
}

if (isMain(import.meta.url)) {
  await main(() => {
    buildNative({ sanitize: process.argv.includes('--asan') })
  })
}
