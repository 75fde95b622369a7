// C++ text with what is no code blanked out, line by line as it was, so that a rule looks at code only and a position
// still is the file's. A scanner of strings and comments, not a parser.

const TOKENS = new RegExp(
  [
    String.raw`\/\/(?:\\\n|[^\n])*`, // a line comment
    String.raw`\/\*[^]*?\*\/`, // a block comment
    String.raw`R"([^()\\\s]{0,16})\([^]*?\)\1"`, // a raw string
    String.raw`"(?:\\[^]|[^"\\\n])*"`,
    String.raw`(?<![0-9a-fA-F])'(?:\\[^]|[^'\\\n])*'`, // not the digit separator of 1'000
  ].join('|'),
  'g',
)

const blank = (text) => text.replace(/[^\n]/g, ' ')

/** Comments blanked; strings stand, because an #include's name is one. */
export const withoutComments = (text) =>
  text.replace(TOKENS, (token) => (token.startsWith('/') ? blank(token) : token))

/** Comments and the contents of strings blanked. */
export const codeOnly = (text) => text.replace(TOKENS, blank)

/** Preprocessor lines blanked too, continuation lines included. */
export const withoutPreprocessor = (text) => text.replace(/^[ \t]*#(?:\\\n|[^\n])*/gm, blank)

/** The number of the line on which `index` stands, from 1. */
export const lineAt = (text, index) => text.slice(0, index).split('\n').length

/** Every match of `pattern` as { line, match }. */
export function findAll(text, pattern) {
  return [...text.matchAll(new RegExp(pattern, 'gm'))].map((match) => ({
    line: lineAt(text, match.index),
    match,
  }))
}

/** The #includes of a file: { line, name, system } (system: in angle brackets). */
export function includesOf(text) {
  const pattern = /^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]/
  return findAll(withoutComments(text), pattern).map(({ line, match }) => ({
    line,
    name: match[2],
    system: match[1] === '<',
  }))
}
