import assert from 'node:assert/strict'
import { useRealm } from '../helpers/realm'
import { type Block, blocksOf, pages } from './markdown'
import { type Outcome, runPair, runSnippet } from './run-snippet'

const RUNNABLE = new Set(['ts', 'js', 'mjs'])
const NOT_RUN = /^not run: \S/
const SERVICE = 'program: service'
const CLIENT = 'program: client'

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

function assertOutcome({ stdout, stderr, code }: Outcome, prints: string | null): void {
  assert.equal(stderr, '', 'it must not print an error')
  assert.equal(code, 0, 'exit code')
  if (prints !== null) assert.equal(stdout, prints)
}

describe('code in the README and in docs/', () => {
  const realm = useRealm({
    principals: { alice: 'secret', bob: true },
    services: ['HTTP@www.example.test', 'chat@localhost'],
    kinit: 'alice',
  })
  const environment = () => ({ ...process.env, ...realm().env, NODE_NO_WARNINGS: '1' })

  for (const page of pages()) {
    const examples = examplesOf(page)
    const programs = examples.filter(({ block }) => block.remark.startsWith('program: '))
    for (const { block, prints } of examples.filter((each) => !programs.includes(each))) {
      it(`${block.where} runs${prints === null ? '' : ', and prints what the page says'}`, async () => {
        assertOutcome(await runSnippet(block, environment()), prints)
      })
    }
    const service = programs.find(({ block }) => block.remark === SERVICE)
    const client = programs.find(({ block }) => block.remark === CLIENT)
    if (service && client) {
      it(`${client.block.where} talks with ${service.block.where}`, async () => {
        const outcomes = await runPair(service.block, client.block, environment())
        assertOutcome(outcomes.client, client.prints)
        assert.equal(outcomes.service.stderr, '', 'the service must not print an error')
      })
    }
  }

  it('the README shows a client and a service first, and what they print', () => {
    const first = examplesOf('README.md')[0]
    assert.match(first?.block.code ?? '', /new Initiator\(.*new Acceptor\(/s)
    assert.ok(first?.prints, 'the output must stand below the code')
  })

  it('what is not run has a reason, and what is marked is known', () => {
    const remarks = pages()
      .flatMap((page) => blocksOf(page))
      .filter(({ language }) => RUNNABLE.has(language))
      .map(({ remark }) => remark)
    const unknown = remarks.filter(
      (remark) => !['', SERVICE, CLIENT].includes(remark) && !NOT_RUN.test(remark),
    )
    assert.deepEqual(unknown, [])
  })
})
