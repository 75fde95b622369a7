// The code blocks of a Markdown page, and the comment above each: <!-- not compiled: why -->.
const FENCE = /^(?<indent> *)```(?<language>\w*)[^\n]*\n(?<code>[^]*?)^\k<indent>```[ \t]*$/gm
const COMMENT_ABOVE = /<!--(?<text>[^]*?)-->\s*$/

const dedent = (code, indent) => code.replaceAll(new RegExp(`^ {0,${indent.length}}`, 'gm'), '')

/** Every fenced block: { language, code, line, comment }; line: the first line of the code, from 1. */
export function blocksOf(markdown) {
  return [...markdown.matchAll(FENCE)].map((match) => {
    const { indent, language, code } = match.groups
    const before = markdown.slice(0, match.index)
    const comment = COMMENT_ABOVE.exec(before)?.groups.text.trim() ?? ''
    return { language, code: dedent(code, indent), line: before.split('\n').length + 1, comment }
  })
}

/** The reason a block is left out, '' where it gives none, undefined where it is not left out. */
export function leftOut({ comment }) {
  return /^not compiled\b:?\s*(.*)$/s.exec(comment)?.[1]
}
