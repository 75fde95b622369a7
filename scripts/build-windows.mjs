// `node scripts/build-windows.mjs`: zig cross-compiles the addon for Windows (x64 and arm64) and the test-only shim (test/wine/shim) into
// build-windows/, only where something changed. GSSAPI_PREBUILD=build-windows makes node-gyp-build load the addon from there.
import { existsSync, rmSync } from 'node:fs'
import path from 'node:path'
import { addonSettings } from './util/binding-gyp.mjs'
import { root, walk } from './util/files.mjs'
import { isMain, main } from './util/process.mjs'
import { fingerprint, isStamped, writeStamp } from './util/stamp.mjs'
import { buildAddon, buildTarget } from './util/zig.mjs'

export const windowsFolder = path.join(root, 'build-windows')
/** The addon that stands between the package and Wine. */
export const shim = path.join(windowsFolder, 'shim.node')

const TARGET = 'win32-x64'
const SHIM = path.join(root, 'test', 'wine', 'shim')
const DEFINES = ['SECURITY_WIN32', 'UNICODE', '_UNICODE', 'NAPI_VERSION=9', 'NAPI_CPP_EXCEPTIONS']
const TOOLS = ['scripts/util/zig.mjs', 'scripts/tools/zig', 'package-lock.json']

function buildShim() {
  buildAddon({
    target: TARGET,
    sources: walk(SHIM).filter((file) => file.endsWith('.cc')),
    output: shim,
    defines: DEFINES,
    includes: [path.join(root, 'node_modules', 'node-addon-api')],
    libraries: ['-lsecur32'],
    flags: addonSettings('win', 'x64').flags,
  })
}

function ensureBuilt(what, output, inputs, build) {
  const stamp = path.join(windowsFolder, `${path.basename(output)}.stamp`)
  const print = fingerprint([...inputs, ...TOOLS].map((each) => path.resolve(root, each)))
  if (existsSync(output) && isStamped(stamp, print)) return
  console.log(`Building ${what}`)
  rmSync(stamp, { force: true })
  build()
  writeStamp(stamp, print)
}

const ensureAddon = (target, addon) =>
  ensureBuilt(`the addon (${target})`, addon, ['native', 'binding.gyp'], () =>
    buildTarget(target, addon),
  )

/** Builds the shim unless it is up to date. */
export const ensureShim = () => ensureBuilt('the shim for Wine', shim, [SHIM], buildShim)

/** Builds both unless they are up to date. */
export function buildWindows() {
  ensureAddon(TARGET, path.join(windowsFolder, 'build', 'Release', 'gssapi.node'))
  ensureShim()
}

/** Builds the addon for Windows on arm64, which cannot run here; the file. */
export function buildWindowsArm() {
  const addon = path.join(windowsFolder, 'arm64', 'gssapi.node')
  ensureAddon('win32-arm64', addon)
  return addon
}

if (isMain(import.meta.url)) {
  await main(() => {
    buildWindows()
    buildWindowsArm()
  })
}
