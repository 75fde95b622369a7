/**
 * Text of strangers as a log and a terminal may show it: names, and what tokens and KDCs say of an error, reach messages.
 */

/** What controls a terminal, ends a line, turns the direction of writing or is not seen (Unicode's general categories). */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu

/** A message or another line of a log is no longer than this, in UTF-16 units; far over what libraries say. */
const LONGEST = 1000

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, '0')}`
  return code < 0x10000 ? `\\u${code.toString(16)}` : `\\u{${code.toString(16)}}`
}

/** The text without its rest where it is long, never with half a character at the end. */
function shortened(text: string, most: number): string {
  if (text.length <= most) return text
  return `${text.slice(0, most - 1).replace(/[\uD800-\uDBFF]$/, '')}…`
}

/**
 * The text with '\x1b', '\u202e' in the place of what is unsafe, cut at `most` units. A backslash stays as it is: names
 * have them. Done twice it changes nothing more.
 */
export function printable(text: string, most = LONGEST): string {
  // What is cut away anyhow, and may be megabytes, is not looked at.
  return shortened(shortened(text, most + 1).replace(UNSAFE, escaped), most)
}

/**
 * The parts, printable each, as one text of at most `most` units. Where that is too little the longest are cut, all at the
 * same length: a name of a megabyte takes no place from what is said of it, before it or behind.
 */
export function joined(parts: readonly string[], separator: string, most = LONGEST): string {
  let left = most - separator.length * (parts.length - 1)
  let longest = left
  const lengths = parts.map(({ length }) => length).sort((a, b) => a - b)
  for (const [index, length] of lengths.entries()) {
    longest = Math.floor(left / (lengths.length - index))
    if (length > longest) break
    left -= length
  }
  return parts.map((part) => shortened(part, longest)).join(separator)
}
