// A folder that shows the same native sources, because node-gyp always works in ./build of the folder it is run in.
import { mkdirSync, rmSync, symlinkSync } from 'node:fs'
import path from 'node:path'
import { root } from './files.mjs'

const SHOWN = ['binding.gyp', 'native', 'package.json']

export function mirrorNative(folder) {
  mkdirSync(folder, { recursive: true })
  for (const name of SHOWN) {
    const link = path.join(folder, name)
    rmSync(link, { recursive: true, force: true })
    symlinkSync(path.relative(folder, path.join(root, name)), link)
  }
}
