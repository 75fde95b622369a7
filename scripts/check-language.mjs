// `node scripts/check-language.mjs [ROOT]`: the part of "The language" in CONTRIBUTING.md that a script can check: comments too wide to
// read, and a short list of phrases that a reader has to decode. It looks at words only, not at identifiers or file names.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expand, root, shown } from './util/files.mjs'
import { isMain, main } from './util/process.mjs'

const WITH_COMMENTS = ['src', 'scripts', 'test', 'native']
const WITH_PROSE = ['src', 'native', 'scripts', 'docs']
const PAGES = ['README.md', 'SECURITY.md', 'CONTRIBUTING.md', 'CHANGELOG.md']
const GENERATED = /^docs\/(?:api|benchmark)\//

// Code is prettier's and clang-format's affair: prettier leaves comments as they are, clang-format those in tables.
const WIDTHS = [
  [/\.(?:cc|h)$/, 100],
  [/\.(?:ts|mjs|js|sh|py)$/, 140],
]
const COMMENT = /^\s*(?:\/\/|\/?\*|#)|\s\/\/ /

// Written so that this file does not match itself. A space stands for any gap, also between two lines of a comment.
const PHRASES = [
  ['(?:stand|stands|stood|standing) in front of', 'work around, protect'],
  ['(?:die|dies|died|dying) of', 'crash on'],
  ['(?:crash|crashes|crashed) of', 'crash on'],
  ['of which (?:it|they|he|she|we|you)', 'a sentence with its subject first'],
  ['(?:stay|stays|stayed) of use', 'remain usable'],
  ['what (?:it|they) (?:is|are|was|were) asked', 'the request'],
  ['enquir(?:e|ed|es|ing|y|ies)', 'inquire, inquiry'],
  ['as far as (?:it|they) tells?', 'if known'],
  ['(?:tells|told) (?:it|them|none|nothing)', 'return, report'],
  ['(?:that|which) (?:is|are) none(?! of)', 'invalid'],
  ['(?:is|are|was|were) to be (?:had|taken for)', 'available; treat as'],
  ['for want(?: of)', 'because ... is missing'],
  ['(?:has|have) not (?:a|an|the)', 'does not have'],
  ['(?:be|is|are|was) told apart', 'distinguish'],
]
const GAP = String.raw`\s+(?:(?://+|\*|#+)\s+)?`
const patterns = PHRASES.map(([phrase, instead]) => [
  new RegExp(String.raw`(?<![\w-])${phrase.replaceAll(' ', GAP)}(?![\w-])`, 'gi'),
  instead,
])

// CONTRIBUTING.md shows what not to write.
const EXAMPLES = /<!-- not to be written -->[\s\S]*?<!-- until here -->/g
const blank = (text) => text.replaceAll(/[^\n]/g, ' ')

function wideComments(name, text) {
  const [, width] = WIDTHS.find(([pattern]) => pattern.test(name)) ?? []
  if (!width) return []
  return text.split('\n').flatMap((line, index) => {
    const { length } = line
    if (length <= width || !COMMENT.test(line)) return []
    return [`${name}:${index + 1}: a comment of ${length} columns; at most ${width}`]
  })
}

function phrasesIn(name, text) {
  const prose = text.replaceAll(EXAMPLES, blank)
  return patterns.flatMap(([pattern, instead]) =>
    [...prose.matchAll(pattern)].map((match) => {
      const line = prose.slice(0, match.index).split('\n').length
      return `${name}:${line}: "${match[0].replaceAll(/\s+/g, ' ')}"; rather: ${instead}`
    }),
  )
}

function filesUnder(base, places) {
  return expand(places.map((place) => path.join(base, place)))
    .map((file) => ({ file, name: shown(file, base) }))
    .filter(({ name }) => !GENERATED.test(name))
}

function check(base, places, rule) {
  return filesUnder(base, places).flatMap(({ file, name }) => {
    const text = readFileSync(file, 'utf8')
    return text.includes('\0') ? [] : rule(name, text)
  })
}

/** What is wrong with the language at `base`, one line each. */
export function faultsIn(base) {
  return [
    ...check(base, WITH_COMMENTS, wideComments),
    ...check(base, [...WITH_PROSE, ...PAGES], phrasesIn),
  ]
}

if (isMain(import.meta.url)) {
  await main(() => {
    const faults = faultsIn(path.resolve(process.argv[2] ?? root))
    for (const fault of faults) console.log(fault)
    console.log(`language: ${faults.length} faults`)
    return faults.length === 0 ? 0 : 1
  })
}
