// Which file is sent: looked at before anything is installed or built, so that a mistake shows at once.
import { accessSync, constants, statSync } from 'node:fs'
import path from 'node:path'
import { root } from '../util/files.mjs'
import { CommandError } from '../util/process.mjs'

const USAGE = 'usage: npm run demo [-- FILE]'

const REASONS = {
  ENOENT: 'there is no such file',
  EACCES: 'it cannot be read by this user',
  ENOTDIR: 'a part of its path is not a directory',
}

function problem(file) {
  try {
    const found = statSync(file)
    if (found.isDirectory()) return 'it is a directory; the demo sends one file'
    if (!found.isFile()) return 'it is not an ordinary file'
    accessSync(file, constants.R_OK)
    return undefined
  } catch (error) {
    return REASONS[error.code] ?? error.message
  }
}

/** The file's absolute path. npm runs scripts in the package's folder: INIT_CWD is where the user is. */
export function fileFrom(argv) {
  if (argv.length > 1 || argv[0] === '') throw new CommandError(`demo: one file, please\n${USAGE}`)
  const [given] = argv
  const file =
    given === undefined
      ? path.join(root, 'README.md')
      : path.resolve(process.env.INIT_CWD ?? process.cwd(), given)
  const reason = problem(file)
  if (reason !== undefined) throw new CommandError(`demo: cannot send ${file}: ${reason}\n${USAGE}`)
  return file
}
