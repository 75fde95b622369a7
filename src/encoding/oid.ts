/** Object identifiers between text and DER (X.690 §8.19). */
import { invalidArgType, invalidArgValue } from '../base/argument-error'
import { type Bytes, bytes } from '../base/bytes'
import { oidText, readElement } from './der'
import { isOid } from '../base/options'

const TAG = 6
/** An identifier in RFC 2743's form, as gss_oid_to_str writes it: '{ 1 2 840 113554 1 2 2 }'. */
const BRACES = /^\{ ?(\d{1,10}(?: \d{1,10})*) ?\}$/
/** The longest whose length is one byte in DER: more than any real one has. */
const MOST_CONTENTS = 127

/**
 * An object identifier as text with dots: of '{ 1 2 840 113554 1 2 2 }' (gss_oid_to_str's form) or of text that has
 * dots already.
 *
 * @throws TypeError ERR_INVALID_ARG_VALUE where it is none
 */
export function oidFromText(text: string): string {
  if (typeof text !== 'string') throw invalidArgType('text', 'of type string', text)
  const inside = text.length > 1024 ? undefined : BRACES.exec(text)?.[1]
  const dotted = inside?.replaceAll(' ', '.') ?? text
  if (!isOid(dotted)) throw invalidArgValue('text', 'must be an object identifier', text)
  return dotted
}

/**
 * An object identifier as DER, with its tag and length: the form that exported names, tokens and certificates have.
 *
 * @param oid '1.2.840.113554.1.2.2' or '{ 1 2 840 113554 1 2 2 }'; its arcs fit 32 bits
 * @throws TypeError ERR_INVALID_ARG_VALUE where it is none, or has more than 127 bytes
 */
export function oidToDer(oid: string): Buffer {
  const [root = 0, second = 0, ...rest] = oidFromText(oid).split('.').map(Number)
  const contents = [root * 40 + second, ...rest].flatMap(digits)
  if (contents.length > MOST_CONTENTS) {
    throw invalidArgValue('oid', `must not have more than ${MOST_CONTENTS} bytes`, oid)
  }
  return Buffer.from([TAG, contents.length, ...contents])
}

/** Seven bits to a byte, all but the last with the eighth set. */
function digits(arc: number): number[] {
  const found = [arc % 128]
  for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128)) {
    found.unshift(0x80 | (rest % 128))
  }
  return found
}

/**
 * The object identifier that DER with tag and length holds, as text with dots.
 *
 * @throws TypeError ERR_INVALID_ARG_VALUE where the bytes are not exactly one identifier in its shortest form, or an
 *   arc does not fit 32 bits
 */
export function oidFromDer(der: Bytes): string {
  const view = bytes(der, 'der')
  const element = readElement(view, 0)
  const whole = element?.tag === TAG && element.end === view.length && element.start === 2
  const contents = view.subarray(2)
  const text = whole && isShortest(contents) ? oidText(contents) : ''
  if (!isOid(text)) {
    throw invalidArgValue('der', 'must be an object identifier in DER, with tag and length')
  }
  return text
}

/** Whether it ends with an arc's end, and no arc begins with a zero. */
function isShortest(contents: Uint8Array): boolean {
  const begins = (at: number): boolean => at === 0 || (contents[at - 1] ?? 0) < 0x80
  const last = contents.at(-1)
  return (
    last !== undefined && last < 0x80 && !contents.some((byte, at) => byte === 0x80 && begins(at))
  )
}
