// C, inside this process: bench/native, on the library that the package loads.
import { realpathSync } from 'node:fs'
import { constants } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { library } from 'gssapi'

const ADDON = path.resolve(
  path.dirname(fileURLToPath(import.meta.url)),
  '../build/Release/c_contender.node',
)

function load() {
  // The package first: its library is then in memory, and linking finds that one.
  const { implementation, path: file } = library()
  if (implementation !== 'mit')
    throw new Error(`the C contender is MIT's; the package loads ${file}`)
  // DEEPBIND as the package: an MIT that uses OpenSSL must not get the one inside node.
  const { RTLD_NOW, RTLD_DEEPBIND = 0 } = constants.dlopen
  const module = { exports: {} }
  process.dlopen(module, ADDON, RTLD_NOW | RTLD_DEEPBIND)
  const linked = module.exports.libraryPath()
  if (realpathSync(linked) !== realpathSync(file)) {
    throw new Error(`C would run on ${linked}, the package on ${file}: no comparison`)
  }
  return module.exports
}

/** The addon's functions; see bench/native/addon.c. */
export const c = load()

export const OPERATIONS = { wrap: 0, unwrap: 1, getMic: 2, verifyMic: 3 }
export const CREDENTIALS = { shared: 0, perThread: 1, perHandshake: 2 }

/** A baseline for `compare`: one of the per-message calls. `wall`: for a contender that leaves the thread. */
export function messageLoop(operation, size, confidential, wall = false) {
  const args = [OPERATIONS[operation], size, confidential ? 1 : 0]
  return { name: 'C', run: (count) => c.messages(...args, count, wall ? 1 : 0) }
}

/** Handshakes, in ns for `count` of them in all. */
export function handshakeLoop({ name = 'C', threads = 1, credentials = 'shared', wall = false }) {
  const rest = [CREDENTIALS[credentials], threads, wall ? 1 : 0]
  const run = (count) => {
    const each = Math.ceil(count / threads)
    return (c.handshakes(each, ...rest) * count) / (each * threads)
  }
  return { name, run }
}

/** Arithmetic and nothing else: what so many threads can reach at most on this machine, as it is just now. */
export function spinLoop(threads) {
  const run = (count) => {
    const each = Math.ceil(count / threads)
    return (c.spin(each, threads) * count) / (each * threads)
  }
  return { name: `arithmetic, ${threads} threads`, run }
}
