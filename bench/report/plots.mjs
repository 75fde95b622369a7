// The plots of docs/benchmark/, from what a run found: [{ file, title, svg }].
import { barChart, lineChart } from './charts.mjs'
import { bytes } from './format.mjs'

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

/** Shares and not times: the bars are measured by two different clocks. */
function handshakePlot({ single, c, inFlight, kerberos }) {
  const bar = (group, name, value) => ({ group, name, value, label: value.toFixed(2) })
  const bars = [
    bar('C', 'C, one thread', 1),
    bar('C', c[0].name, c[0].speed),
    ...single
      .filter(({ name }) => name === 'sync')
      .map(({ speed }) => bar('own', 'this package, sync', speed)),
    ...inFlight
      .filter((result) => [1, 16].includes(result.inFlight))
      .map(({ name, speed }) => bar('own', `this package, ${name}`, speed)),
    ...kerberos.map(({ name, speed }) => bar('npm', `npm kerberos, ${name}`, speed)),
    ...single
      .filter(({ name }) => name === 'python-gssapi')
      .map(({ name, speed }) => bar('python', name, speed)),
  ]
  const title = "Handshakes, both ends: speed as a share of one C thread's"
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
