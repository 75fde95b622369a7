/** As much DER (X.690) as certificates and context tokens need: reading elements and identifiers. */

/** One element: its tag, and where its contents begin and end. */
export interface Element {
  tag: number
  start: number
  end: number
}

/** The element at `at`; undefined where the bytes do not add up, or a length has over 4 bytes. */
export function readElement(
  bytes: Uint8Array,
  at: number,
  limit = bytes.length,
): Element | undefined {
  const tag = bytes[at]
  const first = bytes[at + 1]
  if (tag === undefined || first === undefined || at + 2 > limit) return undefined
  const extra = first < 0x80 ? 0 : first & 0x7f
  if (first === 0x80 || extra > 4) return undefined
  const start = at + 2 + extra
  const length = extra === 0 ? first : number(bytes.subarray(at + 2, start))
  const end = start + length
  return start <= limit && end <= limit ? { tag, start, end } : undefined
}

function number(bytes: Uint8Array): number {
  return bytes.reduce((sum, byte) => sum * 256 + byte, 0)
}

/** The elements inside another. */
export function children(bytes: Uint8Array, parent: Element): Element[] {
  const found: Element[] = []
  let at = parent.start
  while (at < parent.end) {
    const element = readElement(bytes, at, parent.end)
    if (element === undefined) return found
    found.push(element)
    at = element.end
  }
  return found
}

/** An object identifier's contents as text: '1.2.840.113554.1.2.2'. */
export function oidText(contents: Uint8Array): string {
  const arcs: number[] = []
  let arc = 0
  for (const byte of contents) {
    arc = arc * 128 + (byte & 0x7f)
    if (byte >= 0x80) continue
    if (arcs.length === 0) {
      const root = Math.min(Math.floor(arc / 40), 2)
      arcs.push(root, arc - root * 40)
    } else arcs.push(arc)
    arc = 0
  }
  return arcs.join('.')
}
