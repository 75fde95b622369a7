// npm's install script, the only script of this folder that the package carries. It runs in two places:
// - in a program's node_modules: a prebuilt addon that loads is taken (node-gyp-build decides), else one is compiled;
// - in a checkout, on `npm ci` or `npm install` typed by hand: the addon is compiled if this machine can.
// Where it cannot be compiled for want of a compiler or of the GSSAPI headers, node-gyp would end in a page of make
// output; here it is two lines. In a checkout that is no failure: `npm run setup`, `npm test` and `npm run demo` each
// install what is missing and compile then.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const require = createRequire(import.meta.url)
const here = path.dirname(fileURLToPath(import.meta.url))
const packageRoot = path.dirname(here)
const buildScript = path.join(here, 'build-native.mjs') // not in the package: only a checkout has it

const MISSING = `gssapi: the native addon cannot be compiled here: a C++17 compiler or gssapi/gssapi_ext.h is missing.
  Debian, Ubuntu: apt-get install g++ make python3 libkrb5-dev
  Fedora, RHEL:   dnf install gcc-c++ make python3 krb5-devel
  Alpine:         apk add g++ make python3 krb5-dev
  macOS:          xcode-select --install; brew install krb5`

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

/** Asks the compiler that would be used, with the flags that would be used, rather than guessing at folders. */
function canCompile() {
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
}

async function compileInCheckout() {
  const { buildNative } = await import(pathToFileURL(buildScript).href)
  buildNative()
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
