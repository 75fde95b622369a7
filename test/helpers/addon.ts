import { copyFileSync, cpSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'

/** The part of the addon's surface (src/native.ts) that only tests use, or that they misuse. */
export interface TestAddon {
  statistics(): Statistics
  importName(value: Uint8Array, type: string): unknown
  newAcceptor(credential: unknown, bindings: unknown, negotiable: string[]): unknown
  [name: string]: unknown
}

export interface Statistics {
  names: number
  credentials: number
  contexts: number
  pending: number
  threads: number
  network: number
  local: number
  aborted: number
  retired: number
}

const root = join(__dirname, '..', '..')

interface NodeGypBuild {
  (root: string): TestAddon
  path(root: string): string
}

// eslint-disable-next-line @typescript-eslint/no-require-imports -- it has no types and no ESM
const nodeGypBuild = require('node-gyp-build') as NodeGypBuild

export const packageRoot = root
export const addonFile = (): string => nodeGypBuild.path(root)
/** The very addon that `gssapi` uses in this thread. */
export const addon = (): TestAddon => nodeGypBuild(root)
export const statistics = (): Statistics => addon().statistics()

/** Another installation of the package, as a dependency's dependency is one. No link: Wine has none. */
export function copyPackage(to: string): void {
  mkdirSync(join(to, 'build', 'Release'), { recursive: true })
  copyFileSync(addonFile(), join(to, 'build', 'Release', 'gssapi.node'))
  copyFileSync(join(root, 'package.json'), join(to, 'package.json'))
  for (const folder of ['lib', 'node_modules/node-gyp-build']) {
    const filter = (name: string) => !/\.(?:d\.ts|map)$/.test(name)
    cpSync(join(root, folder), join(to, folder), { recursive: true, filter })
  }
}

/** Loads such a copy, and its addon, though a variable leads to the first one's. */
export function requireCopy(from: string): unknown {
  const chosen = process.env['GSSAPI_PREBUILD']
  if (chosen !== undefined) process.env['GSSAPI_PREBUILD'] = from
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- its place is known now only
    const copy = require(from) as { library(): unknown }
    copy.library() // the addon is loaded at first use
    return copy
  } finally {
    if (chosen !== undefined) process.env['GSSAPI_PREBUILD'] = chosen
  }
}

/** Takes a copy away. Windows keeps the file of an addon that is loaded: that one is the system's to clear away. */
export function removeCopy(from: string): void {
  try {
    rmSync(from, { recursive: true, force: true })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') throw error
  }
}
