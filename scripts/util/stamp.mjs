// "Is it up to date?" by content, not by time: a fresh clone, a `git checkout` and a copied tree all have
// modification times that say nothing.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expand, shown } from './files.mjs'

/** One digest over files (their names and contents) and plain values such as versions and flags. */
export function fingerprint(paths, values = []) {
  const hash = createHash('sha256').update(JSON.stringify(values))
  for (const file of expand(paths)) {
    hash.update(`\0${shown(file)}\0`).update(readFileSync(file))
  }
  return hash.digest('hex')
}

/** Does the stamp at `file` say that `print` was built? */
export function isStamped(file, print) {
  return existsSync(file) && readFileSync(file, 'utf8') === print
}

export function writeStamp(file, print) {
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, print)
}
