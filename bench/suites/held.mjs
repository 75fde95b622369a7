// What an established context costs in memory: how much the process grows by many of them. One contender a process,
// since memory that one gave back would be taken for the other's.
import { c } from '../contenders/c.mjs'
import { establishSync, openParty } from '../contenders/package.mjs'

const WARM_UP = 100

function settled() {
  for (let i = 0; i < 3; i++) globalThis.gc?.()
  return process.memoryUsage()
}

async function holder(contender, service) {
  if (contender === 'C') return (count) => c.hold(count)
  const party = await openParty(service)
  const held = []
  return (count) => {
    for (let i = 0; i < count; i++) held.push(establishSync(party))
  }
}

export async function run({ service, quick, contender }) {
  const pairs = quick ? 200 : 1000
  const hold = await holder(contender, service)
  hold(WARM_UP)
  const before = settled()
  hold(pairs)
  const after = settled()
  const grown = (what) => (after[what] - before[what]) / (2 * pairs) // a pair is two contexts
  return { contender, pairs, rss: grown('rss'), heap: grown('heapUsed') }
}
