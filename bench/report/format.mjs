// Numbers and names as the tables show them.
const KIB = 1024

export function bytes(size) {
  if (size >= KIB * KIB) return `${size / KIB / KIB} MiB`
  return size >= KIB ? `${size / KIB} KiB` : `${size} B`
}

const grouped = (number, digits = 0) =>
  number.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })

/** ns, from where six digits say nothing more in ms. */
export function time(ns) {
  return ns >= 1e6 ? `${grouped(ns / 1e6, 1)} ms` : grouped(ns)
}

export const microseconds = (ns) => `${grouped(ns / 1000, 1)} µs`
export const perSecond = (ns) => grouped(1e9 / ns)
export const count = (number) => grouped(number)
export const speed = (result) => (result ? result.speed.toFixed(2) : '–')
export const percent = (share) => `${Math.round(share * 100)} %`

/** The quartiles: half of the pairs lie between. */
export const spread = ({ low, high }) => `${low.toFixed(2)}–${high.toFixed(2)}`
