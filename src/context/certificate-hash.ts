/** The server's certificate for tls-server-end-point: RFC 5929 §4.1, hashed as it is signed. */
import { createHash } from 'node:crypto'
import { invalidArgValue } from '../base/argument-error'
import { children, type Element, oidText, readElement } from '../encoding/der'
import { refusal } from '../base/errors'

const RSA = '1.2.840.113549.1.1'
const ECDSA = '1.2.840.10045.4'
const DSA = '1.2.840.10040.4'
const NIST = '2.16.840.1.101.3.4'

/** MD5 and SHA-1 are replaced by SHA-256 there. */
const REPLACED = 'sha256'

const SIGNATURE_HASHES: Readonly<Record<string, string>> = {
  [`${RSA}.4`]: REPLACED,
  [`${RSA}.5`]: REPLACED,
  '1.3.14.3.2.29': REPLACED,
  [`${RSA}.14`]: 'sha224',
  [`${RSA}.11`]: 'sha256',
  [`${RSA}.12`]: 'sha384',
  [`${RSA}.13`]: 'sha512',
  [`${RSA}.15`]: 'sha512-224',
  [`${RSA}.16`]: 'sha512-256',
  [`${ECDSA}.1`]: REPLACED,
  [`${ECDSA}.3.1`]: 'sha224',
  [`${ECDSA}.3.2`]: 'sha256',
  [`${ECDSA}.3.3`]: 'sha384',
  [`${ECDSA}.3.4`]: 'sha512',
  [`${DSA}.3`]: REPLACED,
  [`${NIST}.3.1`]: 'sha224',
  [`${NIST}.3.2`]: 'sha256',
  [`${NIST}.3.3`]: 'sha384',
  [`${NIST}.3.4`]: 'sha512',
  // SHA-3 with DSA, ECDSA and RSA
  ...sha3From(`${NIST}.3`, 5),
  ...sha3From(`${NIST}.3`, 9),
  ...sha3From(`${NIST}.3`, 13),
}

const HASHES: Readonly<Record<string, string>> = {
  '1.3.14.3.2.26': REPLACED,
  [`${NIST}.2.4`]: 'sha224',
  [`${NIST}.2.1`]: 'sha256',
  [`${NIST}.2.2`]: 'sha384',
  [`${NIST}.2.3`]: 'sha512',
  [`${NIST}.2.5`]: 'sha512-224',
  [`${NIST}.2.6`]: 'sha512-256',
  ...sha3From(`${NIST}.2`, 7),
}

function sha3From(arc: string, first: number): Record<string, string> {
  const sizes = [224, 256, 384, 512]
  return Object.fromEntries(sizes.map((size, i) => [`${arc}.${first + i}`, `sha3-${size}`]))
}

const PSS = `${RSA}.10`

/** An AlgorithmIdentifier: its object identifier and, where there are any, its parameters. */
function algorithm(der: Uint8Array, element: Element): { oid: string; parameters?: Element } {
  const [identifier, parameters] = children(der, element)
  const oid = identifier?.tag === 6 ? oidText(der.subarray(identifier.start, identifier.end)) : ''
  return parameters === undefined ? { oid } : { oid, parameters }
}

/** RFC 4055 §3.1: [0] is the hash, SHA-1 where it is left out. */
function pssHash(der: Uint8Array, parameters: Element | undefined): string | undefined {
  const fields = parameters === undefined ? [] : children(der, parameters)
  const hash = fields.find((field) => field.tag === 0xa0)
  if (hash === undefined) return REPLACED
  const [identifier] = children(der, hash)
  return identifier === undefined ? undefined : HASHES[algorithm(der, identifier).oid]
}

/** @throws TypeError ERR_INVALID_ARG_VALUE where it is no certificate in DER */
function signatureAlgorithm(der: Uint8Array): Element {
  const certificate = readElement(der, 0)
  const parts = certificate?.tag === 0x30 ? children(der, certificate) : []
  const second = parts[1]
  if (certificate?.end === der.length && parts.length === 3 && second?.tag === 0x30) return second
  throw invalidArgValue('from', 'must be an X.509 certificate in DER')
}

/**
 * @throws GssError ERR_GSS_UNSUPPORTED for a signature without a hash of its own (Ed25519, Ed448), for
 *   which RFC 5929 defines nothing; TypeError ERR_INVALID_ARG_VALUE where it is no certificate
 */
export function certificateHash(der: Uint8Array): Buffer {
  const { oid, parameters } = algorithm(der, signatureAlgorithm(der))
  const name = oid === PSS ? pssHash(der, parameters) : SIGNATURE_HASHES[oid]
  if (name !== undefined) return createHash(name).update(der).digest()
  throw refusal(
    'ERR_GSS_UNSUPPORTED',
    `tls-server-end-point is not defined for the certificate's signature algorithm ${oid}`,
  )
}

/** What Node may put before OpenSSL's form: from 22.23 on a mark, and the server's name. */
const MOST_BEFORE = 1024

/** OpenSSL's form of a session (i2d_SSL_SESSION): a sequence up to the end, which begins with its version. */
function sessionFields(session: Uint8Array): Element[] {
  for (let at = 0; at < Math.min(session.length, MOST_BEFORE); at++) {
    if (session[at] !== 0x30) continue
    const whole = readElement(session, at)
    if (whole?.end !== session.length) continue
    const fields = children(session, whole)
    if (fields[0]?.tag === 2) return fields
  }
  return []
}

/** A copy of the peer's certificate in a session: the field [3]. */
export function sessionCertificate(session: Uint8Array): Uint8Array | undefined {
  const peer = sessionFields(session).find((field) => field.tag === 0xa3)
  return peer && new Uint8Array(session.subarray(peer.start, peer.end))
}
