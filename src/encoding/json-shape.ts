/**
 * The shape of a JSON text, without its values: for texts with secrets in them, of which JSON.parse would make strings
 * that nobody can overwrite. Spaces between values are refused, since MIT's encoder (util/support/json.c) writes none.
 */

/** Where the value ends that begins at `at`; undefined where there is no such value. */
export type Rule = (bytes: Uint8Array, at: number) => number | undefined

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const OPEN = 0x5b
const CLOSE = 0x5d
const MINUS = 0x2d
const EQUALS = 0x3d
const ZERO = 0x30
/** What follows a backslash and is one byte; and what stands for another: only \u0001 to \u00FF. */
const ESCAPES: ReadonlySet<number | undefined> = new Set(Buffer.from('"\\/bfnrt'))
const UNICODE = Buffer.from('u00')
const HEX: ReadonlySet<number | undefined> = new Set(Buffer.from('0123456789ABCDEF'))
const BASE64: ReadonlySet<number | undefined> = new Set(
  Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'),
)
/** Of a number of 64 bits. */
const MOST_DIGITS = 19

const isDigit = (byte: number | undefined): boolean =>
  byte !== undefined && byte >= ZERO && byte <= ZERO + 9

/** Exactly these characters. */
export function word(characters: string): Rule {
  const expected = Buffer.from(characters, 'latin1')
  return (bytes, at) => {
    const end = at + expected.length
    return expected.equals(bytes.subarray(at, end)) ? end : undefined
  }
}

export const nothing = word('null')

/** Of a value that a rule has found. */
export const isNull = (bytes: Uint8Array, at: number): boolean => nothing(bytes, at) !== undefined

export const or =
  (one: Rule, other: Rule): Rule =>
  (bytes, at) =>
    one(bytes, at) ?? other(bytes, at)

export const boolean = or(word('true'), word('false'))

/** A whole number. */
export const integer: Rule = (bytes, at) => {
  const first = bytes[at] === MINUS ? at + 1 : at
  let end = first
  while (isDigit(bytes[end])) end++
  const digits = end - first
  const padded = digits > 1 && bytes[first] === ZERO
  return digits === 0 || digits > MOST_DIGITS || padded ? undefined : end
}

function escaped(bytes: Uint8Array, at: number): number | undefined {
  if (ESCAPES.has(bytes[at])) return at + 1
  const high = bytes[at + UNICODE.length]
  const low = bytes[at + UNICODE.length + 1]
  const begins = UNICODE.equals(bytes.subarray(at, at + UNICODE.length))
  const isNul = high === ZERO && low === ZERO
  return begins && HEX.has(high) && HEX.has(low) && !isNul ? at + UNICODE.length + 2 : undefined
}

/** A string, of bytes in any encoding. */
export const text: Rule = (bytes, at) => {
  if (bytes[at] !== QUOTE) return undefined
  let next: number | undefined = at + 1
  while (next !== undefined) {
    const byte: number | undefined = bytes[next]
    if (byte === QUOTE) return next + 1
    if (byte === undefined || byte < 0x20) return undefined
    next = byte === BACKSLASH ? escaped(bytes, next + 1) : next + 1
  }
  return undefined
}

/** A string in base64, also an empty one. */
export const base64: Rule = (bytes, at) => {
  if (bytes[at] !== QUOTE) return undefined
  let end = at + 1
  while (BASE64.has(bytes[end])) end++
  for (let padding = 0; padding < 2 && bytes[end] === EQUALS; padding++) end++
  return bytes[end] === QUOTE && (end - at - 1) % 4 === 0 ? end + 1 : undefined
}

/** An array of the values of `rules`, and perhaps one of `extra`; `fits` is given where each begins. */
export function members(
  rules: readonly Rule[],
  extra?: Rule,
  fits?: (bytes: Uint8Array, starts: number[]) => boolean,
): Rule {
  return (bytes, at) => {
    const starts: number[] = []
    let end: number | undefined = at
    for (const [i, rule] of rules.entries()) {
      if (bytes[end] !== (i === 0 ? OPEN : COMMA)) return undefined
      starts.push(end + 1)
      end = rule(bytes, end + 1)
      if (end === undefined) return undefined
    }
    if (extra !== undefined && bytes[end] === COMMA) end = extra(bytes, end + 1) ?? end
    if (bytes[end] !== CLOSE || (fits !== undefined && !fits(bytes, starts))) return undefined
    return end + 1
  }
}

/** An array of exactly these. */
export const tuple = (...rules: Rule[]): Rule => members(rules)

/** An array of any number of the same, behind one of another kind if `first` is given. */
export function list(each: Rule, first?: Rule): Rule {
  return (bytes, at) => {
    if (bytes[at] !== OPEN) return undefined
    if (first === undefined && bytes[at + 1] === CLOSE) return at + 2
    let end = (first ?? each)(bytes, at + 1)
    while (end !== undefined && bytes[end] === COMMA) end = each(bytes, end + 1)
    return end !== undefined && bytes[end] === CLOSE ? end + 1 : undefined
  }
}
