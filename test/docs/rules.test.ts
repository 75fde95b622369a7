import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './markdown'

const read = (file: string) => readFileSync(join(root, file), 'utf8')
/** Of a source: a quote within a string, and a string over several lines, as they are meant. */
const plain = (text: string) => text.replaceAll("\\'", "'")

describe('docs/rules.md', () => {
  const rows = read('docs/rules.md')
    .split('\n')
    .filter((line) => /^\| (?!statement|---)/.test(line))

  it('each statement names a test', () => {
    assert.ok(rows.length > 40, `${rows.length}`)
    assert.deepEqual(
      rows.filter((row) => !/^\|[^|]*\| `[\w/-]+` "[^"]+" +\|$/.test(row)),
      [],
    )
  })

  it('each of these tests is there, by this title', () => {
    const missing = rows.filter((row) => {
      const [, file = '', title = ''] =
        /`([^`]+)` "([^"]+)"/.exec(row.replace(/^\|[^|]*\|/, '')) ?? []
      return !plain(read(`test/${file}.test.ts`)).includes(title)
    })
    assert.deepEqual(missing, [])
  })
})
