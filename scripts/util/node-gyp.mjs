// node-gyp as a function: the devDependency, on the running Node's headers, in a folder of our choice.
import path from 'node:path'
import { root } from './files.mjs'
import { nodeDir } from './node-headers.mjs'
import { run } from './process.mjs'

const CLI = path.join(root, 'node_modules', 'node-gyp', 'bin', 'node-gyp.js')

/** Runs one node-gyp command in `folder`. What follows '--' in `args` goes to gyp (configure) or make (build). */
export function nodeGyp(folder, command, args = []) {
  const headers = nodeDir()
  const nodedir = headers ? [`--nodedir=${headers}`] : []
  const all = [CLI, command, '--loglevel=warn', ...nodedir, ...args]
  run(process.execPath, all, { cwd: folder })
}
