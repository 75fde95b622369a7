import { join } from 'node:path'

/** The part of the addon's surface (src/native.ts) that only tests use, or that they misuse. */
export interface TestAddon {
  statistics(): Statistics
  importName(value: Uint8Array, type: string): unknown
  newAcceptor(credential: unknown, bindings: unknown): unknown
  [name: string]: unknown
}

export interface Statistics {
  names: number
  credentials: number
  contexts: number
  pending: number
  threads: number
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
