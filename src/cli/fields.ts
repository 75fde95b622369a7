/** Reading what Kerberos and SPNEGO are made of: SEQUENCEs whose fields have explicit context tags. */
import { DecodeError, type Element } from './asn1'

const TAG = { bits: 3, octets: 4, sequence: 16, time: 24, generalString: 27 }

function expect(element: Element, tag: number, what: string): Element {
  if (element.class === 'universal' && element.tag === tag) return element
  throw new DecodeError(`${what} is expected, not [${element.class} ${element.tag}]`)
}

/** What stands in an explicit tag: [n] { inner }. */
export function inner(element: Element): Element {
  const [only] = element.children
  if (only === undefined || element.children.length !== 1) {
    throw new DecodeError(`[${element.class} ${element.tag}] does not hold one element`)
  }
  return only
}

/** The fields of a SEQUENCE by their context tags. */
export class Sequence {
  readonly #fields = new Map<number, Element>()

  constructor(element: Element) {
    expect(element, TAG.sequence, 'a SEQUENCE')
    for (const field of element.children) {
      if (field.class === 'context') this.#fields.set(field.tag, field)
    }
  }

  has(tag: number): boolean {
    return this.#fields.has(tag)
  }

  /** What `read` makes of a field; undefined where it is not there. */
  optional<T>(tag: number, read: (element: Element) => T): T | undefined {
    const field = this.#fields.get(tag)
    return field === undefined ? undefined : read(inner(field))
  }

  /** The same of a field that must be there. */
  get<T>(tag: number, name: string, read: (element: Element) => T): T {
    const value = this.optional(tag, read)
    if (value === undefined) throw new DecodeError(`${name} is missing`)
    return value
  }
}

export function sequenceOf<T>(read: (element: Element) => T): (element: Element) => T[] {
  return (element) => expect(element, TAG.sequence, 'a SEQUENCE').children.map(read)
}

/** INTEGER and ENUMERATED; beyond what a number holds exactly, which no field here may be, an error. */
export function integer(element: Element): number {
  const { value } = element
  if (typeof value !== 'bigint') throw new DecodeError('an INTEGER is expected')
  const number = Number(value)
  if (!Number.isSafeInteger(number)) throw new DecodeError('an INTEGER that is too large')
  return number
}

export function oid({ value }: Element): string {
  if (typeof value !== 'string') throw new DecodeError('an OBJECT IDENTIFIER is expected')
  return value
}

export function octets(element: Element): Uint8Array {
  return expect(element, TAG.octets, 'an OCTET STRING').contents
}

/** KerberosString and other GeneralStrings: ASCII by the standard, UTF-8 by custom. */
export function generalString(element: Element): string {
  return utf8(expect(element, TAG.generalString, 'a GeneralString').contents)
}

/** Bytes that are no UTF-8 become U+FFFD: nothing is hidden by it but what nobody could read. */
export function utf8(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes)
}

/** Flags as a number, of which bit 31 is the first: Kerberos counts from the left, RFC 4120 §5.2.8. */
export function bitFlags(element: Element): number {
  const [, ...bytes] = expect(element, TAG.bits, 'a BIT STRING').contents.subarray(0, 5)
  return [0, 1, 2, 3].reduce((sum, i) => sum * 256 + (bytes[i] ?? 0), 0)
}

const TIME_TEXT = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/

/** KerberosTime, as '2026-11-24T00:00:00Z'. */
export function time(element: Element): string {
  const text = utf8(expect(element, TAG.time, 'a KerberosTime').contents)
  const iso = text.replace(TIME_TEXT, '$1-$2-$3T$4:$5:$6Z')
  if (iso === text || Number.isNaN(Date.parse(iso))) throw new DecodeError('an invalid time')
  return iso
}
