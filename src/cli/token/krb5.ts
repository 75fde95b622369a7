/** Kerberos' own messages, RFC 4120: the parts that are not encrypted. Of the others the length. */
import { type Asn1, DecodeError, type Element } from '../asn1'
import {
  bitFlags,
  generalString,
  inner,
  integer,
  octets,
  Sequence,
  sequenceOf,
  time,
} from '../fields'
import { ENCTYPES, KRB_ERRORS, NAME_TYPES, PADATA_TYPES } from '../kerberos-names'
import { bitNames, type Fields, named, type Names } from '../values'
import { AP_OPTIONS, KDC_OPTIONS } from './krb5-flags'

const number = (names: Names) => (element: Element) => named(names, integer(element))
const flags = (names: Names) => (element: Element) => bitNames(names, bitFlags(element))

/** 'HTTP/host', as names are written; a '/' or '@' within a component with a backslash. */
function nameOf(element: Element): Fields {
  const fields = new Sequence(element)
  const components = fields.get(1, 'name-string', sequenceOf(generalString))
  return {
    name: components.map((each) => each.replaceAll(/[\\/@]/g, String.raw`\$&`)).join('/'),
    nameType: fields.get(0, 'name-type', number(NAME_TYPES)),
  }
}

function encrypted(element: Element): Fields {
  const fields = new Sequence(element)
  return {
    etype: fields.get(0, 'etype', number(ENCTYPES)),
    kvno: fields.optional(1, integer),
    cipherBytes: fields.get(2, 'cipher', octets).length,
  }
}

function ticket(element: Element): Fields {
  const fields = new Sequence(applicationOf(element, 1))
  return {
    realm: fields.get(1, 'realm', generalString),
    sname: fields.get(2, 'sname', nameOf),
    encPart: fields.get(3, 'enc-part', encrypted),
  }
}

function applicationOf(element: Element, tag: number): Element {
  if (element.class === 'application' && element.tag === tag) return inner(element)
  throw new DecodeError(`[APPLICATION ${tag}] is expected`)
}

const apReq = (fields: Sequence): Fields => ({
  pvno: fields.get(0, 'pvno', integer),
  apOptions: fields.get(2, 'ap-options', flags(AP_OPTIONS)),
  ticket: fields.get(3, 'ticket', ticket),
  authenticator: fields.get(4, 'authenticator', encrypted),
})

const encryptedAt =
  (tag: number) =>
  (fields: Sequence): Fields => ({
    pvno: fields.get(0, 'pvno', integer),
    encPart: fields.get(tag, 'enc-part', encrypted),
  })

const etypeEntry = (element: Element): Fields => {
  const fields = new Sequence(element)
  return {
    etype: fields.get(0, 'etype', number(ENCTYPES)),
    saltBytes: fields.optional(1, ({ contents }) => contents.length),
  }
}

const ETYPE_INFO2 = 19

/** What a KDC wants before it gives a ticket, and with which keys. */
function padata(asn1: Asn1): (element: Element) => Fields {
  return (element) => {
    const fields = new Sequence(element)
    const type = fields.get(1, 'padata-type', integer)
    const value = fields.get(2, 'padata-value', octets)
    const entries =
      type === ETYPE_INFO2 && value.length > 0
        ? sequenceOf(etypeEntry)(asn1.parse(value))
        : undefined
    return { padataType: named(PADATA_TYPES, type), valueBytes: value.length, entries }
  }
}

const PREAUTH_ERRORS = new Set([24, 25, 91])
/** MS-KILE §2.2.1: KERB-ERROR-DATA with a Windows status. */
const KERB_ERR_TYPE_EXTENDED = 3

function windowsStatus(element: Element): string | undefined {
  const fields = new Sequence(element)
  if (fields.get(1, 'data-type', integer) !== KERB_ERR_TYPE_EXTENDED) return undefined
  const value = fields.optional(2, octets)
  if (value === undefined || value.length < 4) return undefined
  return `0x${Buffer.from(value).readUInt32LE().toString(16).padStart(8, '0')}`
}

/** e-data is of many kinds, and some have no type: what is not understood is told by its length. */
function errorData(asn1: Asn1, code: number, data: Uint8Array): Fields {
  try {
    const element = asn1.parse(data)
    if (PREAUTH_ERRORS.has(code)) {
      return { bytes: data.length, padata: sequenceOf(padata(asn1))(element) }
    }
    return { bytes: data.length, windowsStatus: windowsStatus(element) }
  } catch (error) {
    if (error instanceof DecodeError) return { bytes: data.length }
    throw error
  }
}

const krbError =
  (asn1: Asn1) =>
  (fields: Sequence): Fields => {
    const code = fields.get(6, 'error-code', integer)
    return {
      pvno: fields.get(0, 'pvno', integer),
      errorCode: named(KRB_ERRORS, code),
      eText: fields.optional(11, generalString),
      ctime: fields.optional(2, time),
      cusec: fields.optional(3, integer),
      stime: fields.get(4, 'stime', time),
      susec: fields.get(5, 'susec', integer),
      crealm: fields.optional(7, generalString),
      cname: fields.optional(8, nameOf),
      realm: fields.get(9, 'realm', generalString),
      sname: fields.get(10, 'sname', nameOf),
      eData: fields.optional(12, (element) => errorData(asn1, code, octets(element))),
    }
  }

function requestBody(element: Element): Fields {
  const fields = new Sequence(element)
  return {
    kdcOptions: fields.get(0, 'kdc-options', flags(KDC_OPTIONS)),
    cname: fields.optional(1, nameOf),
    realm: fields.get(2, 'realm', generalString),
    sname: fields.optional(3, nameOf),
    till: fields.get(5, 'till', time),
    etypes: fields.get(8, 'etype', sequenceOf(number(ENCTYPES))),
  }
}

const kdcReq =
  (asn1: Asn1) =>
  (fields: Sequence): Fields => ({
    pvno: fields.get(1, 'pvno', integer),
    padata: fields.optional(3, sequenceOf(padata(asn1))),
    reqBody: fields.get(4, 'req-body', requestBody),
  })

const kdcRep =
  (asn1: Asn1) =>
  (fields: Sequence): Fields => ({
    pvno: fields.get(0, 'pvno', integer),
    padata: fields.optional(2, sequenceOf(padata(asn1))),
    crealm: fields.get(3, 'crealm', generalString),
    cname: fields.get(4, 'cname', nameOf),
    ticket: fields.get(5, 'ticket', ticket),
    encPart: fields.get(6, 'enc-part', encrypted),
  })

type Reader = (fields: Sequence) => Fields
const MESSAGES: Readonly<Record<number, [name: string, reader: (asn1: Asn1) => Reader]>> = {
  10: ['AS-REQ', kdcReq],
  11: ['AS-REP', kdcRep],
  12: ['TGS-REQ', kdcReq],
  13: ['TGS-REP', kdcRep],
  14: ['AP-REQ', () => apReq],
  15: ['AP-REP', () => encryptedAt(2)],
  16: ['KRB-TGT-REQ', () => (fields) => ({ pvno: fields.get(0, 'pvno', integer) })],
  17: ['KRB-TGT-REP', () => (fields) => ({ ticket: fields.get(2, 'ticket', ticket) })],
  21: ['KRB-PRIV', () => encryptedAt(3)],
  30: ['KRB-ERROR', krbError],
}

/** Whether a first byte is that of one of these messages: [APPLICATION n], constructed. */
export function isKerberosTag(byte: number | undefined): boolean {
  return byte !== undefined && byte >> 5 === 3 && Object.hasOwn(MESSAGES, byte & 0x1f)
}

/** A bare Kerberos message. */
export function kerberosMessage(bytes: Uint8Array, asn1: Asn1): Fields {
  const element = asn1.parse(bytes)
  const message = MESSAGES[element.tag]
  if (message === undefined) throw new DecodeError(`[APPLICATION ${element.tag}] is no message`)
  const [name, reader] = message
  const fields = reader(asn1)(new Sequence(applicationOf(element, element.tag)))
  const surplus = bytes.length - element.size
  return {
    type: `${name}, ${element.size} bytes`,
    ...fields,
    surplusBytes: surplus > 0 ? surplus : undefined,
  }
}
