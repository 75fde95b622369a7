// The functions of a C++ file, in order: what check-twins compares. It reads Google style, namespaces and bodies; it
// is no C++ parser, and where it cannot tell, it leaves a statement out, which check-twins then reports as missing.
import { codeOnly, lineAt, withoutPreprocessor } from './cc-text.mjs'

const NAMESPACE = /^\s*(?:inline\s+)?namespace\b\s*([\w:]*)|^\s*extern\s+""/
const TYPE = /^\s*(?:template\b.*)?(?:class|struct|union|enum)\b[^()]*$/s
const NOT_A_FUNCTION =
  /^\s*(?:using|typedef|friend|static_assert|template|return|extern\s+template)\b/
const ATTRIBUTE = /\[\[[^\]]*\]\]|__attribute__\s*\(\([^)]*\)\)/g

/** `std::vector<std::function<void(int)>> F(` -> `std::vector F(`: only then is the first ( the function's. */
function withoutTemplateArguments(text) {
  const shorter = text.replace(/<[^<>;{}]*>/g, '')
  return shorter === text ? text : withoutTemplateArguments(shorter)
}

/** The name a declaration or the head of a definition declares, or undefined where it is no function. */
function functionName(statement) {
  const text = withoutTemplateArguments(statement.replace(ATTRIBUTE, ' '))
  if (NOT_A_FUNCTION.test(text)) return undefined
  const match = /^([^()=]*?)([\w~]+(?:::[\w~]+)*)\s*\(/.exec(text)
  return match && match[1].trim() !== '' ? match[2] : undefined // no return type: a macro or a constructor
}

/** The index after the } that closes the { at `open`. */
function skipBraces(code, open) {
  let depth = 0
  for (let index = open; index < code.length; index++) {
    if (code[index] === '{') depth++
    else if (code[index] === '}' && --depth === 0) return index + 1
  }
  return code.length
}

const isInternal = (statement) => /^\s*(?:inline\s+)?static\b/.test(statement)

/**
 * The functions at namespace level: { name, line, defined }. Left out are members, `static` functions and everything
 * in an unnamed namespace: they are a file's own affair.
 */
export function functionsOf(text) {
  const code = withoutPreprocessor(codeOnly(text))
  const found = []
  let begin = 0
  const note = (statement, defined) => {
    const name = isInternal(statement) ? undefined : functionName(statement)
    if (!name) return
    const start = begin + (statement.length - statement.trimStart().length)
    found.push({ name, line: lineAt(code, start), defined })
  }
  for (let index = 0; index < code.length; index++) {
    const sign = code[index]
    if (sign === ';') {
      note(code.slice(begin, index), false)
      begin = index + 1
    } else if (sign === '}') {
      begin = index + 1 // the end of a namespace
    } else if (sign === '{') {
      const statement = code.slice(begin, index)
      const namespace = NAMESPACE.exec(statement)
      if (namespace && namespace[1] !== '') {
        begin = index + 1
        continue
      }
      if (!namespace && !TYPE.test(statement)) note(statement, true)
      const after = skipBraces(code, index)
      // After a body a statement begins; after a type's or an initialiser's braces it goes on until its semicolon.
      index = after - 1
      begin = after
    }
  }
  return found
}
