// The Async forms on several contexts at once, against one C thread, by wall time; and what they cost the main thread.
import { messageLoop } from '../contenders/c.mjs'
import { asyncMessages, messagePair, openParty, plaintext } from '../contenders/package.mjs'
import { mainThreadOf } from '../measure/clocks.mjs'
import { compare } from '../measure/compare.mjs'

const MS = 1e6
const SIZES = [65536, 1048576]
const CONTEXTS = [1, 2, 4, 8]

const CALLS = {
  wrap: (size) => {
    const message = plaintext(size)
    return ({ initiator }) => initiator.wrapAsync(message)
  },
  unwrap: (size) => {
    // Each context has keys of its own, so each has a token of its own.
    const message = plaintext(size)
    const tokens = new Map()
    const tokenOf = (pair) => {
      if (!tokens.has(pair)) tokens.set(pair, pair.initiator.wrap(message))
      return tokens.get(pair)
    }
    return (pair) => pair.acceptor.unwrapAsync(tokenOf(pair))
  },
}

function plan(quick) {
  if (quick) return { sizes: [65536], contexts: [1, 4], rounds: 5, target: 10 * MS }
  return { sizes: SIZES, contexts: CONTEXTS, rounds: 15, target: 40 * MS }
}

async function mainThread(side, count) {
  globalThis.gc?.()
  const { wall, cpu, utilization } = await mainThreadOf(side.work(count))
  return { cpu: cpu / count, wall: wall / count, utilization }
}

export async function run({ service, quick }) {
  const { sizes, contexts, ...settings } = plan(quick)
  const party = await openParty(service)
  const pairs = Array.from({ length: Math.max(...contexts) }, () => messagePair(party))
  const cells = []
  for (const size of sizes) {
    for (const [operation, makeCall] of Object.entries(CALLS)) {
      const call = makeCall(size)
      const sides = contexts.map((count) => asyncMessages(pairs.slice(0, count), call))
      const results = await compare(messageLoop(operation, size, true, true), sides, settings)
      for (const [index, result] of results.entries()) {
        const main = await mainThread(sides[index], quick ? 40 : 200)
        cells.push({ operation, size, contexts: contexts[index], main, ...result })
      }
    }
  }
  return { cells, rounds: settings.rounds }
}
