/**
 * What an exported context or credential travels in: what it is, for which library, and a digest. It is
 * checked before the library sees what is inside, because MIT krb5 reads a damaged one by unchecked lengths.
 *
 * Layout: 'GSSX', format (1 byte), kind (1), length of the library's name (1), its name, SHA-256 over all
 * the rest (32 bytes), the library's own token.
 */
import { createHash } from 'node:crypto'
import { refusalAs } from '../base/errors'

const MAGIC = Buffer.from('GSSX', 'latin1')
const FORMAT = 1
const KINDS = ['context', 'credential', 'unfinished context'] as const
const DIGEST = 32
const FIXED = MAGIC.length + 3

/** What is exported. */
export type EnvelopeKind = (typeof KINDS)[number]

/** Whose tokens these are: formats differ between libraries, and between versions of one. */
export interface Maker {
  implementation: string
  version: string
}

const makerText = ({ implementation, version }: Maker): string =>
  `${implementation} ${version}`.trim().slice(0, 255)

const digestOf = (head: Uint8Array, body: Uint8Array): Buffer =>
  createHash('sha256').update(head).update(body).digest()

/** `body` is a secret: it is copied, and the caller overwrites its own. */
export function sealEnvelope(kind: EnvelopeKind, maker: Maker, body: Uint8Array): Buffer {
  const name = Buffer.from(makerText(maker), 'latin1')
  const fixed = Buffer.from([FORMAT, KINDS.indexOf(kind), name.length])
  const head = Buffer.concat([MAGIC, fixed, name])
  return Buffer.concat([head, digestOf(head, body), body])
}

/** What it says it is; undefined where it is nothing of this package's. */
export function envelopeKind(token: Uint8Array): EnvelopeKind | undefined {
  const isOurs = MAGIC.equals(token.subarray(0, MAGIC.length))
  return isOurs ? KINDS[token[MAGIC.length + 1] ?? -1] : undefined
}

/**
 * The library's token inside, as a view.
 *
 * @throws GssError GSS_S_DEFECTIVE_TOKEN where it is damaged, of another kind or of another library
 */
export function openEnvelope(
  kind: EnvelopeKind,
  maker: Maker,
  token: Uint8Array,
  call: string,
): Uint8Array {
  const refuse = (why: string): Error => refusalAs('GSS_S_DEFECTIVE_TOKEN', why, call)
  const bytes = Buffer.from(token.buffer, token.byteOffset, token.byteLength)
  if (bytes.length < FIXED || !bytes.subarray(0, MAGIC.length).equals(MAGIC)) {
    throw refuse('this is no exported context or credential')
  }
  const [format = 0, kindIndex = 0, nameLength = 0] = bytes.subarray(MAGIC.length, FIXED)
  if (format !== FORMAT) throw refuse(`its format is ${format}, and only ${FORMAT} is known`)
  const headEnd = FIXED + nameLength
  const body = bytes.subarray(headEnd + DIGEST)
  if (bytes.length <= headEnd + DIGEST) throw refuse('it is cut short')
  const head = bytes.subarray(0, headEnd)
  if (!digestOf(head, body).equals(bytes.subarray(headEnd, headEnd + DIGEST))) {
    throw refuse('it is damaged: the digest does not fit')
  }
  if (KINDS[kindIndex] !== kind) throw refuse(`it is no exported ${kind}`)
  const madeBy = head.toString('latin1', FIXED)
  if (madeBy !== makerText(maker)) {
    throw refuse(`it was exported by ${madeBy}, and this is ${makerText(maker)}`)
  }
  return body
}
