// How each native source is compiled, as binding.gyp says: the checkers must see the defines and folders of the build.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { root } from './files.mjs'
import { mirrorNative } from './mirror.mjs'
import { nodeGyp } from './node-gyp.mjs'

const folder = path.join(root, '.cache', 'compile-commands')
const KEPT = /^-(?:D|I|std=)/

/** gyp quotes a word in double quotes where it holds an equals sign or a space. */
const words = (command) =>
  [...command.matchAll(/"((?:\\.|[^"])*)"|(\S+)/g)].map((match) => match[1] ?? match[2])

// Headers of ours come by relative paths; a warning in a header of Node's is not ours to mend.
const asSystem = (flag) => (flag.startsWith('-I') ? ['-isystem', flag.slice(2)] : [flag])

/** [{ file: 'native/...', args: [flags of the preprocessor and the language] }] */
export function compileCommands() {
  mirrorNative(folder)
  nodeGyp(folder, 'configure', ['--', '-f', 'compile_commands_json'])
  const database = path.join(folder, 'build', 'Release', 'compile_commands.json')
  return JSON.parse(readFileSync(database, 'utf8')).map(({ file, command }) => ({
    file: path.relative(folder, file),
    args: words(command.replaceAll(folder, root))
      .filter((word) => KEPT.test(word))
      .flatMap(asSystem),
  }))
}
