import assert from 'node:assert/strict'
import { symlink } from 'node:fs/promises'
import path from 'node:path'
import { importScript, root, withTree } from '../helpers/tree'

const block = (language: string, code: string, above = '') =>
  `# A page\n\n${above}\n\`\`\`${language}\n${code}\n\`\`\`\n`

/** The faults in pages of a package that has this one's name and types. */
async function faultsIn(pages: Record<string, string>): Promise<string[]> {
  const script = await importScript<{ faultsIn(base: string): string[] }>('check-snippets.mjs')
  let faults: string[] = []
  await withTree({ 'README.md': '', ...pages }, async (folder) => {
    for (const name of ['package.json', 'lib', 'node_modules']) {
      await symlink(path.join(root, name), path.join(folder, name))
    }
    faults = script.faultsIn(folder)
  })
  return faults
}

describe('check-snippets', function () {
  this.timeout(60_000) // a TypeScript program each

  it('sees what does not compile, on its line, in ts and js', async () => {
    const faults = await faultsIn({
      'README.md': block(
        'ts',
        "import { Nobody } from 'gssapi'\nconst n: number = ''\nvoid [n, Nobody]",
      ),
      'docs/names.md': block('js', "import { Name } from 'gssapi'\n\nnew Name().nothing()"),
    })
    assert.match(faults[0]!, /^README\.md:5: TS2305: .*Nobody/)
    assert.match(faults[1]!, /^README\.md:6: TS2322: /)
    assert.match(
      faults.find((fault) => fault.startsWith('docs/'))!,
      /^docs\/names\.md:7: TS\d+: /,
    )
  })

  it('sees a block that is left out without a reason', async () => {
    const faults = await faultsIn({ 'README.md': block('ts', 'nonsense', '<!-- not compiled -->') })
    assert.deepEqual(faults, ['README.md:5: "not compiled" needs its reason'])
  })

  it('allows what compiles, what has its reason, and what is no program', async () => {
    const faults = await faultsIn({
      'README.md': block(
        'ts',
        "import { Name } from 'gssapi'\nawait Name.service('a', 'b').canonicalize()",
      ),
      'docs/a.md': block('ts', 'nonsense', '<!-- not compiled: it shows a mistake -->'),
      'docs/b.md': block('sh', 'npm test') + block('js', 'export const twice = (n) => 2 * n'),
      'docs/api/c.md': block('ts', 'wrap(): Buffer'),
    })
    assert.deepEqual(faults, [])
  })
})
