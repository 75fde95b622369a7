/**
 * Per-message tokens of Kerberos: RFC 4121 §4.2.6 (AES and later), RFC 1964 §1.2 and RFC 4757 §7 (DES, 3DES,
 * RC4). Checksums and sealed contents are told by their length.
 */
import { type Fields, flagNames, named, type Names } from '../values'
import { need } from './decoding'

const FLAGS: Names = { 1: 'SentByAcceptor', 2: 'Sealed', 4: 'AcceptorSubkey' }
const HEADER = 16

export const MIC = 0x0404
export const WRAP = 0x0504
export const DELETE = 0x0405

/** RFC 4121's three tokens by their TOK_ID; undefined where it is none of them. */
export function messageToken(token: Uint8Array): Fields | undefined {
  if (token.length < 2) return undefined
  const id = need(token, 2, 'a token').readUInt16BE()
  if (id === MIC) return mic(token)
  if (id === WRAP) return wrap(token)
  return id === DELETE ? { type: 'delete-context token (RFC 4121)' } : undefined
}

const filler = (bytes: Uint8Array) => (bytes.every((byte) => byte === 0xff) ? undefined : false)

function mic(token: Uint8Array): Fields {
  const bytes = need(token, HEADER, 'a MIC token')
  return {
    type: `MIC token (RFC 4121 §4.2.6.1), ${token.length} bytes`,
    tokId: '04 04',
    flags: flagNames(FLAGS, bytes[2] ?? 0),
    fillerIntact: filler(bytes.subarray(3, 8)),
    sequence: bytes.readBigUInt64BE(8).toString(),
    checksumBytes: token.length - HEADER,
  }
}

const SEALED = 2

function wrap(token: Uint8Array): Fields {
  const bytes = need(token, HEADER, 'a Wrap token')
  const flags = bytes[2] ?? 0
  const extra = bytes.readUInt16BE(4)
  const sealed = (flags & SEALED) !== 0
  const body = token.length - HEADER
  return {
    type: `Wrap token (RFC 4121 §4.2.6.2), ${token.length} bytes`,
    tokId: '05 04',
    flags: flagNames(FLAGS, flags),
    sealed,
    fillerIntact: filler(bytes.subarray(3, 4)),
    extraCount: extra,
    rightRotation: bytes.readUInt16BE(6),
    sequence: bytes.readBigUInt64BE(8).toString(),
    ...(sealed ? { cipherBytes: body } : { messageBytes: Math.max(0, body - extra) }),
    checksumBytes: sealed ? undefined : extra,
  }
}

const SIGNING: Names = {
  0x0000: 'DES MAC MD5',
  0x0100: 'MD2.5',
  0x0200: 'DES MAC',
  0x0400: 'HMAC SHA1 DES3-KD',
  0x1100: 'HMAC MD5 (RC4)',
}
const SEALING: Names = { 0x0000: 'DES', 0x0200: 'DES3-KD', 0x1000: 'RC4', 0xffff: 'none' }

const OLD_MIC = 0x0101
const OLD_DELETE = 0x0102
const OLD_WRAP = 0x0201
const OLD_HEADER = 16 // TOK_ID, algorithms, filler, and the sequence number, which is encrypted

/** RFC 1964's, which stand in the framing of initial tokens. */
export function oldMessageToken(id: number, body: Uint8Array): Fields | undefined {
  const kind = { [OLD_MIC]: 'MIC', [OLD_WRAP]: 'Wrap', [OLD_DELETE]: 'delete-context' }[id]
  if (kind === undefined) return undefined
  const bytes = need(body, OLD_HEADER, `a ${kind} token of RFC 1964`)
  const sealing = id === OLD_WRAP ? bytes.readUInt16BE(4) : undefined
  return {
    type: `${kind} token (RFC 1964 §1.2), ${body.length} bytes`,
    tokId: bytes.toString('hex', 0, 2).replace(/(..)(..)/, '$1 $2'),
    sgnAlg: named(SIGNING, bytes.readUInt16BE(2)),
    sealAlg: sealing === undefined ? undefined : named(SEALING, sealing),
    sequence: 'encrypted',
    checksumAndDataBytes: body.length - OLD_HEADER,
  }
}
