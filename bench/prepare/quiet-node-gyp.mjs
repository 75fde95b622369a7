// node-gyp whose output is shown only where it fails.
import path from 'node:path'
import { root } from '../../scripts/util/files.mjs'
import { nodeDir } from '../../scripts/util/node-headers.mjs'
import { capture, CommandError } from '../../scripts/util/process.mjs'

const CLI = path.join(root, 'node_modules', 'node-gyp', 'bin', 'node-gyp.js')

export async function quietNodeGyp(folder) {
  const headers = nodeDir()
  const nodedir = headers ? [`--nodedir=${headers}`] : []
  const { code, output } = await capture(process.execPath, [CLI, 'rebuild', ...nodedir], {
    cwd: folder,
  })
  if (code !== 0) throw new CommandError(`node-gyp rebuild in ${folder} failed:\n${output}`)
}
