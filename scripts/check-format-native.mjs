// `node scripts/check-format-native.mjs [--write]`: formats native/, bench/native/, test/fuzz/, test/threads/ and test/wine/shim/ by
// .clang-format.
import path from 'node:path'
import { root, shown, walk } from './util/files.mjs'
import { CommandError, main, run } from './util/process.mjs'

const sources = ['native', 'bench/native', 'test/fuzz', 'test/threads', 'test/wine/shim']
  .flatMap((folder) => walk(path.join(root, folder)))
  .filter((file) => /\.(?:h|hpp|cc|cpp|c)$/.test(file))
  .map((file) => shown(file))

await main(() => {
  if (sources.length === 0) throw new CommandError('no C++ source found')
  const mode = process.argv.includes('--write') ? ['-i'] : ['--dry-run', '-Werror']
  run('clang-format', [...mode, ...sources])
})
