/** Whoever answers in the KDC's place: every request gets the same KRB-ERROR (RFC 4120 §5.9.1), over UDP. */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import type { Realm } from 'gssapi/testing'

export function der(tag: number, ...parts: Uint8Array[]): Buffer {
  const contents = Buffer.concat(parts)
  const length = contents.length
  const size = length < 0x80 ? [length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...size]), contents])
}

const text = (value: string) => der(0x1b, Buffer.from(value))
const number = (value: number) => der(2, Buffer.from([value]))

export interface KrbError {
  code: number
  /** e-text: for people, from whoever wrote it. */
  eText: string
  sname?: string[]
}

export function krbError({ code, eText, sname = ['krbtgt', 'EXAMPLE.TEST'] }: KrbError): Buffer {
  const now = new Date().toISOString().replace(/[-:T]/g, '').slice(0, 14)
  const name = [der(0xa0, number(2)), der(0xa1, der(0x30, ...sname.map(text)))]
  return der(
    0x7e,
    der(
      0x30,
      ...[
        der(0xa0, number(5)),
        der(0xa1, number(30)),
        der(0xa4, der(0x18, Buffer.from(`${now}Z`))),
      ],
      ...[der(0xa5, number(0)), der(0xa6, number(code)), der(0xa9, text('EXAMPLE.TEST'))],
      ...[der(0xaa, der(0x30, ...name)), der(0xab, text(eText))],
    ),
  )
}

/** RFC 4121 §4.1: the same as a context token, from a peer. */
export function krbErrorToken(error: KrbError): Buffer {
  const oid = Buffer.from('06092a864886f712010202', 'hex')
  return der(0x60, oid, Buffer.from([3, 0]), krbError(error))
}

/** Runs `body` with a realm's krb5.conf pointing at somebody who answers everything so. */
export async function withFakeKdc<T>(
  realm: Realm,
  answer: Uint8Array,
  body: () => Promise<T>,
): Promise<T> {
  const socket = createSocket('udp4', (_request, { port, address }) => {
    socket.send(answer, port, address)
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const configuration = readFileSync(realm.krb5Conf, 'utf8')
  const at = `127.0.0.1:${socket.address().port}`
  writeFileSync(realm.krb5Conf, configuration.replaceAll(`127.0.0.1:${realm.kdcPort}`, at))
  try {
    return await body()
  } finally {
    writeFileSync(realm.krb5Conf, configuration)
    socket.close()
  }
}
