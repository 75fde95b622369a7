import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { homedir, hostname, tmpdir } from 'node:os'
import path from 'node:path'
import { importScript, root } from '../helpers/tree'
import { ALL_FILES, prebuilds } from './binary'

const LIMIT = 1_000_000

interface Manifest {
  package: string
  nodeApi: number
  compiler: string
  files: { target: string; file: string; size: number; sha256: string }[]
}

const read = (file: string) => readFileSync(path.join(prebuilds, file))
const manifest = () => JSON.parse(read('manifest.json').toString()) as Manifest

describe('prebuilds/', () => {
  it('holds the addon of each promised platform, and nothing that would be packed by accident', () => {
    const there = readdirSync(prebuilds, { recursive: true, encoding: 'utf8' })
    const files = there.filter((name) => statSync(path.join(prebuilds, name)).isFile())
    assert.deepEqual(files.sort(), [...ALL_FILES, 'manifest.json'].sort())
  })

  it('the manifest says what the files are, of this version', () => {
    const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
      version: string
    }
    const { files, ...rest } = manifest()
    assert.deepEqual(files.map(({ file }) => file).sort(), [...ALL_FILES].sort())
    for (const { file, size, sha256 } of files) {
      assert.equal(size, read(file).length, file)
      assert.equal(sha256, createHash('sha256').update(read(file)).digest('hex'), file)
    }
    assert.equal(rest.package, version)
    assert.equal(rest.nodeApi, 9)
    assert.match(rest.compiler, /^zig \d/)
  })

  for (const file of ALL_FILES) {
    it(`${file} is smaller than 1 MB, so that all eight stay a small download`, () => {
      assert(read(file).length < LIMIT, `${read(file).length} bytes`)
    })

    it(`${file} names no folder, user or machine of the build`, () => {
      const text = read(file).toString('latin1')
      const parts = [root, path.dirname(root), homedir(), `/${hostname()}`, `${tmpdir()}/`]
      for (const part of parts.filter((each) => each !== '/')) {
        assert(!text.includes(part), `it holds ${part}`)
      }
      // Any other checkout of anybody's: an absolute path of a source or header.
      assert.doesNotMatch(text, /\/[\w./-]+\/(native|node_modules|libcxx|libcxxabi|libunwind)\//)
    })
  }
})

describe('npm run prebuild', function () {
  this.timeout(900_000)

  it('the same sources give the same bytes in another folder, with nothing cached', async () => {
    const { buildTarget } = await importScript<{
      buildTarget(target: string, output: string, places: object): void
    }>('util/zig.mjs')
    const folder = mkdtempSync(path.join(tmpdir(), 'gssapi-elsewhere-'))
    try {
      for (const name of ['native', 'binding.gyp']) {
        cpSync(path.join(root, name), path.join(folder, name), { recursive: true })
      }
      const output = path.join(folder, 'out', 'other-name.node')
      buildTarget('linux-x64-glibc', output, { folder, cache: path.join(folder, 'cache') })
      const first = read('linux-x64/gssapi.glibc.node')
      assert(readFileSync(output).equals(first), 'the second build differs')
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
