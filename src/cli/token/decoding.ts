/** What the decoders share: tokens lie within tokens, and a damaged one must not hide those around it. */
import { type Asn1, DecodeError } from '../asn1'
import type { Fields } from '../values'

/** What a decoder of one kind of token may ask for. */
export interface Decoding {
  /** @throws CommandFailure where asn1js is not installed */
  readonly asn1: Asn1
  /** A token inside another, of whatever kind it is. */
  nested(token: Uint8Array): Fields
  /** What `read` gives; where that fails, a note of the damage in its place. */
  attempt(read: () => Fields): Fields
}

/** Reading numbers from a token with a fixed layout; beyond its end is a DecodeError. */
export function need(token: Uint8Array, length: number, what: string): Buffer {
  if (token.length < length) {
    throw new DecodeError(`${what} has ${length} bytes at least, and ${token.length} are there`)
  }
  return Buffer.from(token.buffer, token.byteOffset, token.byteLength)
}
