import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pages, root } from './markdown'

const read = (file: string) => readFileSync(join(root, file), 'utf8')

/** Of a link into this repository: the file. */
function linked(page: string): string[] {
  const targets = [...read(page).matchAll(/\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)/g)]
  return targets.map((match) => join(dirname(page), match[1] ?? ''))
}

describe('what the pages point at', () => {
  it('every test that docs/features.md names is there', () => {
    const named = [...read('docs/features.md').matchAll(/`(test\/[^`]+)`/g)].map((m) => m[1] ?? '')
    assert.ok(named.length > 10)
    assert.deepEqual(
      named.filter((file) => !existsSync(join(root, file))),
      [],
    )
  })

  it('every feature is there on MIT krb5, and names a test', () => {
    const table = read('docs/features.md').split('\n')
    const rows = table.filter((line) => /^\| (?!\*\*|---| )/.test(line))
    assert.ok(rows.length > 60, `${rows.length}`)
    const without = rows.filter((row) => !/^\|[^|]*\| yes\b[^|]*`test\//.test(row))
    assert.deepEqual(without, [])
  })

  for (const page of [...pages(), 'native/README.md']) {
    it(`every file that ${page} links to is there`, () => {
      const missing = linked(page).filter((file) => !existsSync(join(root, file)))
      assert.deepEqual(missing, [])
    })
  }
})
