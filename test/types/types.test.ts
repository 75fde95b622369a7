import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packageRoot } from '../helpers/addon'

const TSC = join(packageRoot, 'node_modules', 'typescript', 'bin', 'tsc')
const SOURCE = join(packageRoot, 'test', 'types', 'fixtures', 'consumer.ts')

const COMMON = {
  target: 'ES2022',
  lib: ['ES2022'],
  types: ['node'],
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: false,
  noEmit: true,
}

interface Consumer {
  type: 'module' | 'commonjs'
  options: object
  files?: Record<string, string>
}

/** What is not exported stays out of reach. */
const DEEP =
  "// @ts-expect-error not public\nimport { addon } from 'gssapi/lib/native'\nvoid addon\n"
const REQUIRED =
  "import gssapi = require('gssapi')\nvoid (gssapi.library() satisfies gssapi.LibraryInfo)\n"

/** node10, TypeScript's default for CommonJS until 5.9, knows no exports map: typesVersions leads it. */
const TESTING = "import { Realm } from 'gssapi/testing'\nexport const realm: typeof Realm = Realm\n"

const CONSUMERS: Record<string, Consumer> = {
  'ES modules (node16)': { type: 'module', options: { module: 'node16' } },
  'CommonJS (node16)': {
    type: 'commonjs',
    options: { module: 'node16' },
    files: { 'required.cts': REQUIRED },
  },
  'CommonJS (node10)': {
    type: 'commonjs',
    options: { module: 'commonjs', moduleResolution: 'node10', ignoreDeprecations: '6.0' },
    files: { 'testing.ts': TESTING, 'deep.ts': '' },
  },
  'a bundler': {
    type: 'module',
    options: { module: 'esnext', moduleResolution: 'bundler', verbatimModuleSyntax: true },
  },
}

/** A project that depends on the package; resolves to what tsc says. */
function compile({ type, options }: Consumer, files: Record<string, string>): Promise<string> {
  const dir = mkdtempSync(join(tmpdir(), 'gssapi-types-'))
  const write = (name: string, content: string) => writeFileSync(join(dir, name), content)
  mkdirSync(join(dir, 'node_modules', '@types'), { recursive: true })
  symlinkSync(packageRoot, join(dir, 'node_modules', 'gssapi'))
  const types = join('node_modules', '@types', 'node')
  symlinkSync(join(packageRoot, types), join(dir, types))
  write('package.json', JSON.stringify({ name: 'consumer', type }))
  write('tsconfig.json', JSON.stringify({ compilerOptions: { ...COMMON, ...options } }))
  for (const [name, content] of Object.entries(files)) write(name, content)
  return new Promise((resolve) => {
    execFile(process.execPath, [TSC, '-p', dir], { cwd: dir }, (error, stdout, stderr) => {
      rmSync(dir, { recursive: true, force: true })
      resolve(error ? stdout + stderr || error.message : '')
    })
  })
}

describe('types', function () {
  this.timeout(120_000)
  const source = readFileSync(SOURCE, 'utf8')

  for (const [what, consumer] of Object.entries(CONSUMERS)) {
    it(`a user of ${what} gets other types, or may misuse the package`, async () => {
      const files = { 'consumer.ts': source, 'deep.ts': DEEP, ...consumer.files }
      assert.equal(await compile(consumer, files), '')
    })
  }

  it('a mistake in the consumer goes unnoticed, so that the tests above say nothing', async () => {
    const mistaken = "import { Name } from 'gssapi'\nexport const name: number = Name.user('a')\n"
    const said = await compile(CONSUMERS['ES modules (node16)']!, { 'mistaken.ts': mistaken })
    assert.match(said, /mistaken\.ts\(2,14\): error TS2322/)
  })
})
