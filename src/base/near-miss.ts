/** Names that nobody knows, and the known one that was probably meant. */
import { unknownOption } from './argument-error'

const plain = (name: string): string => name.replace(/[_-]/g, '').toLowerCase()

const at = (row: readonly number[], index: number): number => row[index] ?? Infinity

/** How many letters must be put in, left out, put in another's place, or change places with their neighbour. */
function distance(one: string, other: string): number {
  let before: number[] = []
  let row = Array.from({ length: other.length + 1 }, (_, i) => i)
  for (let i = 1; i <= one.length; i++) {
    const next = [i]
    for (let j = 1; j <= other.length; j++) {
      const same = one[i - 1] === other[j - 1]
      const least = Math.min(at(row, j) + 1, at(next, j - 1) + 1, at(row, j - 1) + (same ? 0 : 1))
      const turned = one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]
      next.push(turned ? Math.min(least, at(before, j - 2) + 1) : least)
    }
    before = row
    row = next
  }
  return at(row, other.length)
}

/** Of the known names the one that `word` is a slip of; undefined where it is like none. */
export function nearMiss(word: string, known: readonly string[]): string | undefined {
  let nearest: string | undefined
  let least = Infinity
  for (const name of known) {
    const [slip, right] = [plain(word), plain(name)]
    const allowed = Math.max(1, Math.floor(right.length / 3))
    if (Math.abs(slip.length - right.length) > allowed) continue
    const found = distance(slip, right)
    if (found > allowed || found >= least) continue
    least = found
    nearest = name
  }
  return nearest
}

/**
 * Throws where an options object has a property of its own that is none of `known`: it would be passed over, and what it was to
 * do not be done.
 *
 * @param name of the object: 'options', 'options.store'
 * @throws TypeError ERR_INVALID_ARG_VALUE: Unknown option "keyTab" (did you mean "keytab"?)
 */
export function checkKnown(value: object, known: readonly string[], name = 'options'): void {
  for (const key of Object.keys(value)) {
    if (!known.includes(key)) throw unknownOption(name, key, nearMiss(key, known))
  }
}
