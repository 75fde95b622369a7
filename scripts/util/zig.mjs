// The cross-compiler: zig, which brings clang, a linker and the libraries of each target. `buildTarget` makes the addon for
// one of targets.mjs from what binding.gyp lists; `buildAddon` any other addon, a test's for example.
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { addonSettings } from './binding-gyp.mjs'
import { root } from './files.mjs'
import { nodeApiSource } from './node-api-windows.mjs'
import { runQuietly } from './process.mjs'
import { findHeaders } from './requirements.mjs'
import { TARGETS } from './targets.mjs'
import { ensureTool } from './tools.mjs'

const cache = path.join(root, '.cache', 'zig')
const GYP_SYSTEM = { linux: 'linux', darwin: 'mac', win32: 'win' }
const NODE_API = 'v9' // NAPI_VERSION in binding.gyp

const COMPILE = [
  ...['-std=c++17', '-O2', '-g0', '-fPIC', '-fvisibility=hidden', '-fvisibility-inlines-hidden'],
  ...['-Wall', '-Wextra', '-Werror', '-Wno-unused-command-line-argument'],
  '-Wno-macro-redefined', // zig names an older Windows (_WIN32_WINNT) before binding.gyp does
  ...['-fstack-protector-strong', `-ffile-prefix-map=${root}=.`],
]
const EXPORTS =
  '{ global: napi_register_module_v1; node_api_module_get_api_version_v1; local: *; };\n'

/** The programs of the tool, installed at first use: { zig, headers of Node-API, names of its functions }. */
function toolchain() {
  const modules = ensureTool('zig')
  const require = createRequire(path.join(modules, 'x.js'))
  const { include_dir: headers, symbols } = require('node-api-headers')
  const { js_native_api_symbols: js, node_api_symbols: node } = symbols[NODE_API]
  const zig = path.join(modules, '@oven', 'zig-linux-x64', 'zig')
  return { zig, headers, functions: [...js, ...node].sort() }
}

/** The types of GSSAPI, and not one other header of this machine: the target has its own libc. */
function gssHeaders() {
  const folder = path.join(cache, 'include')
  const from = findHeaders('gssapi/gssapi_ext.h')
  for (const name of ['gssapi', 'krb5', 'krb5.h', 'profile.h', 'et', 'com_err.h']) {
    cpSync(path.join(from, name), path.join(folder, name), { recursive: true, dereference: true })
  }
  return folder
}

function written(name, text) {
  const file = path.join(cache, name)
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, text)
  return file
}

/** What the linker is told for each system, and what it links besides. */
const LINK = {
  linux: () => [
    ...['-Wl,-z,relro', '-Wl,-z,now', '-Wl,-z,noexecstack', '-Wl,-z,nodelete'],
    `-Wl,--version-script=${written('exports.map', EXPORTS)}`,
  ],
  darwin: () => ['-Wl,-undefined,dynamic_lookup'],
  win32: ({ cpu }, { functions }) => [written(`node_api.${cpu}.cc`, nodeApiSource(cpu, functions))],
}

/**
 * Compiles and links an addon: { target: a key of TARGETS, sources, output (a file), defines, includes, libraries
 * ('-lsecur32'), flags }. Throws with the compiler's words.
 */
export function buildAddon({ target, sources, output, defines = [], includes = [], ...more }) {
  const { libraries = [], flags = [] } = more
  const settings = TARGETS[target]
  const tools = toolchain()
  mkdirSync(path.dirname(output), { recursive: true })
  rmSync(output, { force: true })
  const args = [
    ...['c++', '-target', settings.zig, '-shared', '-s', ...COMPILE, ...flags],
    ...defines.map((each) => `-D${each}`),
    ...[...includes, tools.headers].flatMap((each) => ['-isystem', each]),
    ...sources,
    ...LINK[settings.system](settings, tools),
    ...libraries,
    ...['-o', output],
  ]
  const env = { ...process.env, ZIG_GLOBAL_CACHE_DIR: cache, ZIG_LOCAL_CACHE_DIR: cache }
  runQuietly(tools.zig, args, { env })
}

/** The addon of binding.gyp for one of TARGETS, as the file `output`. */
export function buildTarget(target, output) {
  const { system, cpu } = TARGETS[target]
  const settings = addonSettings(GYP_SYSTEM[system], cpu)
  const includes = system === 'win32' ? [] : [gssHeaders()]
  buildAddon({ ...settings, target, output, includes: [...settings.includes, ...includes] })
}
