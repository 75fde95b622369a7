/** A question that every KDC answers without knowing who asks: a ticket for somebody who does not exist. */
import { randomBytes, randomInt } from 'node:crypto'
import type { Asn1 } from '../asn1'

const HOUR = 3_600_000
const ETYPES = [18, 17, 20, 19]
const CONTEXT = 3
const APPLICATION = 2
const AS_REQ = 10

/** An AS-REQ, RFC 4120 §5.4.1. The answer is a KRB-ERROR with the KDC's time. */
export function askForNobody({ library }: Asn1, realm: string): Uint8Array {
  const { BitString, Constructed, GeneralizedTime, GeneralString, Integer, Sequence } = library
  type Part = InstanceType<typeof Sequence> | InstanceType<typeof Integer>
  const tagged = (tagClass: number, tagNumber: number, value: unknown) =>
    new Constructed({ idBlock: { tagClass, tagNumber }, value: [value as Part] })
  const field = (tag: number, value: unknown) => tagged(CONTEXT, tag, value)
  const list = (value: unknown[]) => new Sequence({ value: value as Part[] })
  const text = (value: string) => new GeneralString({ value })
  const integer = (value: number) => new Integer({ value })
  const principal = (type: number, ...names: string[]) =>
    list([field(0, integer(type)), field(1, list(names.map(text)))])

  const till = new Date(Math.floor((Date.now() + HOUR) / 1000) * 1000)
  const body = list([
    field(0, new BitString({ valueHex: new ArrayBuffer(4) })),
    field(1, principal(1, `gssapi-doctor-${randomBytes(6).toString('hex')}`)),
    field(2, text(realm)),
    field(3, principal(2, 'krbtgt', realm)),
    field(5, new GeneralizedTime({ valueDate: till })),
    field(7, integer(randomInt(2 ** 31 - 1))),
    field(8, list(ETYPES.map(integer))),
  ])
  const request = list([field(1, integer(5)), field(2, integer(AS_REQ)), field(4, body)])
  return new Uint8Array(tagged(APPLICATION, AS_REQ, request).toBER())
}
