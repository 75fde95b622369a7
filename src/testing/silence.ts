import { createSocket, type Socket as UdpSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'

const HOST = '127.0.0.1'

/**
 * A KDC's port, over UDP and TCP, that takes everything and never answers. It needs no turn of the
 * event loop for that: the system queues what arrives, so a blocked event loop changes nothing.
 */
export class Silence {
  readonly #udp: UdpSocket
  readonly #tcp: Server
  readonly #connections = new Set<Socket>()

  private constructor() {
    this.#udp = createSocket('udp4')
    this.#tcp = createServer((socket) => this.#take(socket))
  }

  /** Occupies the port. It does not keep the event loop alive. */
  static async start(port: number): Promise<Silence> {
    const silence = new Silence()
    try {
      // exclusive: otherwise a node:cluster worker would share the port with its siblings.
      silence.#udp.bind({ port, address: HOST, exclusive: true })
      await once(silence.#udp, 'listening')
      silence.#tcp.listen({ port, host: HOST, exclusive: true })
      await once(silence.#tcp, 'listening')
    } catch (error) {
      silence.#udp.close()
      throw error
    }
    silence.#udp.on('error', () => {}).unref()
    silence.#tcp.on('error', () => {}).unref()
    return silence
  }

  /** Frees the port and breaks the connections. */
  async stop(): Promise<void> {
    const closed = [once(this.#udp, 'close'), once(this.#tcp, 'close')]
    this.#udp.close()
    this.#tcp.close()
    for (const socket of this.#connections) socket.destroy()
    await Promise.all(closed)
  }

  #take(socket: Socket): void {
    this.#connections.add(socket)
    socket.unref()
    socket.on('error', () => {})
    socket.once('close', () => this.#connections.delete(socket))
    socket.resume()
  }
}
