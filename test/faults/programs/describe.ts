// Prints library() of the library in an open file that has no name any more: `describe FILE`. Without one, of the
// library that the environment names.
import { openSync, unlinkSync } from 'node:fs'
import { configure, library } from 'gssapi'

const file = process.argv[2]
if (file !== undefined) {
  const open = openSync(file, 'r')
  unlinkSync(file)
  configure({ library: `/proc/self/fd/${open}` })
}
console.log(JSON.stringify(library()))
