import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { createContext, runInContext } from 'node:vm'
import type * as gssapi from 'gssapi'
import type * as testing from 'gssapi/testing'
import { packageRoot } from './addon'

/** The package as a test runner loads it that gives each test file a realm of its own: Jest, vitest with vmThreads. */
export interface VmPackage {
  gssapi: typeof gssapi
  testing: typeof testing
  /** The context's own globals. */
  context: typeof globalThis
  run(code: string): unknown
}

type Wrapper = (
  exports: object,
  require: (name: string) => unknown,
  module: { exports: object },
  filename: string,
  directory: string,
) => void

/** What is Node's and not the language's, which a new context lacks. */
const LENT = [
  ...['Buffer', 'TextDecoder', 'TextEncoder', 'URL', 'AbortController', 'AbortSignal'],
  ...['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'setImmediate'],
  ...['queueMicrotask', 'performance', 'structuredClone', 'console'],
]

/** Loads lib/ into a new context, whose process.env is a copy. */
export function loadInContext(): VmPackage {
  const lent = LENT.map((name) => [name, (globalThis as Record<string, unknown>)[name]])
  const theirProcess = Object.create(process, {
    env: { value: { ...process.env }, writable: true },
  })
  const sandbox = createContext({ ...Object.fromEntries(lent), process: theirProcess })
  const modules = new Map<string, { exports: object }>()

  function load(file: string): object {
    const known = modules.get(file)
    if (known) return known.exports
    const module = { exports: {} }
    modules.set(file, module)
    const source = readFileSync(file, 'utf8')
    const code = `(function (exports, require, module, __filename, __dirname) {${source}\n})`
    const wrapper = runInContext(code, sandbox, { filename: file }) as Wrapper
    const require = createRequire(file)
    const within = (name: string): unknown =>
      name.startsWith('.') ? load(require.resolve(name)) : require(name)
    wrapper(module.exports, within, module, file, dirname(file))
    return module.exports
  }

  const run = (code: string): unknown => runInContext(code, sandbox)
  return {
    gssapi: load(join(packageRoot, 'lib', 'index.js')) as typeof gssapi,
    testing: load(join(packageRoot, 'lib', 'testing', 'index.js')) as typeof testing,
    context: run('globalThis') as typeof globalThis,
    run,
  }
}
