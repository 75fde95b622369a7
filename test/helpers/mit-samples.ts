// Long because: both halves of one protocol, which are read beside each other.
/**
 * The sample programs of MIT Kerberos, and the protocol between them spoken with this package: a
 * byte of flags, a 32-bit length, the data. A program that is not installed is an error, never a
 * skipped test.
 */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { Acceptor, type AcceptorOptions, Credential, type Flags, Initiator } from 'gssapi'
import type { InitiatorOptions, Mechanism, SecurityContext } from 'gssapi'

export const NOOP = 0x01
export const CONTEXT = 0x02
export const DATA = 0x04
export const MIC = 0x08
export const CONTEXT_NEXT = 0x10
export const WRAPPED = 0x20
export const ENCRYPTED = 0x40
export const SEND_MIC = 0x80

interface Packet {
  flags: number
  data: Buffer
}

// ---------------------------------------------------------------- the wire

const HEADER = 5
const SEALED = 0x02

async function* packets(socket: Socket): AsyncGenerator<Packet, void> {
  let pending = Buffer.alloc(0)
  for await (const chunk of socket) {
    pending = Buffer.concat([pending, chunk as Buffer])
    for (let end; (end = endOf(pending)) <= pending.length; pending = pending.subarray(end)) {
      yield { flags: pending.readUInt8(0), data: pending.subarray(HEADER, end) }
    }
  }
}

/** Where the first packet ends. The old protocol (-v1) has no flags: it begins with a length, so with 0. */
function endOf(pending: Buffer): number {
  if (pending[0] === 0) throw new Error('The peer speaks the old protocol')
  return pending.length < HEADER ? Infinity : HEADER + pending.readUInt32BE(1)
}

/** One connection: packets in order, either way. */
class Wire {
  readonly #incoming: AsyncGenerator<Packet, void>

  constructor(readonly socket: Socket) {
    socket.on('error', () => {}) // whoever reads or writes gets it as well
    this.#incoming = packets(socket)
  }

  send(flags: number, data: Uint8Array = Buffer.alloc(0)): void {
    const header = Buffer.of(flags, 0, 0, 0, 0)
    header.writeUInt32BE(data.length, 1)
    this.socket.write(Buffer.concat([header, data]))
  }

  /** The next packet, which must carry `expected`. */
  async receive(expected = 0): Promise<Packet> {
    const { value, done } = await this.#incoming.next()
    if (done === true) throw new Error('The peer ended the connection')
    if ((value.flags & expected) === expected) return value
    throw new Error(`Flags 0x${value.flags.toString(16)}, expected 0x${expected.toString(16)}`)
  }
}

async function establish(wire: Wire, context: SecurityContext): Promise<void> {
  while (!context.complete) {
    const token = await context.step((await wire.receive(CONTEXT)).data)
    if (token) wire.send(CONTEXT, token)
  }
}

const HERE = '127.0.0.1'

async function listen(server: Server, port = 0, host = HERE): Promise<number> {
  await once(server.listen(port, host), 'listening')
  return (server.address() as AddressInfo).port
}

// ---------------------------------------------------------------- our service, for gss-client

interface Received {
  text: string
  wrapped: boolean
  confidential: boolean
  signed: boolean
}

/** What our service saw of one client. */
export interface Session {
  /** Null for a client that did not authenticate. */
  initiator: string | null
  mechanism: Mechanism | null
  flags: Flags | null
  /** The name of the credential that the client delegated. */
  delegated: string | null
  messages: Received[]
  error?: unknown
}

/** What gss-server does, with an {@link Acceptor}. */
export class SampleService {
  readonly sessions: Session[] = []
  readonly #server: Server
  readonly #ended: Promise<void>[] = []
  port = 0

  private constructor(options: AcceptorOptions) {
    this.#server = createServer((socket) => {
      this.#ended.push(this.#serve(new Wire(socket), options))
    })
  }

  static async listen(
    options: AcceptorOptions,
    port?: number,
    host?: string,
  ): Promise<SampleService> {
    const service = new SampleService(options)
    service.port = await listen(service.#server, port, host)
    return service
  }

  /** All clients have left, and no other can come. */
  async close(): Promise<void> {
    this.#server.close()
    await Promise.all(this.#ended)
  }

  async #serve(wire: Wire, options: AcceptorOptions): Promise<void> {
    const context = new Acceptor(options)
    const session: Session = {
      ...{ initiator: null, mechanism: null, flags: null, delegated: null },
      messages: [],
    }
    this.sessions.push(session)
    try {
      await serve(wire, context, session)
    } catch (error) {
      session.error = error
    } finally {
      context.dispose()
      wire.socket.destroySoon()
    }
  }
}

async function serve(wire: Wire, context: Acceptor, session: Session): Promise<void> {
  const first = await wire.receive(NOOP)
  if ((first.flags & CONTEXT_NEXT) !== 0) await authenticate(wire, context, session)
  for (;;) {
    const packet = await wire.receive()
    if ((packet.flags & NOOP) !== 0) return
    answer(wire, context, packet, session)
  }
}

async function authenticate(wire: Wire, context: Acceptor, session: Session): Promise<void> {
  await establish(wire, context)
  const { mechanism, flags, initiatorName, delegatedCredential } = context
  const delegated = await delegatedCredential?.inquire()
  delegatedCredential?.dispose()
  Object.assign(session, { mechanism, flags, initiator: String(initiatorName) })
  session.delegated = delegated?.name?.toString() ?? null
}

function answer(wire: Wire, context: Acceptor, { flags, data }: Packet, session: Session): void {
  const wrapped = (flags & WRAPPED) !== 0
  const signed = (flags & SEND_MIC) !== 0
  const { message, confidential } = wrapped
    ? context.unwrap(data)
    : { message: data, confidential: false }
  session.messages.push({ text: message.toString('latin1'), wrapped, confidential, signed })
  if (signed) wire.send(MIC, context.getMic(message))
  else wire.send(NOOP)
}

/** The credential that our service answers with. */
export function serviceCredential(name: string, mechanism?: Mechanism): Promise<Credential> {
  const mechanisms = mechanism === undefined ? {} : { mechanisms: [mechanism] }
  return Credential.acquire({ name, usage: 'accept', ...mechanisms })
}

// ---------------------------------------------------------------- our client, for gss-server

/** How a message goes out. */
export interface Sealing {
  wrapped: boolean
  confidential: boolean
  signed: boolean
}

/** What gss-client does, with an {@link Initiator}. */
export class SampleClient {
  private constructor(
    readonly context: Initiator,
    readonly wire: Wire,
  ) {}

  static async connect(
    port: number,
    options: InitiatorOptions,
    host = HERE,
  ): Promise<SampleClient> {
    const socket = connect(port, host)
    await once(socket, 'connect')
    const client = new SampleClient(new Initiator(options), new Wire(socket))
    try {
      await client.#authenticate()
      return client
    } catch (error) {
      client.dispose()
      throw error
    }
  }

  async #authenticate(): Promise<void> {
    this.wire.send(NOOP | CONTEXT_NEXT)
    const token = await this.context.step()
    if (token) this.wire.send(CONTEXT, token)
    await establish(this.wire, this.context)
  }

  /** Sends one message; where it is to be signed, verifies that the server signed what we sent. */
  async exchange(message: Buffer, how: Sealing): Promise<void> {
    const { wrapped, confidential, signed } = how
    const data = wrapped ? this.context.wrap(message, { confidential }) : message
    // gss-server takes what is not encrypted without a word: RFC 4121 §4.2.2 says it in the token.
    if (wrapped) assert.equal((data.readUInt8(2) & SEALED) !== 0, confidential)
    const flag = (condition: boolean, bit: number) => (condition ? bit : 0)
    const encrypted = flag(wrapped && confidential, ENCRYPTED)
    this.wire.send(DATA | flag(wrapped, WRAPPED) | encrypted | flag(signed, SEND_MIC), data)
    const reply = await this.wire.receive(signed ? MIC : NOOP)
    if (signed) this.context.verifyMic(message, reply.data)
  }

  /** Says goodbye, so that the server ends by itself. */
  end(): void {
    this.wire.send(NOOP)
    this.dispose()
  }

  dispose(): void {
    this.context.dispose()
    this.wire.socket.destroySoon()
  }
}

// ---------------------------------------------------------------- MIT's programs

const PATIENCE_MS = 10_000

/** Starts one of MIT's programs, and ends it where it takes too long. */
function start(...[command, args, options]: Parameters<typeof spawn>): ChildProcess {
  return spawn(command, args, { ...options, timeout: PATIENCE_MS, killSignal: 'SIGKILL' })
}

/** The exit code of a program; rejects where it is not installed, or was killed. */
async function ended(child: ChildProcess): Promise<number> {
  try {
    const [code, signal] = (await once(child, 'close')) as [number | null, string | null]
    if (code !== null) return code
    throw new Error(`${child.spawnfile} was ended by ${String(signal)}`)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    throw new Error(`${child.spawnfile} is not installed (Debian: krb5-gss-samples)`, {
      cause: error,
    })
  }
}

/** Runs gss-client against a port, of this machine unless told otherwise; its exit code and what it said. */
export async function gssClient(
  port: number,
  args: string[],
  service: string,
  message: string,
  host = HERE,
) {
  const line = ['-port', String(port), ...args, host, service, message]
  const child = start('gss-client', line, { stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (output += text))
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (output += text))
  return { code: await ended(child), output }
}

/**
 * MIT's gss-server, as inetd runs it: one process per connection, which takes the connection as its
 * standard input. By itself it would listen on all addresses of this machine.
 */
export class GssServer {
  readonly #server: Server
  readonly #ended: Promise<number>[] = []
  readonly #log: string
  port = 0

  private constructor(log: string, args: string[]) {
    this.#log = log
    this.#server = createServer({ pauseOnConnect: true }, (socket) => {
      const end = ended(start('gss-server', args, { stdio: [socket, 'ignore', 'ignore'] }))
      end.catch(() => {}) // reported by close()
      this.#ended.push(end)
      socket.destroy() // ours only: gss-server has its own
    })
  }

  /** `log` is the path of a file that does not exist yet; gss-server 1.20 dies without one. */
  static async listen(service: string, log: string, args: string[] = []): Promise<GssServer> {
    const server = new GssServer(log, ['-inetd', '-verbose', '-logfile', log, ...args, service])
    server.port = await listen(server.#server)
    return server
  }

  /** Waits until the clients' processes have ended; resolves to what they wrote into the log. */
  async close(): Promise<string> {
    this.#server.close()
    await Promise.all(this.#ended)
    return existsSync(this.#log) ? readFileSync(this.#log, 'latin1') : '' // nobody came
  }
}
