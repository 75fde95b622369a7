// Where the checkout is, and walking it. Only node: modules, because setup.mjs runs before `npm ci`.
import { existsSync, readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..')

/** Every file under `folder`, sorted, as absolute paths; a missing folder has none. */
export function walk(folder) {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const full = path.join(folder, entry.name)
      if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : walk(full)
      return entry.isFile() ? [full] : []
    })
}

/** The files behind `paths`, each of which may be a file, a folder or nothing at all. */
export function expand(paths) {
  return paths.flatMap((each) => {
    if (!existsSync(each)) return []
    return statSync(each).isDirectory() ? walk(each) : [each]
  })
}

/** `file` as the messages print it: relative to `base`, with forward slashes on every platform. */
export function shown(file, base = root) {
  return path.relative(base, file).split(path.sep).join('/')
}
