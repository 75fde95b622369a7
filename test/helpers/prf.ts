/** RFC 4402's function, made of node's own cryptography: what a library's must be equal to. */
import { createCipheriv, createHash, createHmac } from 'node:crypto'

type Prf = (key: Buffer, input: Buffer) => Buffer

/** RFC 3961 §5.1: copies of `input`, each rotated by 13 bits more, added up in ones' complement. */
export function nFold(input: Buffer, size: number): Buffer {
  const bits = BigInt(input.length * 8)
  const all = (1n << bits) - 1n
  const value = BigInt(`0x${input.toString('hex')}`)
  let copies = 0n
  let count = 0
  do {
    const turn = BigInt(13 * count) % bits
    copies = (copies << bits) | (((value >> turn) | (value << (bits - turn))) & all)
    count++
  } while ((count * input.length) % size !== 0)
  const width = BigInt(size * 8)
  const mask = (1n << width) - 1n
  let sum = 0n
  for (; copies !== 0n; copies >>= width) sum += copies & mask
  while (sum > mask) sum = (sum & mask) + (sum >> width)
  return Buffer.from(sum.toString(16).padStart(size * 2, '0'), 'hex')
}

function block(key: Buffer, input: Buffer): Buffer {
  return createCipheriv(`aes-${key.length * 8}-ecb`, key, null)
    .setAutoPadding(false)
    .update(input)
}

/** RFC 3961 §5.3, RFC 3962 §6: of aes128-cts-hmac-sha1-96 and aes256-cts-hmac-sha1-96. */
export const aesSha1: Prf = (key, input) => {
  const blocks: Buffer[] = []
  let last = nFold(Buffer.from('prf'), 16)
  while (blocks.length * 16 < key.length) blocks.push((last = block(key, last)))
  const hash = createHash('sha1').update(input).digest()
  return block(Buffer.concat(blocks), hash.subarray(0, 16))
}

/** RFC 8009 §5. */
const aesSha2 =
  (hash: string, size: number): Prf =>
  (key, input) => {
    const bits = Buffer.alloc(4)
    bits.writeUInt32BE(size * 8)
    const context = [Buffer.from([0, 0, 0, 1]), Buffer.from('prf\0'), input, bits]
    return createHmac(hash, key).update(Buffer.concat(context)).digest().subarray(0, size)
  }
/** Of aes128-cts-hmac-sha256-128. */
export const aesSha256 = aesSha2('sha256', 32)
/** Of aes256-cts-hmac-sha384-192. */
export const aesSha384 = aesSha2('sha384', 48)

/** RFC 4402 §2: the function for a counter from 0 and the input, as often as needed. */
export function prfPlus(prf: Prf, key: Buffer, input: Buffer, length: number): Buffer {
  const parts: Buffer[] = []
  for (let count = 0, size = 0; size < length; count++) {
    const number = Buffer.alloc(4)
    number.writeUInt32BE(count)
    const part = prf(key, Buffer.concat([number, input]))
    parts.push(part)
    size += part.length
  }
  return Buffer.concat(parts).subarray(0, length)
}
