/** The framing of a mechanism's first token (RFC 2743 §3.1), and exported names (§3.2). */
import { DecodeError } from '../asn1'
import { oid as oidOf, Sequence, utf8 } from '../fields'
import type { Fields } from '../values'
import { type Decoding, need } from './decoding'
import { isKerberosTag, kerberosMessage } from './krb5'
import { oldMessageToken } from './message'
import { isKerberos, mechanismText, SPNEGO } from './mechanisms'
import { negotiationToken } from './spnego'

interface Framed {
  declared: number
  contents: Uint8Array
}

/** What follows [APPLICATION 0] and its length; the contents need not be ASN.1, so that asn1js cannot read it. */
function unframe(token: Uint8Array): Framed {
  const bytes = need(token, 2, 'a framed token')
  const first = bytes[1] ?? 0
  const extra = first < 0x80 ? 0 : first & 0x7f
  if (first === 0x80 || extra > 4) throw new DecodeError('the length in the framing is malformed')
  const start = 2 + extra
  const declared = extra === 0 ? first : need(token, start, 'a framed token').readUIntBE(2, extra)
  return { declared, contents: token.subarray(start) }
}

const TOKENS: Readonly<Record<number, string>> = {
  0x0100: 'AP-REQ',
  0x0200: 'AP-REP',
  0x0300: 'KRB-ERROR',
  0x0400: 'KRB-TGT-REQ',
  0x0401: 'KRB-TGT-REP',
}
const IAKERB_PROXY = 0x0501

function kerberosToken(body: Uint8Array, decoding: Decoding): Fields {
  const id = need(body, 2, 'a Kerberos token').readUInt16BE()
  const tokId = [body[0], body[1]].map((byte) => byte?.toString(16).padStart(2, '0')).join(' ')
  if (Object.hasOwn(TOKENS, id)) {
    const { type, ...fields } = kerberosMessage(body.subarray(2), decoding.asn1)
    return { type, tokId, ...fields }
  }
  if (id === IAKERB_PROXY) return iakerb(body.subarray(2), tokId, decoding)
  const message = oldMessageToken(id, body)
  if (message === undefined) throw new DecodeError(`TOK_ID ${tokId} is not known`)
  return message
}

/** IAKERB-HEADER, and behind it the message to or from the KDC. */
function iakerb(body: Uint8Array, tokId: string, decoding: Decoding): Fields {
  const header = decoding.asn1.parse(body)
  const message = body.subarray(header.size)
  return {
    type: `IAKERB proxy token, ${body.length + 2} bytes`,
    tokId,
    targetRealm: new Sequence(header).optional(1, ({ contents }) => utf8(contents)),
    message: message.length === 0 ? 'none' : decoding.nested(message),
  }
}

/** A token that begins with 0x60. */
export function framedToken(token: Uint8Array, decoding: Decoding): Fields {
  const { declared, contents } = unframe(token)
  const identifier = decoding.asn1.parse(contents)
  const oid = oidOf(identifier)
  const body = contents.subarray(identifier.size)
  const missing = declared - contents.length
  return {
    type: `GSS-API framing (RFC 2743 §3.1), ${token.length} bytes`,
    mechanism: mechanismText(oid),
    missingBytes: missing > 0 ? missing : undefined,
    surplusBytes: missing < 0 ? -missing : undefined,
    token: bodyOf(oid, missing < 0 ? body.subarray(0, missing) : body, decoding),
  }
}

function bodyOf(oid: string, body: Uint8Array, decoding: Decoding): Fields {
  if (oid === SPNEGO) return decoding.attempt(() => negotiationToken(body, decoding))
  if (isKerberos(oid) && !isKerberosTag(body[0])) {
    return decoding.attempt(() => kerberosToken(body, decoding))
  }
  return decoding.nested(body)
}

const EXPORTED = 0x0401
const EXPORTED_COMPOSITE = 0x0402

/** An exported name is no token of a context, but looks like one: undefined where it is none. */
export function exportedName(token: Uint8Array, decoding: Decoding): Fields | undefined {
  const bytes = Buffer.from(token)
  if (bytes.length < 10) return undefined
  const id = bytes.readUInt16BE()
  const length = bytes.readUInt16BE(2)
  if (id !== EXPORTED && id !== EXPORTED_COMPOSITE) return undefined
  if (bytes[4] !== 6 || bytes.length < 8 + length) return undefined
  const identifier = decoding.asn1.parse(bytes.subarray(4, 4 + length))
  const name = bytes.subarray(8 + length, 8 + length + bytes.readUInt32BE(4 + length))
  return {
    type: `exported name (RFC 2743 §3.2), ${token.length} bytes`,
    mechanism: mechanismText(oidOf(identifier)),
    name: utf8(name),
    attributes: id === EXPORTED_COMPOSITE ? 'yes (RFC 6680)' : undefined,
  }
}
