import { bytes, microseconds, percent, speed, spread, time } from './format.mjs'
import { table } from './table.mjs'

const FORMS = ['wrapInto', 'wrap', 'unwrapInto', 'unwrap', 'getMic', 'verifyMic']
const OTHERS = ['npm kerberos', 'python-gssapi']
const C_CALL = {
  wrap: 'gss_wrap',
  unwrap: 'gss_unwrap',
  getMic: 'gss_get_mic',
  verifyMic: 'gss_verify_mic',
}

const unique = (values) => [...new Set(values)]

function protection({ operation, confidential }) {
  if (operation.endsWith('Mic')) return ''
  return confidential ? ', confidential' : ', integrity only'
}

/** One row for each C call: its time by size. */
function cRow(cells, sizes) {
  const [first] = cells
  const name = `${C_CALL[first.operation]}${protection(first)} (ns)`
  return [name, ...sizes.map((size) => time(cells.find((cell) => cell.size === size).base))]
}

/** One row for each form of a contender: its speed by size. */
function speedRow(cells, sizes) {
  const [first] = cells
  const form = OTHERS.includes(first.name) ? `${first.name}: ${first.operation}` : first.name
  const row = sizes.map((size) => speed(cells.find((cell) => cell.size === size)))
  return [`${form}${protection(first)}`, ...row]
}

function rowsOf(cells, key, make) {
  const sizes = unique(cells.map((cell) => cell.size))
  const groups = Object.values(Object.groupBy?.(cells, key) ?? groupBy(cells, key))
  return groups.map((group) => make(group, sizes))
}

/** Object.groupBy came with Node 21. */
function groupBy(items, key) {
  const groups = {}
  for (const item of items) (groups[key(item)] ??= []).push(item)
  return groups
}

const kind = (cell) => `${cell.operation} ${cell.confidential}`

function garbageNote(cells) {
  const own = cells.filter((cell) => FORMS.includes(cell.name))
  const worst = own.reduce((a, b) => (b.speed - b.total > a.speed - a.total ? b : a))
  const name = `${worst.name}${protection(worst)} at ${bytes(worst.size)}`
  return (
    'The median leaves out the rounds in which the garbage collector ran. Over all rounds together the ' +
    `largest difference is at ${name}: ${worst.total.toFixed(2)} instead of ${worst.speed.toFixed(2)}.`
  )
}

export function messagesSection({ cells, rounds }) {
  const sizes = unique(cells.map((cell) => cell.size))
  const head = ['', ...sizes.map(bytes)]
  const own = cells.filter((cell) => FORMS.includes(cell.name))
  const others = cells.filter((cell) => OTHERS.includes(cell.name))
  const spreads = own.map((cell) => cell.high - cell.low).sort((a, b) => a - b)
  return [
    table(head, rowsOf(cells, kind, cRow)),
    `Speed as a share of C's (1.00 = as fast as C), median of ${rounds} pairs:`,
    table(
      head,
      rowsOf(own, (cell) => `${kind(cell)} ${cell.name}`, speedRow),
    ),
    ...(others.length > 0
      ? [
          table(
            head,
            rowsOf(others, (cell) => `${cell.name} ${kind(cell)}`, speedRow),
          ),
        ]
      : []),
    `Half of a cell's pairs lie within ${spreads[spreads.length >> 1].toFixed(2)} of each other ` +
      `(median over the package's cells; the most uneven cell: ${spreads.at(-1).toFixed(2)}). ` +
      garbageNote(cells),
  ].join('\n\n')
}

export function asyncMessagesSection({ cells, rounds }) {
  const head = ['', 'one C thread', 'speed of C', 'half of the pairs', 'main thread, each', 'busy']
  const rows = cells.map((cell) => [
    `${cell.operation}Async, ${bytes(cell.size)}, ${cell.contexts} at once`,
    time(cell.base),
    speed(cell),
    spread(cell),
    microseconds(cell.main.cpu),
    percent(cell.main.utilization),
  ])
  return [table(head, rows), `Wall time, median of ${rounds} pairs.`].join('\n\n')
}
