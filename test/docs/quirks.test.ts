import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './markdown'

const SOURCES = /\.(?:ts|cc|h)$/

function quirksIn(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => SOURCES.test(name))
    .flatMap((name) => {
      const text = readFileSync(join(root, folder, name), 'utf8')
      return [...text.matchAll(/Quirk\((\w+)\):/g)].map((match) => `${folder}/${name} ${match[1]}`)
    })
}

const unique = (list: string[]) => [...new Set(list)].sort()

describe('native/README.md', () => {
  it('lists every Quirk of the code, and no other', () => {
    const text = readFileSync(join(root, 'native/README.md'), 'utf8')
    const rows = [...text.matchAll(/^\| `((?:src|native)\/[^`]+)` +\| (\w+) /gm)]
    const listed = rows.map((match) => `${match[1]} ${match[2]?.toLowerCase()}`)
    assert.deepEqual(unique(listed), unique([...quirksIn('src'), ...quirksIn('native')]))
  })
})
