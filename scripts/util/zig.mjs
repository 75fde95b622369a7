// The cross-compiler: zig, which brings clang, a linker and the libraries of each target. `buildTarget` makes the addon for
// one of targets.mjs from what binding.gyp lists; `buildAddon` any other addon, a test's for example. The same sources give
// the same bytes, wherever they lie.
import { spawnSync } from 'node:child_process'
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { addonSettings } from './binding-gyp.mjs'
import { root } from './files.mjs'
import { nodeApiSource } from './node-api-windows.mjs'
import { CommandError } from './process.mjs'
import { findCommand, findHeaders } from './requirements.mjs'
import { MACOS_FLOOR, TARGETS } from './targets.mjs'
import { ensureTool } from './tools.mjs'

const CACHE = path.join(root, '.cache', 'zig')
const GYP_SYSTEM = { linux: 'linux', darwin: 'mac', win32: 'win' }
const NODE_API = 'v9' // NAPI_VERSION in binding.gyp
/** Types of GSSAPI that native/gss includes, in the folder of findHeaders(). */
const GSS_HEADERS = ['gssapi', 'krb5', 'krb5.h', 'profile.h', 'et', 'com_err.h']

/** Besides binding.gyp's flags, what node-gyp gives of itself. */
const COMPILE = [
  ...['-O2', '-g0', '-fPIC', '-Werror', '-Wno-unused-command-line-argument'],
  '-Wno-macro-redefined', // zig names an older Windows (_WIN32_WINNT) before binding.gyp does
]
/** What Node looks up in an addon. */
const ENTRIES = ['napi_register_module_v1', 'node_api_module_get_api_version_v1']

/**
 * libc++abi's std::terminate prints the readable name of an exception that nobody caught, by a demangler of 115 kB. With this in
 * its place it prints the mangled name, as it does of itself where the demangler fails.
 */
const DEMANGLER = `#include <cstddef>
extern "C" char* __cxa_demangle(const char*, char*, std::size_t*, int* status) {
  if (status != nullptr) *status = -1;
  return nullptr;
}
`

/** __FILE__ and the like name files as from the checkout, so that no path of this machine gets into the binary. */
const withoutPaths = (folder) =>
  [...new Set([folder, root])].map((each) => `-ffile-prefix-map=${each}=.`)

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
function gssHeaders(cache) {
  const folder = path.join(cache, 'include')
  const from = findHeaders('gssapi/gssapi_ext.h')
  for (const name of GSS_HEADERS) {
    cpSync(path.join(from, name), path.join(folder, name), { recursive: true, dereference: true })
  }
  return folder
}

/** The files of the machine from which `buildTarget` takes GSSAPI's types. */
export const gssHeaderFiles = () =>
  GSS_HEADERS.map((name) => path.join(findHeaders('gssapi/gssapi_ext.h'), name))

function written(cache, name, text) {
  const file = path.join(cache, name)
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, text)
  return file
}

/** What the compiler is told for each system, and what it compiles besides. */
const SYSTEM = {
  linux: () => ['-Wl,-z,noexecstack'],
  darwin: () => ['-Wl,-undefined,dynamic_lookup'],
  win32: ({ cache, cpu, functions }) => [
    ...['-Xclang', '-cfguard'],
    written(cache, `node_api.${cpu}.cc`, nodeApiSource(cpu, functions)),
  ],
}

/**
 * zig's own choice of a linker's options is not ours in all: for macOS its linker shows every function to the world, and for
 * Windows it has no option for Control Flow Guard. So what it links is linked once more: the words of its link command, and
 * what they become.
 */
const RELINK = {
  darwin: ({ words, output, lib, cpu }) => {
    const options = ['-dylib', '-undefined', 'dynamic_lookup', '-dead_strip', '-x', '-S']
    const name = ['-install_name', '@rpath/gssapi.node']
    const minimum = ['-platform_version', 'macos', MACOS_FLOOR, MACOS_FLOOR]
    const shown = ENTRIES.flatMap((each) => ['-exported_symbol', `_${each}`])
    const inputs = words.filter((each) => /\.[ao]$/.test(each))
    const system = path.join(lib, 'libc', 'darwin', 'libSystem.tbd')
    const arch = ['-arch', { x64: 'x86_64', arm64: 'arm64' }[cpu]]
    const command = ['ld64.lld', 'ld64.lld-14'].find(findCommand) ?? 'ld64.lld'
    return [
      command,
      ...arch,
      ...minimum,
      ...options,
      ...name,
      ...shown,
      ...inputs,
      system,
      '-o',
      output,
    ]
  },
  win32: ({ words, output, zig, cache }) => {
    const kept = words
      .slice(1)
      .filter((each) => !/^-(OUT|IMPLIB):/.test(each))
      .map((each) => (/[\\/]unwind\.lib$/.test(each) ? withoutExports(each, output, cache) : each))
    const library = path.join(path.dirname(output), 'unused.lib') // of the two entries; nobody links with an addon
    return [
      zig,
      'lld-link',
      ...kept,
      '-guard:cf',
      '-Brepro',
      `-OUT:${output}`,
      `-IMPLIB:${library}`,
    ]
  },
}

/** Runs a compiler quietly; what it said, where it succeeds. */
function compiled(command, args, cache) {
  const env = { ...process.env, ZIG_GLOBAL_CACHE_DIR: cache, ZIG_LOCAL_CACHE_DIR: cache }
  const result = spawnSync(command, args, { cwd: root, env, encoding: 'utf8', maxBuffer: 2 ** 26 })
  if (result.status === 0) return result.stderr + result.stdout
  process.stderr.write(`${result.stdout ?? ''}${result.stderr ?? ''}`)
  throw new CommandError(`${path.basename(command)} ${args[0]}: ${result.error ?? result.status}`)
}

/** A copy of a library for Windows whose objects do not tell the linker (.drectve) what of them to show to the world. */
function withoutExports(library, output, cache) {
  const copy = path.join(path.dirname(output), path.basename(library))
  compiled('llvm-objcopy', ['--remove-section=.drectve', library, copy], cache)
  return copy
}

/** Compiles to a file that nobody has a cached result for, so that zig links, and tells how; then links it our way. */
function linkAgain({ args, output, target, cache, zig }) {
  const { system, cpu } = TARGETS[target]
  const folder = mkdtempSync(path.join(tmpdir(), 'gssapi-link-'))
  try {
    const said = compiled(
      zig,
      [...args, '-v', '-o', path.join(folder, path.basename(folder))],
      cache,
    )
    const line = said.split('\n').find((each) => /^(zig ld|lld-link) /.test(each))
    if (line === undefined) throw new CommandError(`zig does not tell how it links for ${target}`)
    const made = path.join(folder, 'gssapi.node') // a library for Windows holds its name
    const lib = path.join(path.dirname(zig), 'lib')
    const [command, ...rest] = RELINK[system]({
      words: line.split(' '),
      output: made,
      lib,
      cpu,
      zig,
      cache,
    })
    compiled(command, rest, cache)
    // ld64.lld 14 takes -x for granted and does nothing.
    if (system === 'darwin') compiled('llvm-strip', ['-x', made], cache)
    copyFileSync(made, output)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/**
 * Compiles and links an addon: { target: a key of TARGETS, sources, output (a file), defines, includes, libraries
 * ('-lsecur32'), flags, linkerFlags, folder (of the sources), cache (a folder) }. Throws with the compiler's words.
 */
export function buildAddon({ target, sources, output, ...more }) {
  const { defines = [], includes = [], libraries = [], flags = [], linkerFlags = [] } = more
  const { folder = root, cache = CACHE } = more
  const { zig: zigTarget, system, cpu } = TARGETS[target]
  const { zig, headers, functions } = toolchain()
  mkdirSync(path.dirname(output), { recursive: true })
  rmSync(output, { force: true })
  const args = [
    ...[
      'c++',
      '-target',
      zigTarget,
      '-shared',
      '-s',
      ...COMPILE,
      ...flags,
      ...withoutPaths(folder),
    ],
    ...defines.map((each) => `-D${each}`),
    ...[...includes, headers].flatMap((each) => ['-isystem', each]),
    ...sources,
    written(cache, 'demangler.cc', DEMANGLER),
    ...SYSTEM[system]({ cache, cpu, functions }),
    ...[...linkerFlags, ...libraries],
  ]
  if (system in RELINK) linkAgain({ args, output, target, cache, zig })
  else compiled(zig, [...args, '-o', output], cache)
}

/**
 * The addon of binding.gyp for one of TARGETS, as the file `output`. `folder` holds binding.gyp and native/, and `cache`
 * what the compiler keeps, where they are not this checkout's.
 */
export function buildTarget(target, output, { folder = root, cache = CACHE } = {}) {
  const { system, cpu } = TARGETS[target]
  const settings = addonSettings(GYP_SYSTEM[system], cpu, folder)
  const includes = system === 'win32' ? [] : [gssHeaders(cache)]
  const all = { ...settings, includes: [...settings.includes, ...includes] }
  buildAddon({ ...all, target, output, folder, cache })
}

/** A library of one C source for `zigTarget`, for tests. */
export function zigLibrary(zigTarget, source, output) {
  const { zig } = toolchain()
  mkdirSync(path.dirname(output), { recursive: true })
  const flags = ['-shared', '-O1', '-fPIC', '-Wall', '-Wextra', '-Werror']
  compiled(zig, ['cc', '-target', zigTarget, ...flags, source, '-o', output], CACHE)
}
