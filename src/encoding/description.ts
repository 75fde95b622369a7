/**
 * What stands before the library's own token in an exported context or credential: what the package knows of it and the
 * library would not say.
 *
 * Layout: length of the description (4 bytes, big-endian), the description in JSON, the library's token.
 */
import { joinSecret } from '../base/secret'

const LENGTH = 4

/** Names and channel bindings are short; what has more is refused on both ways. */
const MAX_DESCRIPTION = 1024 * 1024

/** The description's bytes; undefined where there are too many. */
export function encodeDescription(description: object): Buffer | undefined {
  const text = Buffer.from(JSON.stringify(description))
  return text.length > MAX_DESCRIPTION ? undefined : text
}

export function describeBefore(encoded: Uint8Array, token: Uint8Array): Buffer {
  const length = Buffer.alloc(LENGTH)
  length.writeUInt32BE(encoded.length)
  return joinSecret([length, encoded, token])
}

/** The value of a text in JSON; undefined where it is none. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The description, which is to be checked, and a view of the library's token; undefined where there is none. */
export function splitDescribed(
  body: Uint8Array,
): { description: unknown; token: Uint8Array } | undefined {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  const size = bytes.length < LENGTH ? Infinity : bytes.readUInt32BE(0)
  const end = LENGTH + size
  if (size > MAX_DESCRIPTION || end >= bytes.length) return undefined
  return { description: parsed(bytes.toString('utf8', LENGTH, end)), token: bytes.subarray(end) }
}
