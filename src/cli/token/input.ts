/** From what a person pastes to the token's bytes. */
import { CommandFailure } from '../failure'

/** Tokens have some kilobytes; with a large PAC, 64 kB. */
export const MAX_TOKEN = 2 ** 20
/** Hexadecimal with a space after each byte. */
export const MAX_TEXT = 3 * MAX_TOKEN + 4096

const HEADER =
  /^(?:(?:proxy-)?(?:www-authenticate|authorization|authenticate|authentication-info):\s*)?/i
const SCHEME = /^(?:negotiate|kerberos|ntlm|gssapi|gss-spnego|nego2)(?:\s+|$)/i
const HEX = /^(?:0x)?(?:[0-9a-f]{2}[\s:]*)+$/i
const BASE64 = /^[\w+/-]+={0,2}$/

function fromHex(text: string): Buffer {
  return Buffer.from(text.replace(/^0x/i, '').replaceAll(/[\s:]/g, ''), 'hex')
}

function fromBase64(text: string): Buffer {
  const joined = text.replaceAll(/\s/g, '')
  if (!BASE64.test(joined) || joined.replace(/=+$/, '').length % 4 === 1) {
    throw new CommandFailure('the token is neither base64, base64url nor hexadecimal')
  }
  return Buffer.from(joined, 'base64') // takes base64url too
}

/** The token in a text: base64, base64url, hexadecimal, or a header of HTTP with one of the first two. */
export function tokenFromText(text: string): Buffer {
  if (text.length > MAX_TEXT)
    throw new CommandFailure(`more than ${MAX_TEXT} characters are no token`)
  const bare = text.trim().replace(HEADER, '').replace(SCHEME, '').trim()
  if (bare === '') throw new CommandFailure('there is no token: the input is empty')
  const token = HEX.test(bare) ? fromHex(bare) : fromBase64(bare)
  if (token.length > MAX_TOKEN)
    throw new CommandFailure(`more than ${MAX_TOKEN} bytes are no token`)
  return token
}

const isText = (bytes: Uint8Array) =>
  bytes.every((byte) => (byte >= 0x20 && byte < 0x7f) || (byte >= 0x09 && byte <= 0x0d))

/** The token on standard input: one of those texts, or the bytes themselves. */
export function tokenFromBytes(bytes: Uint8Array): Buffer {
  const copy = Buffer.from(bytes)
  if (isText(copy)) return tokenFromText(copy.toString('latin1'))
  if (copy.length > MAX_TOKEN) throw new CommandFailure(`more than ${MAX_TOKEN} bytes are no token`)
  return copy
}

/** All of standard input, up to what could be a token. */
export async function readInput(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of stream) {
    length += chunk.length
    if (length > MAX_TEXT) throw new CommandFailure(`more than ${MAX_TEXT} bytes are no token`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
