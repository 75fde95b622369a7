// A Markdown table whose columns are also aligned in the plain text, since it is read on the terminal too.
const width = (text) => [...text].length

function line(cells, widths) {
  const padded = cells.map((cell, i) =>
    i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]),
  )
  return `| ${padded.join(' | ')} |`
}

function rule(widths) {
  const dashes = widths.map((each, i) => (i === 0 ? '-'.repeat(each) : `${'-'.repeat(each - 1)}:`))
  return `| ${dashes.join(' | ')} |`
}

/** The first column is text, the others are numbers. */
export function table(head, rows) {
  const all = [head, ...rows]
  const widths = head.map((_, i) => Math.max(3, ...all.map((cells) => width(cells[i]))))
  return [line(head, widths), rule(widths), ...rows.map((cells) => line(cells, widths))].join('\n')
}
