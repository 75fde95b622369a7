// Two kinds of chart: lines over steps that double, and bars.
import { colour, drawing, element, polyline, rule, text } from './svg.mjs'

const WIDTH = 720
const PLOT = { left: 56, top: 44, right: 690, bottom: 290 }
const LEGEND_COLUMNS = 3

function yScale(most) {
  const top = Math.ceil(most * 5 + 0.25) / 5
  const at = (value) => PLOT.bottom - (value / top) * (PLOT.bottom - PLOT.top)
  const ticks = Array.from({ length: Math.round(top * 5) + 1 }, (_, i) => i / 5)
  return { at, ticks }
}

function legend(names) {
  return names.flatMap((name, i) => {
    const x = PLOT.left + (i % LEGEND_COLUMNS) * 220
    const y = PLOT.bottom + 52 + Math.floor(i / LEGEND_COLUMNS) * 20
    const swatch = element('rect', { x, y: y - 6, width: 18, height: 3, fill: colour(i) })
    return [swatch, text(x + 24, y, name)]
  })
}

/** `series`: [{ name, values }], a value for each label or undefined; `aim`: a level to draw a dashed line at. */
export function lineChart({ title, labels, series, xTitle, aim }) {
  const values = series.flatMap((each) => each.values).filter((value) => value !== undefined)
  const y = yScale(Math.max(aim, ...values))
  const x = (i) => PLOT.left + ((i + 0.5) / labels.length) * (PLOT.right - PLOT.left)
  const points = (each) =>
    each.values.flatMap((value, i) => (value === undefined ? [] : [[x(i), y.at(value)]]))
  const rows = Math.ceil(series.length / LEGEND_COLUMNS)
  return drawing(WIDTH, PLOT.bottom + 48 + rows * 20, title, [
    text(PLOT.left, 22, title, 'title'),
    ...y.ticks.map((tick) => rule(PLOT.left, y.at(tick), PLOT.right, y.at(tick))),
    ...y.ticks.map((tick) => text(PLOT.left - 8, y.at(tick) + 4, tick.toFixed(1), 'end')),
    rule(PLOT.left, y.at(aim), PLOT.right, y.at(aim), 'aim'),
    ...labels.map((label, i) => text(x(i), PLOT.bottom + 18, label, 'middle')),
    text(PLOT.right, PLOT.bottom + 34, xTitle, 'end'),
    ...series.map((each, i) => polyline(points(each), i)),
    ...legend(series.map((each) => each.name)),
  ])
}

/** `bars`: [{ name, value, label, group }]; bars of one group have one colour. */
export function barChart({ title, bars }) {
  const left = 250
  const most = Math.max(...bars.map((bar) => bar.value))
  const groups = [...new Set(bars.map((bar) => bar.group))]
  const length = (value) => (value / most) * (WIDTH - left - 80)
  const rows = bars.flatMap((bar, i) => {
    const y = 44 + i * 26
    const box = { x: left, y, width: length(bar.value), height: 18, rx: 2 }
    return [
      text(left - 8, y + 14, bar.name, 'end'),
      element('rect', { ...box, fill: colour(groups.indexOf(bar.group)) }),
      text(left + length(bar.value) + 6, y + 14, bar.label),
    ]
  })
  return drawing(WIDTH, 52 + bars.length * 26, title, [text(16, 22, title, 'title'), ...rows])
}
