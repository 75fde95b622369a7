// `node scripts/check-boundaries.mjs [ROOT]`: holds the walls of native/ in CONTRIBUTING.md (2, 3, 6) and its layout.
// One line per violation, `file:line: wall N: why`, and exit code 1. The rules: util/walls-native.mjs.
// The walls of src/ are rules of dependency-cruiser and eslint.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { root, shown, walk } from './util/files.mjs'
import { CommandError, isMain, main } from './util/process.mjs'
import { nativeViolations } from './util/walls-native.mjs'

function read(base, folder, extension) {
  const files = walk(path.join(base, folder)).filter((file) => extension.test(file))
  return new Map(files.map((file) => [shown(file, base), readFileSync(file, 'utf8')]))
}

/** The violations in the tree at `base`, one line each. */
export function violationsIn(base) {
  const native = read(base, 'native', /\.(?:h|hpp|cc|cpp|c)$/)
  // A wrong ROOT must not pass as a house without a fault.
  if (native.size === 0) throw new CommandError(`no native/ in ${base}`)
  return nativeViolations(native).map(
    ({ file, line, wall, why }) => `${file}:${line}: ${wall}: ${why}`,
  )
}

if (isMain(import.meta.url)) {
  await main(() => {
    const violations = violationsIn(path.resolve(process.argv[2] ?? root))
    for (const violation of violations) console.log(violation)
    console.log(`boundaries: ${violations.length} violations`)
    return violations.length === 0 ? 0 : 1
  })
}
