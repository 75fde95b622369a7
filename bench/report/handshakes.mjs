import { count, microseconds, percent, perSecond, speed, spread } from './format.mjs'
import { table } from './table.mjs'

const NAMES = { sync: 'this package, stepSync' }
const row = (result, name = result.name) => [
  name,
  perSecond(result.ns),
  speed(result),
  spread(result),
]

const HEAD = ['', 'per second', 'speed of one C thread', 'half of the pairs']

function mainThreadLine({ main }) {
  return (
    `With 16 in flight a handshake (three steps) costs the main thread ${microseconds(main.cpu)} of CPU time; ` +
    `the event loop is busy ${percent(main.utilization)} of the time.`
  )
}

function ceilingLine({ ceiling, cores }) {
  if (cores === 1) return ''
  return (
    `Plain arithmetic on ${cores} threads reached ${speed(ceiling)} (${spread(ceiling)}) of one thread during ` +
    'this run: more is not to be had here. '
  )
}

export function handshakesSection(handshakes) {
  const { single, c, inFlight, kerberos, rounds } = handshakes
  const [, own] = single
  return [
    'On one thread, by its CPU time:',
    table(HEAD, [
      ['C', perSecond(own.base), '1.00', '–'],
      ...single.map((result) => row(result, NAMES[result.name])),
    ]),
    'On several threads, by wall time:',
    table(HEAD, [
      ['C, one thread', perSecond(c[0].base), '1.00', '–'],
      ...c.map((result) => row(result)),
      ...inFlight.map((result) => row(result, `this package, ${result.name}`)),
      ...kerberos.map((result) => row(result, `npm kerberos, ${result.name}`)),
    ]),
    `Median of ${rounds} pairs. ${ceilingLine(handshakes)}${mainThreadLine(handshakes)}`,
  ].join('\n\n')
}

export function coresSection(cores) {
  const head = [
    'threads',
    'C',
    'half of the pairs',
    'this package, 16 in flight',
    'half of the pairs',
  ]
  const rows = cores.map(({ threads, c, own }) => [
    `${threads}`,
    speed(c),
    spread(c),
    speed(own),
    spread(own),
  ])
  return [
    "Speed as a share of one C thread's; the package with so many threads in its pool (`GSSAPI_THREADS`), its main thread " +
      'not counted:',
    table(head, rows),
  ].join('\n\n')
}

export function heldSection(held) {
  const head = ['', 'resident memory', 'of which JavaScript heap']
  const rows = held.map(({ contender, rss, heap }) => [
    contender === 'package' ? 'this package' : contender,
    `${count(rss)} B`,
    contender === 'package' ? `${count(heap)} B` : '–',
  ])
  const note = `By how much the process grows for each established context, over ${count(2 * held[0].pairs)} of them.`
  return [table(head, rows), note].join('\n\n')
}
