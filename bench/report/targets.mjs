// What this package set out to reach, and whether it did, cell by cell.
import { bytes } from './format.mjs'
import { table } from './table.mjs'

const KIB = 1024

/** The aim for a per-message cell, or undefined where there is none. */
function messageTarget({ name, size }) {
  if (name.endsWith('Into')) return size < KIB ? 0.9 : 1
  if (!['wrap', 'unwrap', 'getMic', 'verifyMic'].includes(name)) return undefined
  if (size < KIB) return 0.85
  return size >= 16 * KIB ? 0.97 : undefined
}

/** 0.90 of one C thread on one core, 1.60 on two, and so on. */
const handshakeTarget = (cores) => (cores === 1 ? 0.9 : 0.8 * cores)

const protection = ({ name, confidential }) =>
  name.endsWith('Mic') ? '' : confidential ? ', confidential' : ', integrity only'

function messageAims({ messages }) {
  return (messages?.cells ?? [])
    .map((cell) => ({ cell, target: messageTarget(cell) }))
    .filter(({ target }) => target !== undefined)
    .map(({ cell, target }) => ({
      what: `${cell.name}${protection(cell)}, ${bytes(cell.size)}`,
      target,
      ...cell,
    }))
}

function handshakeAims({ handshakes }) {
  const cell = handshakes?.inFlight.find(({ inFlight }) => inFlight === 16)
  if (!cell) return []
  return [{ ...cell, what: 'handshakes, 16 in flight', target: handshakeTarget(handshakes.cores) }]
}

const rounded = (number) => Math.round(number * 100) / 100

/** A cell's figure is shown with two digits, and judged by what is shown. */
function verdict({ speed, high, target }) {
  if (rounded(speed) >= target) return 'reached'
  return rounded(high) >= target ? 'missed, within the spread' : 'missed'
}

export function aimsOf(report) {
  return [...messageAims(report), ...handshakeAims(report)].map((aim) => ({
    ...aim,
    verdict: verdict(aim),
  }))
}

export function targetsSection(report) {
  const aims = aimsOf(report)
  if (aims.length === 0) return undefined
  const missed = aims.filter((aim) => aim.verdict !== 'reached')
  const summary = `${aims.length - missed.length} of ${aims.length} aims reached.`
  if (missed.length === 0) return summary
  const rows = missed.map(({ what, target, speed, low, high, verdict: found }) => [
    what,
    target.toFixed(2),
    speed.toFixed(2),
    `${low.toFixed(2)}–${high.toFixed(2)}`,
    found,
  ])
  const head = ['not reached', 'aim', 'speed of C', 'half of the pairs', '']
  return [summary, table(head, rows)].join('\n\n')
}
