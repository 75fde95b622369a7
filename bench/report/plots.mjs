// The plots of docs/benchmark/, from what a run found: [{ file, title, svg }].
import { barChart, lineChart } from './charts.mjs'
import { bytes, perSecond } from './format.mjs'

const unique = (values) => [...new Set(values)]

function messagePlot({ cells }, operation) {
  const own = cells.filter((cell) => cell.operation === operation)
  const sizes = unique(own.map((cell) => cell.size))
  const kinds = unique(own.map((cell) => `${cell.name}|${cell.confidential}`))
  const series = kinds.map((kind) => {
    const [name, confidential] = kind.split('|')
    const value = (size) =>
      own.find((c) => c.name === name && `${c.confidential}` === confidential && c.size === size)
    const suffix = confidential === 'true' ? '' : ', integrity only'
    return { name: `${name}${suffix}`, values: sizes.map((size) => value(size)?.speed) }
  })
  const title = `${operation}: speed as a share of C's`
  const labels = sizes.map(bytes)
  return { title, svg: lineChart({ title, labels, series, xTitle: 'message size', aim: 1 }) }
}

function handshakePlot({ single, c, inFlight, kerberos }) {
  const bar = (group, name, ns) => ({ group, name, value: 1e9 / ns, label: perSecond(ns) })
  const sync = single.find((result) => result.name === 'sync')
  const python = single.filter((result) => result.name === 'python-gssapi')
  const own = inFlight.filter((result) => [1, 16].includes(result.inFlight))
  const bars = [
    bar('C', 'C, one thread', c[0].base),
    bar('C', c[0].name, c[0].ns),
    bar('own', 'this package, sync', sync.ns),
    ...own.map((result) => bar('own', `this package, ${result.name}`, result.ns)),
    ...kerberos.map((result) => bar('npm', `npm kerberos, ${result.name}`, result.ns)),
    ...python.map((result) => bar('python', result.name, result.ns)),
  ]
  const title = 'Handshakes a second, both ends'
  return { title, svg: barChart({ title, bars }) }
}

function inFlightPlot({ inFlight, c }) {
  const values = inFlight.map((result) => result.speed)
  const series = [
    { name: 'this package, async', values },
    { name: c[0].name, values: inFlight.map(() => c[0].speed) },
  ]
  const title = "Handshakes in flight: speed as a share of one C thread's"
  const labels = inFlight.map((result) => `${result.inFlight}`)
  return { title, svg: lineChart({ title, labels, series, xTitle: 'in flight', aim: 1 }) }
}

function contextsPlot({ cells }) {
  const contexts = unique(cells.map((cell) => cell.contexts))
  const kinds = unique(cells.map((cell) => `${cell.operation}Async, ${bytes(cell.size)}`))
  const series = kinds.map((name) => {
    const own = cells.filter((cell) => `${cell.operation}Async, ${bytes(cell.size)}` === name)
    return { name, values: own.map((cell) => cell.speed) }
  })
  const title = "Async messages on several contexts: speed as a share of one C thread's"
  const labels = contexts.map(String)
  return { title, svg: lineChart({ title, labels, series, xTitle: 'contexts at once', aim: 1 }) }
}

export function plotsOf({ messages, asyncMessages, handshakes }) {
  return [
    messages && { file: 'wrap.svg', ...messagePlot(messages, 'wrap') },
    messages && { file: 'unwrap.svg', ...messagePlot(messages, 'unwrap') },
    asyncMessages && { file: 'contexts.svg', ...contextsPlot(asyncMessages) },
    handshakes && { file: 'handshakes.svg', ...handshakePlot(handshakes) },
    handshakes && { file: 'in-flight.svg', ...inFlightPlot(handshakes) },
  ].filter(Boolean)
}
