// Bytes as hex with their characters, two columns beside each other.
const PER_ROW = 8
const ROWS = 8

const hex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(' ')
const characters = (bytes) =>
  [...bytes].map((byte) => (byte > 31 && byte < 127 ? String.fromCharCode(byte) : '.')).join('')

function cell(bytes, row) {
  const part = bytes.subarray(row * PER_ROW, (row + 1) * PER_ROW)
  return `${hex(part).padEnd(PER_ROW * 3)} ${characters(part).padEnd(PER_ROW)}`
}

export function sideBySide(left, right) {
  const rows = Array.from(
    { length: ROWS },
    (_, row) => `  ${cell(left, row)}  |  ${cell(right, row)}`,
  )
  return rows.map((row) => row.trimEnd()).join('\n')
}
