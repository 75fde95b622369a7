import assert from 'node:assert/strict'
import { useRealm } from '../helpers/realm'
import { type Block, blocksOf, pages } from './markdown'
import { runSnippet } from './run-snippet'

const RUNNABLE = new Set(['ts', 'js', 'mjs'])
const NOT_RUN = /^not run: \S/

interface Example {
  block: Block
  /** What the page says that it prints; null where it says nothing. */
  prints: string | null
}

/** A block runs unless `<!-- not run: why -->` stands above it; a block under `<!-- prints -->` is its output. */
function examplesOf(page: string): Example[] {
  const blocks = blocksOf(page)
  return blocks.flatMap((block, index) => {
    if (!RUNNABLE.has(block.language) || NOT_RUN.test(block.remark)) return []
    const next = blocks[index + 1]
    return [{ block, prints: next?.remark === 'prints' ? next.code : null }]
  })
}

describe('code in the README and in docs/', () => {
  const realm = useRealm({
    principals: { alice: 'secret', bob: true },
    services: ['HTTP@www.example.test', 'chat@localhost'],
    kinit: 'alice',
  })
  const environment = () => ({ ...process.env, ...realm().env, NODE_NO_WARNINGS: '1' })

  for (const page of pages()) {
    for (const { block, prints } of examplesOf(page)) {
      it(`${block.where} runs${prints === null ? '' : ', and prints what the page says'}`, async () => {
        const { stdout, stderr, code } = await runSnippet(block, environment())
        assert.equal(code, 0, `exit code ${code}\n${stderr}`)
        assert.equal(stderr, '', 'it must not print an error')
        if (prints !== null) assert.equal(stdout, prints)
      })
    }
  }

  it('the README shows a client and a service, and what they print', () => {
    const first = examplesOf('README.md')[0]
    assert.match(first?.block.code ?? '', /new Initiator\(.*new Acceptor\(/s)
    assert.ok(first?.prints, 'the output must stand below the code')
  })
})
