// docs/benchmark.md: what stands between two markers is a run's; everything else is written by hand and stays.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { format, resolveConfig } from 'prettier'
import { root, shown } from '../../scripts/util/files.mjs'
import { CommandError } from '../../scripts/util/process.mjs'
import { plotsOf } from './plots.mjs'

const DOCUMENT = path.join(root, 'docs', 'benchmark.md')
const PLOTS = path.join(root, 'docs', 'benchmark')

const begin = (name) => `<!-- bench:${name} -->`
const end = (name) => `<!-- /bench:${name} -->`

/** `text` with the part between the markers of `name` replaced. */
export function replaceSection(text, name, content) {
  const start = text.indexOf(begin(name))
  const stop = text.indexOf(end(name))
  if (start < 0 || stop < start) throw new CommandError(`docs/benchmark.md has no ${begin(name)}`)
  const head = text.slice(0, start + begin(name).length)
  return `${head}\n\n${content}\n\n${text.slice(stop)}`
}

function writePlots(plots) {
  mkdirSync(PLOTS, { recursive: true })
  for (const { file, svg } of plots) writeFileSync(path.join(PLOTS, file), svg)
}

export async function writeDocument(report, sections) {
  if (!existsSync(DOCUMENT)) throw new CommandError(`${shown(DOCUMENT)} is missing`)
  const filled = sections.reduce(
    (text, { name, text: content }) => replaceSection(text, name, content),
    readFileSync(DOCUMENT, 'utf8'),
  )
  const options = { ...(await resolveConfig(DOCUMENT)), parser: 'markdown' }
  writeFileSync(DOCUMENT, await format(filled, options)) // so that a run never fails the formatter's check
  writePlots(plotsOf(report))
  console.log(`\nWrote ${shown(DOCUMENT)} and ${shown(PLOTS)}/*.svg`)
}
