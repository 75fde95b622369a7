// npm's install script, the only script of this folder that the package carries. It runs in two places:
// - in a program's node_modules: a prebuilt addon that loads is taken (node-gyp-build decides), else one is compiled;
// - in a checkout, on `npm ci` or `npm install` typed by hand: the addon is compiled if this machine can.
// Without a compiler, its tools or the GSSAPI headers node-gyp would print a page of output; this script prints a few
// lines. In a checkout that is no failure: `npm run setup`, `npm test` and `npm run demo` each install what is missing
// and compile then.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const require = createRequire(import.meta.url)
const here = path.dirname(fileURLToPath(import.meta.url))
const packageRoot = path.dirname(here)
const buildScript = path.join(here, 'build-native.mjs') // not in the package: only a checkout has it

const MISSING = `gssapi: the native addon cannot be compiled here: a C++17 compiler, make, Python 3 or gssapi/gssapi_ext.h is missing.
  Debian, Ubuntu: apt-get install g++ make python3 libkrb5-dev
  Fedora, RHEL:   dnf install gcc-c++ make python3 krb5-devel
  Alpine:         apk add g++ make python3 krb5-dev
  macOS:          xcode-select --install; brew install krb5
  Windows:        Python 3; Visual Studio Build Tools, workload "Desktop development with C++"`

const isWindows = process.platform === 'win32'

// As in binding.gyp: Homebrew does not link its krb5 into the compiler's folders.
const HOMEBREW = ['-I/opt/homebrew/opt/krb5/include', '-I/usr/local/opt/krb5/include']

function hasLoadableAddon() {
  try {
    require('node-gyp-build')(packageRoot)
    return true
  } catch {
    return false
  }
}

const runs = (command) => spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0

/** What node-gyp runs besides the compiler. */
function hasTools() {
  const pythons = [process.env.npm_config_python, process.env.PYTHON, 'python3', 'python']
  return runs(process.env.MAKE ?? 'make') && pythons.filter(Boolean).some(runs)
}

/**
 * Asks the compiler that would be used, with the flags that would be used, rather than guessing at folders. On Windows
 * node-gyp alone knows where Visual Studio is, and the headers are the system's.
 */
function canCompile() {
  if (isWindows) return true
  if (!hasTools()) return false
  const compiler = process.env.CXX ?? 'c++'
  const flags = (process.env.CXXFLAGS ?? '').split(' ').filter(Boolean)
  const args = [...flags, ...HOMEBREW, '-std=c++17', '-fsyntax-only', '-x', 'c++', '-']
  const program =
    '#include <gssapi/gssapi.h>\n#include <gssapi/gssapi_ext.h>\n#include <optional>\n'
  return (
    spawnSync(compiler, args, { input: program, stdio: ['pipe', 'ignore', 'ignore'] }).status === 0
  )
}

function compileInPackage() {
  const bin = require.resolve('node-gyp-build/bin.js')
  process.exitCode = spawnSync(process.execPath, [bin], { stdio: 'inherit' }).status ?? 1
  if (isWindows && process.exitCode !== 0) console.error(MISSING)
}

async function compileInCheckout() {
  const { buildNative } = await import(pathToFileURL(buildScript).href)
  try {
    buildNative()
  } catch (error) {
    if (!isWindows) throw error
    console.error(MISSING)
  }
}

async function install() {
  const isCheckout = existsSync(buildScript)
  if (!isCheckout && hasLoadableAddon()) return
  if (canCompile()) return isCheckout ? compileInCheckout() : compileInPackage()
  console.error(MISSING)
  if (isCheckout) console.error('`npm run setup` installs it and compiles the addon.')
  else process.exitCode = 1
}

await install()
