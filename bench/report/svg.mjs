// A small SVG writer. Text and lines take their colour from a style that knows both colour schemes; the series' colours
// are of middling lightness, so that they can be read on white and on black.
const COLOURS = ['#2f81f7', '#d29922', '#3fa34d', '#d1568f', '#8a63d2', '#cf5b3a']
const STYLE = `
  text { font: 12px system-ui, sans-serif; fill: #3d444d }
  .title { font-weight: 600; font-size: 14px }
  .grid { stroke: #8b949e; stroke-opacity: 0.35 }
  .aim { stroke: #8b949e; stroke-dasharray: 5 4; stroke-width: 1.5 }
  .end { text-anchor: end }
  .middle { text-anchor: middle }
  @media (prefers-color-scheme: dark) { text { fill: #d1d7e0 } }
`
const escapes = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
const escaped = (text) => String(text).replace(/[&<>"]/g, (each) => escapes[each])
const rounded = (number) => Math.round(number * 10) / 10

export const colour = (index) => COLOURS[index % COLOURS.length]

export function element(name, attributes, content) {
  const list = Object.entries(attributes).map(([key, value]) => {
    return ` ${key}="${typeof value === 'number' ? rounded(value) : escaped(value)}"`
  })
  const head = `${name}${list.join('')}`
  return content === undefined ? `<${head}/>` : `<${head}>${content}</${name}>`
}

export const text = (x, y, words, kind = '') =>
  element('text', { x, y, class: kind }, escaped(words))
export const rule = (x1, y1, x2, y2, kind = 'grid') =>
  element('line', { x1, y1, x2, y2, class: kind })

export function polyline(points, index) {
  const joined = points.map(([x, y]) => `${rounded(x)},${rounded(y)}`).join(' ')
  const stroke = { stroke: colour(index), 'stroke-width': 2, fill: 'none' }
  const dots = points.map(([cx, cy]) => element('circle', { cx, cy, r: 3, fill: colour(index) }))
  return [element('polyline', { points: joined, ...stroke }), ...dots].join('\n')
}

export function drawing(width, height, title, parts) {
  const frame = {
    xmlns: 'http://www.w3.org/2000/svg',
    viewBox: `0 0 ${width} ${height}`,
    role: 'img',
  }
  const content = [element('title', {}, escaped(title)), `<style>${STYLE}</style>`, ...parts]
  return `${element('svg', frame, `\n${content.join('\n')}\n`)}\n`
}
