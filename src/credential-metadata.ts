/**
 * What an exported credential says of itself, before the library's own token: so that importing asks
 * nobody, and decides nothing that the credential leaves open.
 *
 * Layout: length of the description (2 bytes, big-endian), the description in JSON, the library's token.
 */
import { type Usage, USAGES } from './credential-options'
import { refusalAs } from './errors'
import { isOid } from './options'

/** What {@link Credential.import} knows without asking. */
export interface Described {
  usage: Usage
  /** Object identifiers. */
  mechanisms: string[]
  /** Text and name type's object identifier; null where it is not known. */
  name: [text: string, type: string] | null
}

/** Zeroed memory of its own, not node's shared pool: what is in it is a secret. */
export function joinSecret(...parts: Uint8Array[]): Buffer {
  const joined = Buffer.alloc(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    joined.set(part, at)
    at += part.length
  }
  return joined
}

export function describeBefore(described: Described, token: Uint8Array): Buffer {
  const text = Buffer.from(JSON.stringify(described))
  const length = Buffer.alloc(2)
  // A name has at most 64 KiB; one that does not fit is as if it were not known.
  if (text.length > 0xffff) return describeBefore({ ...described, name: null }, token)
  length.writeUInt16BE(text.length)
  return joinSecret(length, text, token)
}

function isDescribed(value: unknown): value is Described {
  if (typeof value !== 'object' || value === null) return false
  const { usage, mechanisms, name } = value as Partial<Described>
  if (!USAGES.includes(usage as Usage) || !Array.isArray(mechanisms)) return false
  if (!mechanisms.every((each) => typeof each === 'string' && isOid(each))) return false
  return name === null || (Array.isArray(name) && name.every((each) => typeof each === 'string'))
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/**
 * The description, and a view of the library's token.
 *
 * @throws GssError GSS_S_DEFECTIVE_TOKEN
 */
export function splitDescribed(body: Uint8Array): { described: Described; token: Uint8Array } {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  const end = bytes.length < 2 ? Infinity : 2 + bytes.readUInt16BE(0)
  const described = end < bytes.length ? parsed(bytes.toString('utf8', 2, end)) : undefined
  if (isDescribed(described)) return { described, token: bytes.subarray(end) }
  throw refusalAs('GSS_S_DEFECTIVE_TOKEN', 'it does not describe a credential', 'gss_import_cred')
}
