/**
 * Per-message tokens made of node's own cryptography, by whoever holds a context's keys: RFC 4121's with AES and SHA-1
 * (RFC 3962), and RFC 1964's with RC4 (RFC 4757 §7). Each part may be another than it should be.
 */
import { createCipheriv, createHash, createHmac } from 'node:crypto'
import type { LucidContext } from 'gssapi'
import { nFold } from './prf'

// RFC 4121 §2 and RFC 3961 §5.3: what a key is for, and which of its three it is.
const INITIATOR_SEAL = 24
const ACCEPTOR_SEAL = 22
const CHECKSUM = 0x99
const ENCRYPTION = 0xaa
const INTEGRITY = 0x55
const MAC = 12

function ecb(key: Buffer, input: Buffer): Buffer {
  return createCipheriv(`aes-${key.length * 8}-ecb`, key, null)
    .setAutoPadding(false)
    .update(input)
}

function derived(key: Buffer, usage: number, kind: number): Buffer {
  const constant = Buffer.from([0, 0, 0, usage, kind])
  const blocks: Buffer[] = []
  let last = nFold(constant, 16)
  while (blocks.length * 16 < key.length) blocks.push((last = ecb(key, last)))
  return Buffer.concat(blocks)
}

/** RFC 3962 §5: the last two blocks change places, and the last is cut. */
function stealing(key: Buffer, input: Buffer): Buffer {
  const full = Buffer.alloc(Math.ceil(input.length / 16) * 16)
  input.copy(full)
  const out = createCipheriv(`aes-${key.length * 8}-cbc`, key, Buffer.alloc(16))
    .setAutoPadding(false)
    .update(full)
  if (out.length === 16) return out
  const before = out.length - 32
  return Buffer.concat([
    out.subarray(0, before),
    out.subarray(before + 16),
    out.subarray(before, before + 16),
  ]).subarray(0, input.length)
}

const hmac = (key: Buffer, ...parts: Buffer[]) =>
  createHmac('sha1', key).update(Buffer.concat(parts)).digest().subarray(0, MAC)

const usageOf = (lucid: LucidContext) => (lucid.initiator ? INITIATOR_SEAL : ACCEPTOR_SEAL)
const keyOf = (lucid: LucidContext) => (lucid.acceptorSubkey ?? lucid.key).key

/** RFC 4121 §4.2.6.2. */
export function wrapHeader(
  lucid: LucidContext,
  sequence: bigint,
  { sealed = true, ec = 0, rrc = 0 } = {},
): Buffer {
  const header = Buffer.alloc(16, 0xff)
  header.writeUInt16BE(0x0504, 0)
  header[2] = (lucid.initiator ? 0 : 1) | (sealed ? 2 : 0) | (lucid.acceptorSubkey ? 4 : 0)
  header.writeUInt16BE(ec, 4)
  header.writeUInt16BE(rrc, 6)
  header.writeBigUInt64BE(sequence, 8)
  return header
}

/** `plain`, whatever it is, correctly encrypted behind `header`. */
export function encrypted(lucid: LucidContext, header: Buffer, plain: Buffer): Buffer {
  const [key, usage] = [keyOf(lucid), usageOf(lucid)]
  const input = Buffer.concat([Buffer.alloc(16, 'confounder'), plain])
  const mac = hmac(derived(key, usage, INTEGRITY), input)
  return Buffer.concat([header, stealing(derived(key, usage, ENCRYPTION), input), mac])
}

/** `data`, correctly signed, with the checksum that `header` (EC and RRC 0) and it have. */
export function signed(lucid: LucidContext, header: Buffer, data: Buffer): Buffer {
  const counted = Buffer.from(header)
  counted.fill(0, 4, 8)
  const mac = hmac(derived(keyOf(lucid), usageOf(lucid), CHECKSUM), data, counted)
  return Buffer.concat([header, data, mac])
}

/** RC4, which the OpenSSL of node does not have. */
export function rc4(key: Uint8Array, data: Uint8Array): Buffer {
  const state = Uint8Array.from({ length: 256 }, (_, i) => i)
  const swap = (i: number, j: number) => ([state[i], state[j]] = [state[j]!, state[i]!])
  for (let i = 0, j = 0; i < 256; i++) {
    j = (j + state[i]! + key[i % key.length]!) & 255
    swap(i, j)
  }
  const out = Buffer.from(data)
  for (let k = 0, i = 0, j = 0; k < out.length; k++) {
    i = (i + 1) & 255
    j = (j + state[i]!) & 255
    swap(i, j)
    out[k] = out[k]! ^ state[(state[i]! + state[j]!) & 255]!
  }
  return out
}

export const md5 = (key: Uint8Array, ...parts: Uint8Array[]) =>
  parts.reduce((mac, part) => mac.update(part), createHmac('md5', key)).digest()

/** RFC 2743 §3.1, around what krb5 says. */
export function framed(body: Buffer): Buffer {
  const inner = Buffer.concat([Buffer.from('06092a864886f712010202', 'hex'), body])
  const { length } = inner
  const octets = length < 0x80 ? [length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([0x60, ...octets]), inner])
}

interface Rc4Token {
  /** All, with its frame. */
  token: Buffer
  /** The same, apart. */
  header: Buffer
  rest: Buffer
}

/** RFC 4757 §7.3: a wrapped message with `rest` for the message and its padding, correctly signed and encrypted. */
export function rc4Wrapped(
  lucid: LucidContext,
  sequence: bigint,
  rest: Buffer,
  sealed = true,
): Rc4Token {
  const { key } = lucid.key
  const head = Buffer.from(sealed ? '020111001000ffff' : '02011100ffffffff', 'hex')
  const text = Buffer.concat([Buffer.alloc(8, 'confound'), rest])
  const hash = createHash('md5')
    .update(Buffer.from([13, 0, 0, 0]))
    .update(head)
    .update(text)
    .digest()
  const checksum = md5(md5(key, Buffer.from('signaturekey\0')), hash).subarray(0, 8)
  const number = Buffer.alloc(8, lucid.initiator ? 0 : 0xff)
  number.writeUInt32BE(Number(sequence), 0)
  const sequenceKey = md5(md5(key, Buffer.alloc(4)), checksum)
  const local = Buffer.from(key.map((byte) => byte ^ 0xf0))
  const cipherKey = md5(md5(local, Buffer.alloc(4)), number.subarray(0, 4))
  const body = sealed ? rc4(cipherKey, text) : text
  const token = framed(Buffer.concat([head, rc4(sequenceKey, number), checksum, body]))
  const at = token.length - rest.length
  return { token, header: token.subarray(0, at), rest: token.subarray(at) }
}
