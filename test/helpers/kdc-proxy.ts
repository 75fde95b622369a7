/** A proxy that carries Kerberos over HTTPS (MS-KKDCP), with the real KDC behind it. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:https'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { readFileSync } from 'node:fs'
import type * as Asn1js from 'asn1js' with { 'resolution-mode': 'import' }
import type { Identity } from './pki'

const PATH = '/KdcProxy'

/** What one request looked like. */
export interface Asked {
  contentType: string | undefined
  agent: string | undefined
  /** Where the client wants it to go (MS-KKDCP 2.2.2, target-domain). */
  realm: string | undefined
}

/** The elements of a KDC-PROXY-MESSAGE by their tags. */
function elements(asn1: typeof Asn1js, message: Buffer): Map<number, Buffer> {
  const { result, offset } = asn1.fromBER(message)
  if (offset !== message.length || !(result instanceof asn1.Sequence)) {
    throw new Error('no KDC-PROXY-MESSAGE')
  }
  return new Map(
    result.valueBlock.value.map((each) => {
      const inner = each instanceof asn1.Constructed ? each.valueBlock.value[0] : undefined
      if (inner === undefined) throw new Error('no element of a KDC-PROXY-MESSAGE')
      return [each.idBlock.tagNumber, Buffer.from(inner.valueBlock.toBER())]
    }),
  )
}

function proxyMessage(asn1: typeof Asn1js, framed: Buffer): Buffer {
  const octets = new asn1.OctetString({ valueHex: new Uint8Array(framed).buffer })
  const idBlock = { tagClass: 3, tagNumber: 0 } // [0]
  const element = new asn1.Constructed({ idBlock, value: [octets] })
  return Buffer.from(new asn1.Sequence({ value: [element] }).toBER())
}

/** A request and its answer, each behind its length, as over TCP (RFC 4120 §7.2.2). */
async function askKdc(port: number, framed: Buffer): Promise<Buffer> {
  const socket = connect(port, '127.0.0.1')
  try {
    socket.write(framed)
    let answer = Buffer.alloc(0)
    for await (const chunk of socket) {
      answer = Buffer.concat([answer, chunk as Buffer])
      if (answer.length >= 4 && answer.length === 4 + answer.readUInt32BE(0)) return answer
    }
    throw new Error('the KDC ended the connection')
  } finally {
    socket.destroy()
  }
}

export class KdcProxy {
  /** What has been asked so far. */
  readonly asked: Asked[] = []
  /** Makes it answer with this status, and no body. */
  failWith: number | undefined
  readonly #server: Server

  private constructor(
    identity: Identity,
    readonly kdcPort: number,
    readonly asn1: typeof Asn1js,
  ) {
    const { certificate, key } = identity
    const tls = { cert: readFileSync(certificate), key: readFileSync(key) }
    this.#server = createServer(tls, (request, response) => {
      this.#serve(request, response).catch(() => response.writeHead(500).end())
    })
  }

  static async start(identity: Identity, kdcPort: number): Promise<KdcProxy> {
    const proxy = new KdcProxy(identity, kdcPort, await import('asn1js'))
    proxy.#server.listen(0, '127.0.0.1')
    await once(proxy.#server, 'listening')
    return proxy
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  url(host: string): string {
    return `https://${host}:${this.port}${PATH}`
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const asked = elements(this.asn1, Buffer.concat(chunks))
    this.asked.push({
      contentType: request.headers['content-type'],
      agent: request.headers['user-agent'],
      realm: asked.get(1)?.toString(),
    })
    const found = request.method === 'POST' && request.url === PATH
    const status = this.failWith ?? (found ? 200 : 404)
    if (status !== 200) {
      response.writeHead(status).end()
      return
    }
    const body = proxyMessage(this.asn1, await askKdc(this.kdcPort, asked.get(0)!))
    response.writeHead(200, { 'content-type': 'application/kerberos' }).end(body)
  }
}
