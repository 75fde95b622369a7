import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The checkout: the compiled tests lie two folders below it. */
export const root = join(__dirname, '..', '..')

/** A fenced block of a Markdown file. */
export interface Block {
  /** 'README.md:12': where the fence is. */
  where: string
  /** The word behind the fence: 'ts', 'text'. */
  language: string
  code: string
  /** The HTML comment right above the fence, without its marks; '' where there is none. */
  remark: string
}

const FENCE =
  /^(?:<!--\s*(?<remark>[^\n]*?)\s*-->\n\n?)?^```(?<language>\w*)[^\n]*\n(?<code>.*?)^```$/gmsu

/** All fenced blocks of a file, in order. */
export function blocksOf(file: string): Block[] {
  const text = readFileSync(join(root, file), 'utf8')
  return [...text.matchAll(FENCE)].map((match) => {
    const { remark = '', language = '', code = '' } = match.groups ?? {}
    const fence = match.index + match[0].indexOf('```')
    const line = text.slice(0, fence).split('\n').length
    return { where: `${file}:${line}`, language, code, remark }
  })
}

/** README.md and everything written by hand under docs/. */
export function pages(): string[] {
  const docs = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'))
  return ['README.md', ...docs.map((name) => `docs/${name}`)]
}
