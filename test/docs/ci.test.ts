import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { parse } from 'yaml'
import { runScript, withTree } from '../helpers/tree'
import { blocksOf, root } from './markdown'

interface Compose {
  services: Record<string, { environment?: Record<string, string> }>
  volumes?: object
}

const blocks = blocksOf('docs/ci.md').filter(({ language }) => language === 'yaml')
const marked = (remark: string) => blocks.filter((block) => block.remark === remark)
const ours = readFileSync(path.join(root, 'docker', 'compose.yml'), 'utf8')
const hasCompose = spawnSync('docker', ['compose', 'version']).status === 0
const itWithCompose = hasCompose ? it : it.skip
const without = hasCompose ? '' : ' [docker compose is not installed]'

/** What `docker compose config` says against it; it needs no engine. */
async function complaints(yaml: string): Promise<string> {
  let said = ''
  await withTree({ 'compose.yml': yaml }, (folder) => {
    const args = ['compose', '--project-directory', folder, '-f', `${folder}/compose.yml`]
    const { status, stderr } = spawnSync('docker', [...args, 'config', '--quiet'], {
      encoding: 'utf8',
    })
    said = status === 0 ? '' : stderr
    return Promise.resolve()
  })
  return said
}

describe('docs/ci.md', () => {
  it('has a block for each of what it promises', () => {
    const counts = ['', 'gitlab', 'compose'].map((remark) => marked(remark).length)
    assert.deepEqual(counts, [1, 2, 1])
    assert.equal(blocks.length, 4)
  })

  for (const { where, code } of blocks) {
    it(`${where} is YAML`, () => {
      assert.equal(typeof parse(code), 'object')
    })
  }

  it('the workflow for GitHub passes actionlint', async function () {
    this.timeout(60_000)
    const files = Object.fromEntries(
      marked('').map(({ code }, index) => [`.github/workflows/${index}.yml`, code]),
    )
    await withTree(files, async (folder) => {
      const { code, output } = await runScript('check-workflows.mjs', [folder])
      assert.equal(code, 0, output)
    })
  })

  it('the compose fragment and docker/compose.yml set only variables that docker/kdc knows', () => {
    const known = readFileSync(path.join(root, 'docker', 'kdc', 'kdc.sh'), 'utf8')
    for (const text of [ours, ...marked('compose').map(({ code }) => code)]) {
      const { kdc } = (parse(text, { merge: true }) as Compose).services
      const names = Object.keys(kdc?.environment ?? {})
      assert.ok(names.length > 2)
      assert.deepEqual(
        names.filter((name) => !known.includes(`: "\${${name}:`)),
        [],
      )
    }
  })

  for (const [folder, count] of [
    ['kdc', 9],
    ['ad', 7],
  ] as const) {
    it(`names every variable of docker/${folder}`, () => {
      const page = readFileSync(path.join(root, 'docs', 'ci.md'), 'utf8')
      const script = readFileSync(path.join(root, 'docker', folder, `${folder}.sh`), 'utf8')
      const names = [...script.matchAll(/^: "\$\{((?:KDC|AD)_\w+):/gm)].map(
        (match) => match[1] ?? '',
      )
      assert.ok(names.length >= count)
      assert.deepEqual(
        names.filter((name) => !page.includes(`| \`${name}\``)),
        [],
      )
    })
  }

  it('docker/compose.yml sets only variables that docker/ad knows', () => {
    const known = readFileSync(path.join(root, 'docker', 'ad', 'ad.sh'), 'utf8')
    const { ad } = (parse(ours, { merge: true }) as Compose).services
    const names = Object.keys(ad?.environment ?? {})
    assert.ok(names.length > 2)
    assert.deepEqual(
      names.filter((name) => !known.includes(`: "\${${name}:`)),
      [],
    )
  })

  it('docker/compose.yml asks for no privilege', () => {
    assert.doesNotMatch(ours, /privileged|cap_add|oom_score_adj|ulimits/)
  })

  itWithCompose(`docker compose takes them, and sees a fault${without}`, async () => {
    const fragments = marked('compose').map(({ code }) => code)
    for (const text of fragments) assert.equal(await complaints(text), '')
    assert.notEqual(await complaints(fragments.join('\n').replace('hostname:', 'hostnam:')), '')
  })
})
