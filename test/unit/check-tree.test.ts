import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { importScript, root, withTree } from '../helpers/tree'

const SOUND = {
  LICENSE: readFileSync(path.join(root, 'LICENSE'), 'utf8'),
  'package.json': '{ "license": "Apache-2.0" }',
}

/** The faults in a repository of these files. */
async function faultsIn(files: Record<string, string>): Promise<string[]> {
  const script = await importScript<{ faultsIn(base: string): string[] }>('check-tree.mjs')
  let faults: string[] = []
  await withTree({ ...SOUND, ...files }, (folder) => {
    execFileSync('git', ['init', '--quiet', folder])
    faults = script.faultsIn(folder)
    return Promise.resolve()
  })
  return faults
}

// Put together here, or this file itself would be at fault.
const KEY = ['-----BEGIN', 'EC PRIVATE KEY-----'].join(' ')
const TOKENS = ['npm_', 'ghp_'].map((prefix) => prefix + 'a1'.repeat(18))
const REGISTRY = ['registry', 'npmjs.org'].join('.')
const LOCK = 'package-lock.json'
const RESOLVED = ['"resolved": ', '"https://x/y.tgz"'].join('')
const AUTH = ['_auth', 'Token'].join('')

const CASES: [title: string, file: string, text: string, fault: RegExp][] = [
  ['a private key', 'test/tls.ts', `\nconst key = \`${KEY}\n`, /^test\/tls\.ts:2: a private key$/],
  ['an npm token', 'a.md', `token ${TOKENS[0]}\n`, /^a\.md:1: an npm token$/],
  ['a GitHub token', 'a.md', `token ${TOKENS[1]}\n`, /^a\.md:1: a GitHub token$/],
  ['a registry token', '.npmrc', `//x/:${AUTH}=abc\n`, /^\.npmrc:1: a registry token$/],
  ['a registry', 'Dockerfile', `FROM ${REGISTRY}/a\n`, /^Dockerfile:1: the address of a registry$/],
  [
    'a resolved address in a lock file',
    LOCK,
    `{ "packages": {},\n  ${RESOLVED} }\n`,
    /^package-lock\.json:2: the address of a registry$/,
  ],
  ['a merge conflict', 'a.ts', `a\n${'<'.repeat(7)} HEAD\n`, /^a\.ts:2: a merge conflict$/],
  [
    'a keytab',
    'test/service.keytab',
    '\x05\x02',
    /^test\/service\.keytab:1: a file that holds keys$/,
  ],
  ['a ticket cache', 'test/krb5cc_0', '', /^test\/krb5cc_0:1: a file that holds keys$/],
  ['another licence text', 'LICENSE', 'MIT License\n', /^LICENSE:1: not Apache 2\.0$/],
  ['another licence name', 'package.json', '{}', /^package\.json:1: license is not Apache-2\.0$/],
  [
    'a script that npm runs before another',
    'package.json',
    '{ "license": "Apache-2.0", "scripts": { "build:x": "a", "prebuild:x": "b", "prebuild": "c" } }',
    /^package\.json:1: npm runs prebuild:x with another script, unasked$/,
  ],
  [
    'a dependency under a licence that binds users',
    LOCK,
    '{ "packages": { "node_modules/a": { "license": "AGPL-3.0" } } }',
    /^package-lock\.json:1: node_modules\/a has licence AGPL-3\.0$/,
  ],
]

describe('check-tree', () => {
  for (const [title, file, text, fault] of CASES) {
    it(`sees ${title}`, async () => {
      const faults = await faultsIn({ [file]: text })
      assert.equal(faults.length, 1, faults.join('\n'))
      assert.match(faults[0]!, fault)
    })
  }

  it("sees this machine's own paths", async () => {
    const script = await importScript<{ faultsIn(base: string): string[] }>('check-tree.mjs')
    await withTree(SOUND, async (folder) => {
      const files = { 'a.md': `see ${folder}/lib\n`, 'b.md': `see ${folder}-other\n` }
      const { writeFile } = await import('node:fs/promises')
      for (const [name, text] of Object.entries(files))
        await writeFile(path.join(folder, name), text)
      execFileSync('git', ['init', '--quiet', folder])
      assert.deepEqual(script.faultsIn(folder), ['a.md:1: a path of this machine'])
    })
  })

  it('allows a sound tree, a dependency of the tests only, and what git ignores', async () => {
    const lock = { packages: { '': {}, 'node_modules/a': { dev: true, license: 'LGPL-3.0' } } }
    const files = {
      [LOCK]: JSON.stringify(lock),
      '.gitignore': '*.keytab\n',
      'a.keytab': '\x05\x02',
    }
    assert.deepEqual(await faultsIn(files), [])
  })
})
