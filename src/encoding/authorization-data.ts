/** AuthorizationData (RFC 4120 §5.2.6): SEQUENCE OF SEQUENCE { ad-type [0] Int32, ad-data [1] OCTET STRING }. */
import { children, type Element, readElement } from './der'

export const AD_IF_RELEVANT = 1

const SEQUENCE = 0x30
const INTEGER = 0x02
const OCTET_STRING = 0x04

/** What is inside the element with this tag among `elements`, if it is one of `type`. */
function inside(bytes: Buffer, elements: Element[], tag: number, type: number): Buffer | undefined {
  const outer = elements.find((each) => each.tag === tag)
  const inner = outer && readElement(bytes, outer.start, outer.end)
  return inner?.tag === type ? bytes.subarray(inner.start, inner.end) : undefined
}

/** Those of a whole AuthorizationData's elements that are of one type; none where it does not add up. */
export function elementsOfType(bytes: Buffer, type: number): Buffer[] {
  const list = readElement(bytes, 0)
  if (list?.tag !== SEQUENCE) return []
  return children(bytes, list).flatMap((element) => {
    const parts = children(bytes, element)
    const number = inside(bytes, parts, 0xa0, INTEGER)
    const data = inside(bytes, parts, 0xa1, OCTET_STRING)
    const fits = number !== undefined && number.length >= 1 && number.length <= 4
    if (!fits || data === undefined) return []
    return number.readIntBE(0, number.length) === type ? [Buffer.from(data)] : []
  })
}
