// Paired batches: what is compared runs within milliseconds of its baseline, so that a machine that is slow for a
// second is slow for both, and the ratio holds where neither of the two times does.
import { median, quantile, sum } from './stats.mjs'

/**
 * How many calls fill `target` ns. The calls made to find out also warm up: V8 has compiled the loop by then.
 * A side is { run(count) } which gives, or resolves to, the ns that `count` calls took.
 */
async function calibrate(side, target, atLeast) {
  let count = atLeast
  for (;;) {
    const elapsed = await side.run(count)
    if (elapsed > target / 2) return Math.max(atLeast, Math.round((count * target) / elapsed))
    count *= 2
  }
}

/**
 * `side.warmUp` batches first. A contender that returns new memory each time has many: until V8 has collected a few
 * times, each result lies on pages that the kernel has yet to hand out, which is not how a server runs.
 */
async function warmUp(side, count, share) {
  const batches = Math.ceil((side.warmUp ?? 3) * share)
  for (let i = 0; i < batches; i++) await side.run(count)
}

async function prepare(sides, { target, atLeast = 1, warmUpShare = 1 }) {
  const counts = new Map()
  for (const side of sides) {
    const count = await calibrate(side, target, side.atLeast ?? atLeast)
    await warmUp(side, count, warmUpShare)
    counts.set(side, count)
  }
  return counts
}

/** One pair, in ns per call; every other round the baseline goes first. */
async function onePair(baseline, contender, counts, round) {
  const time = {}
  const order = round % 2 === 0 ? [baseline, contender] : [contender, baseline]
  for (const side of order) time[side.name] = (await side.run(counts.get(side))) / counts.get(side)
  return { base: time[baseline.name], own: time[contender.name] }
}

/**
 * `speed` is the contender's as a share of the baseline's: 1.00 as fast, 0.50 half as fast. `total` is the same over
 * all rounds together: it falls below `speed` where a garbage collection every so many rounds costs something, which
 * a median does not see.
 */
function summarize(name, pairs) {
  const ratios = pairs.map(({ base, own }) => base / own)
  return {
    name,
    ns: median(pairs.map((pair) => pair.own)),
    base: median(pairs.map((pair) => pair.base)),
    speed: median(ratios),
    low: quantile(ratios, 0.25),
    high: quantile(ratios, 0.75),
    total: sum(pairs.map((pair) => pair.base)) / sum(pairs.map((pair) => pair.own)),
  }
}

/** Every contender against the baseline, all of them in each round. Resolves to one summary for each. */
export async function compare(baseline, contenders, { rounds, ...settings }) {
  globalThis.gc?.() // what the cells before have left is not this one's cost
  const counts = await prepare([baseline, ...contenders], settings)
  const pairs = contenders.map(() => [])
  for (let round = 0; round < rounds; round++) {
    for (const [index, contender] of contenders.entries()) {
      pairs[index].push(await onePair(baseline, contender, counts, round))
    }
  }
  return contenders.map((contender, index) => summarize(contender.name, pairs[index]))
}
