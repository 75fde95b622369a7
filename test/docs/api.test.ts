import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { root } from './markdown'

const TYPEDOC = join(root, 'node_modules', 'typedoc', 'bin', 'typedoc')

function contents(folder: string): Record<string, string> {
  const names = readdirSync(folder).sort()
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name), 'utf8')]))
}

describe('docs/api', () => {
  it('is what the docstrings say now (else: npm run docs:api), without a warning', async function () {
    this.timeout(120_000)
    const folder = mkdtempSync(join(tmpdir(), 'gssapi-api-'))
    try {
      await promisify(execFile)(process.execPath, [TYPEDOC, '--out', folder], { cwd: root })
      const now = contents(folder)
      const committed = contents(join(root, 'docs', 'api'))
      const stale = Object.keys({ ...now, ...committed }).filter((n) => now[n] !== committed[n])
      assert.deepEqual(stale, [], 'run npm run docs:api')
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
