/** How values are written: for people by indentation, for programs as JSON. */
import type { Fields, Value } from './values'

const LONGEST_LINE = 500

/**
 * Characters that would move the cursor, change colours or the direction of writing, or be invisible: a
 * token comes from a stranger, and a terminal obeys what it is shown.
 */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/gu

const escaped = (character: string) =>
  Array.from({ length: character.length }, (_, i) =>
    character.charCodeAt(i).toString(16).padStart(4, '0'),
  )
    .map((code) => `\\u${code}`)
    .join('')

/** Text that a terminal shows as it is, and not too much of it. */
export function printable(text: string): string {
  const short = text.length > LONGEST_LINE ? `${text.slice(0, LONGEST_LINE)}…` : text
  return short.replace(UNSAFE, escaped)
}

/** As JSON; what is unsafe in a terminal stands there in JSON's own escapes. */
export function toJson(fields: Fields): string {
  const json = JSON.stringify(fields, null, 2)
  return `${json.replace(UNSAFE, (character) => (character === '\n' ? character : escaped(character)))}\n`
}

const isFields = (value: Value): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isNested = (value: Value): value is Fields | Value[] =>
  isFields(value) || (Array.isArray(value) && value.some(isNested))

function inline(value: Value): string {
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(inline).join(', ')
  if (value === null || value === '') return '–'
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  return typeof value === 'object' ? '' : printable(String(value))
}

const indented = (lines: string[]) => lines.map((line) => `  ${line}`)

function item(value: Value): string[] {
  const [first = '', ...rest] = isFields(value) ? linesOf(value) : [inline(value)]
  return [`- ${first}`, ...indented(rest)]
}

function field(name: string, value: Value): string[] {
  if (!isNested(value)) return [`${printable(name)}: ${inline(value)}`]
  if (Array.isArray(value)) return [`${printable(name)}:`, ...indented(value.flatMap(item))]
  return [`${printable(name)}:`, ...indented(linesOf(value))]
}

/** One line for each field; what has a `type` begins with it, and the rest stands under it. */
function linesOf({ type, ...fields }: Fields): string[] {
  const lines = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : field(name, value),
  )
  return typeof type === 'string' ? [printable(type), ...indented(lines)] : lines
}

/** For people. */
export function toText(fields: Fields): string {
  return `${linesOf(fields).join('\n')}\n`
}
