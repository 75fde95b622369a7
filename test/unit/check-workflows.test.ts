import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { root, runScript, withTree } from '../helpers/tree'

const CI = '.github/workflows/ci.yml'
const fileOf = (index: number) => `.github/workflows/${index}.yml`
const SOUND = readFileSync(path.join(root, CI), 'utf8')

const CASES: [title: string, from: string | RegExp, to: string, fault: RegExp][] = [
  [
    'a runner that does not exist',
    /ubuntu-24\.04$/m,
    'ubuntu-7.04',
    /label "ubuntu-7\.04" is unknown/,
  ],
  [
    'a runner that GitHub has retired',
    'macos-15-intel',
    'macos-13',
    /\d+: GitHub has no runner macos-13 any more/,
  ],
  ['a matrix value that does not exist', 'matrix.os', 'matrix.oz', /property "oz" is not defined/],
  ['a key that does not exist', /^ {4}timeout-minutes/m, '    timeout-hours', /unexpected key/],
  ['what is no YAML', 'jobs:', 'jobs: [', /could not parse as YAML|yaml/i],
  [
    "an action of somebody's own",
    'actions/checkout@v6',
    'somebody/checkout@v6',
    /\d+: somebody\/checkout@v6 is not one of GitHub's own/,
  ],
  [
    'an action that is not pinned',
    'actions/checkout@v6',
    'actions/checkout@main',
    /\d+: actions\/checkout@main is not/,
  ],
  [
    'a script that does not exist',
    /npm run [\w:]+/,
    'npm run release:cheque',
    /\d+: package\.json has no script release:cheque/,
  ],
]

describe('check-workflows', function () {
  this.timeout(60_000)

  it('allows the workflows of this repository', async () => {
    const { code, output } = await runScript('check-workflows.mjs', [])
    assert.equal(code, 0, output)
    assert.match(output, /^workflows: [1-9]\d* files, 0 faults$/m)
  })

  describe('sees', () => {
    let output = ''

    // One run for all of them: it takes a second to load.
    before('a workflow for each fault', async () => {
      const broken = CASES.map(([, from, to], index) => [fileOf(index), SOUND.replace(from, to)])
      await withTree(Object.fromEntries(broken), async (folder) => {
        const result = await runScript('check-workflows.mjs', [folder])
        assert.equal(result.code, 1, result.output)
        output = result.output
      })
    })

    for (const [index, [title, , , fault]] of CASES.entries()) {
      it(title, () => {
        const lines = output.split('\n').filter((line) => line.startsWith(`${fileOf(index)}:`))
        assert.match(lines.join('\n'), fault)
      })
    }
  })
})
