// `node scripts/check-snippets.mjs [ROOT]`: every ts and js block of README.md and docs/*.md compiles, strictly, against
// the built package under its own name. A block is left out only by `<!-- not compiled: why -->` above it. The blocks
// exist in memory only, beside the page they come from, so that `gssapi` is found as it is by this package itself.
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import ts from 'typescript'
import { root } from './util/files.mjs'
import { blocksOf, leftOut } from './util/markdown.mjs'
import { CommandError, isMain, main } from './util/process.mjs'

// As modules, so that a block may await.
const EXTENSIONS = { ts: '.mts', typescript: '.mts', js: '.mjs', javascript: '.mjs', cjs: '.cjs' }
const OPTIONS = {
  strict: true,
  noEmit: true,
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2022.d.ts', 'lib.esnext.disposable.d.ts'],
  module: ts.ModuleKind.Node16,
  moduleResolution: ts.ModuleResolutionKind.Node16,
  moduleDetection: ts.ModuleDetectionKind.Force,
  types: ['node'],
  allowJs: true,
  checkJs: true,
  skipLibCheck: true,
}
// A plain JavaScript reader writes no types: parameters without one (7006, 7031) are no fault there.
const NOT_IN_JAVASCRIPT = new Set([7005, 7006, 7031, 7034])

/** README.md and docs/*.md; docs/api is made from the sources, where tsc has been already. */
function pages(base) {
  const docs = path.join(base, 'docs')
  const inDocs = existsSync(docs) ? readdirSync(docs).filter((name) => name.endsWith('.md')) : []
  return ['README.md', ...inDocs.map((name) => `docs/${name}`)].filter((page) =>
    existsSync(path.join(base, page)),
  )
}

function snippetsOf(base, page) {
  return blocksOf(readFileSync(path.join(base, page), 'utf8'))
    .filter(({ language }) => language in EXTENSIONS)
    .map((block) => ({
      ...block,
      page,
      file: path.join(base, `${page}.${block.line}${EXTENSIONS[block.language]}`),
    }))
}

/** The compiler's own host, with the snippets as files. */
function hostFor(snippets) {
  const texts = new Map(snippets.map(({ file, code }) => [file, code]))
  const host = ts.createCompilerHost(OPTIONS)
  const { fileExists, readFile, getSourceFile } = host
  host.fileExists = (file) => texts.has(file) || fileExists(file)
  host.readFile = (file) => texts.get(file) ?? readFile(file)
  host.getSourceFile = (file, options) =>
    texts.has(file)
      ? ts.createSourceFile(file, texts.get(file), options)
      : getSourceFile(file, options)
  return host
}

const isFault = ({ file, code }) => !(file?.fileName.endsWith('js') && NOT_IN_JAVASCRIPT.has(code))

function describe(snippets, { file, start, messageText, code }) {
  const text = ts.flattenDiagnosticMessageText(messageText, '\n  ')
  const snippet = snippets.find((each) => each.file === file?.fileName)
  if (!snippet) return `TS${code}: ${text}`
  const { line } = file.getLineAndCharacterOfPosition(start)
  return `${snippet.page}:${snippet.line + line}: TS${code}: ${text}`
}

/** What is wrong with the pages at `base`, one line each. */
export function faultsIn(base) {
  const all = pages(base).flatMap((page) => snippetsOf(base, page))
  const withoutReason = all.filter((each) => leftOut(each) === '')
  const snippets = all.filter((each) => leftOut(each) === undefined)
  const host = hostFor(snippets)
  const program = ts.createProgram(
    snippets.map(({ file }) => file),
    OPTIONS,
    host,
  )
  return [
    ...withoutReason.map(({ page, line }) => `${page}:${line}: "not compiled" needs its reason`),
    ...ts
      .getPreEmitDiagnostics(program)
      .filter(isFault)
      .map((each) => describe(snippets, each)),
  ]
}

if (isMain(import.meta.url)) {
  await main(() => {
    const base = path.resolve(process.argv[2] ?? root)
    if (pages(base).length === 0) throw new CommandError(`no README.md and no docs/ in ${base}`)
    const faults = faultsIn(base)
    for (const fault of faults) console.log(fault)
    console.log(`snippets: ${faults.length} faults`)
    return faults.length === 0 ? 0 : 1
  })
}
