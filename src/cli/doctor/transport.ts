/** A request to a KDC and its answer, over UDP and over TCP (RFC 4120 §7.2). */
import { createSocket } from 'node:dgram'
import { connect, isIPv6 } from 'node:net'

export interface Place {
  host: string
  port: number
}

const MAX_ANSWER = 65_536

/** 'host', 'host:88', '[::1]:88', 'tcp/host:88'; null for what is no place (a proxy's URL). */
export function placeOf(text: string): Place | null {
  if (/^https?:/i.test(text)) return null
  const bare = text.trim().replace(/^(?:tcp|udp)\//i, '')
  const [, six, four = '', port = '88'] = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(bare) ?? []
  const host = six ?? four
  return host === '' ? null : { host, port: Number(port) }
}

export function overUdp({ port }: Place, address: string, request: Uint8Array): Promise<Buffer> {
  const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4')
  return new Promise<Buffer>((resolve, reject) => {
    socket.once('error', reject)
    socket.once('message', resolve)
    // Connected, so that a port where nobody listens is told at once.
    socket.connect(port, address, () => socket.send(request))
  }).finally(() => socket.close())
}

export function overTcp({ port }: Place, address: string, request: Uint8Array): Promise<Buffer> {
  const socket = connect(port, address)
  return new Promise<Buffer>((resolve, reject) => {
    let answer = Buffer.alloc(0)
    const size = Buffer.alloc(4)
    size.writeUInt32BE(request.length)
    socket.on('error', reject)
    socket.on('close', () => reject(new Error('the connection was closed without an answer')))
    socket.on('data', (chunk) => {
      answer = Buffer.concat([answer, chunk])
      if (answer.length < 4) return
      const length = answer.readUInt32BE()
      if (length > MAX_ANSWER) reject(new Error('the answer is not of a KDC'))
      if (answer.length >= 4 + length) resolve(answer.subarray(4, 4 + length))
    })
    socket.write(Buffer.concat([size, request]))
  }).finally(() => socket.destroy())
}
