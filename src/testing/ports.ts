import { randomInt } from 'node:crypto'
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { Silence } from './silence'

/**
 * Random ports lie below those that systems give to outgoing connections (Linux from 32768, others
 * from 49152). So nobody takes the port while the KDC is stopped, and a client that connects to it
 * then cannot be given that very port and find itself connected to itself.
 */
const FIRST = 10_240
const COUNT = 11_264
const ATTEMPTS = 50

/** A port that no other realm of this package takes until it is released. */
export interface Reservation {
  port: number
  release(): void
}

function isTaken(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'EADDRINUSE'
}

/** Whether nobody listens on the port, over UDP and TCP. */
export async function isFree(port: number): Promise<boolean> {
  try {
    await (await Silence.start(port)).stop()
    return true
  } catch (error) {
    if (isTaken(error)) return false
    throw error
  }
}

/** Binds a UDP port that has no other purpose; it does not keep the event loop alive. */
async function lock(port: number): Promise<Socket | null> {
  const socket = createSocket('udp4')
  try {
    socket.bind({ port, address: '127.0.0.1', exclusive: true })
    await once(socket, 'listening')
    return socket.unref()
  } catch (error) {
    socket.close()
    if (isTaken(error)) return null
    throw error
  }
}

/**
 * Finds a free port and reserves it among all processes of this machine.
 *
 * Quirk(mit): krb5kdc (1.20.1, setreuseaddr in lib/apputils/net-server.c) sets SO_REUSEPORT, so that
 * two KDCs of one user start on the same port without a word and each gets half of the requests.
 * Hence the look before each start, with sockets that share nothing, and a second port beside each
 * KDC's as a lock, for two realms that look at the same moment. A lock file would outlive a SIGKILL.
 */
export async function reservePort(): Promise<Reservation | null> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const port = randomInt(FIRST, FIRST + COUNT)
    const held = await lock(port + COUNT)
    if (held && (await isFree(port))) return { port, release: () => held.close() }
    held?.close()
  }
  return null
}
