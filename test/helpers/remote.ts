/**
 * Calls between two processes of a test over TCP on the loopback address: one line of JSON for each
 * call and each answer. Under Wine a process has no pipes, so this is the one way in.
 */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { createInterface } from 'node:readline'

/** What may be called: whatever it resolves to is sent back. */
export type Methods = Record<string, (...args: never[]) => unknown>

interface Call {
  id: number
  method: string
  args: unknown[]
}

type ErrorRecord = Record<string, unknown> & { message: string }

interface Answer {
  id: number
  result?: unknown
  error?: ErrorRecord
}

const BYTES = '$bytes'
const INFINITY = '$infinity'

/** JSON has no undefined: an argument that was left out is left out. */
export function given(args: readonly unknown[]): unknown[] {
  let last = args.length - 1
  while (last >= 0 && args[last] === undefined) last--
  return args.slice(0, last + 1)
}

/** JSON for plain data, bytes, and the number that JSON has not. */
function encode(value: unknown): string {
  const line = JSON.stringify(value, function (this: Record<string, unknown>, key, item) {
    const raw = this[key]
    if (raw instanceof Uint8Array) return { [BYTES]: Buffer.from(raw).toString('base64') }
    return item === Infinity ? { [INFINITY]: true } : (item as unknown)
  })
  return `${line}\n`
}

function decode(line: string): unknown {
  return JSON.parse(line, (_key, value: unknown) => {
    if (typeof value !== 'object' || value === null) return value
    if (INFINITY in value) return Infinity
    if (BYTES in value) return Buffer.from(value[BYTES] as string, 'base64')
    return value
  })
}

/** What of an error its own properties say, so that a test can look at it on the other side. */
function describe(error: unknown): ErrorRecord {
  if (!(error instanceof Error)) return { message: String(error) }
  const { name, message, stack } = error
  return { ...(error as unknown as Record<string, unknown>), name, message, stack }
}

/** An error that was thrown on the other side, with the properties it had there. */
export class RemoteError extends Error {
  constructor(remote: ErrorRecord) {
    super(remote.message)
    Object.assign(this, remote)
  }
}

async function answer({ id, method, args }: Call, methods: Methods): Promise<Answer> {
  try {
    const body = methods[method]
    if (!body) throw new Error(`There is no ${method}`)
    return { id, result: await body(...(args as never[])) }
  } catch (error) {
    return { id, error: describe(error) }
  }
}

/** Answers the calls that come over `socket`, each as it comes, until the other side ends. */
export function serve(socket: Socket, methods: Methods): void {
  socket.setNoDelay(true)
  socket.on('error', () => {}) // the other side is gone: nobody waits for an answer
  createInterface({ input: socket }).on('line', (line) => {
    void answer(decode(line) as Call, methods).then((reply) => socket.write(encode(reply)))
  })
}

/** The calling side. */
export class Remote {
  readonly #socket: Socket
  readonly #waiting = new Map<number, (answer: Answer) => void>()
  #last = 0
  #gone = false
  #idle = false

  constructor(socket: Socket) {
    this.#socket = socket
    socket.setNoDelay(true)
    socket.on('error', () => {}) // 'close' comes after it
    socket.on('close', () => this.#closed())
    createInterface({ input: socket }).on('line', (line) => {
      const reply = decode(line) as Answer
      this.#waiting.get(reply.id)?.(reply)
      this.#waiting.delete(reply.id)
    })
  }

  static async connect(port: number): Promise<Remote> {
    const socket = connect(port, '127.0.0.1')
    await once(socket, 'connect')
    return new Remote(socket)
  }

  /** Calls a method of the other side; rejects with {@link RemoteError} where that failed. */
  async call<T = unknown>(method: string, ...args: unknown[]): Promise<T> {
    if (this.#gone) throw new Error('The other process has ended')
    const id = ++this.#last
    this.#socket.ref()
    this.#socket.write(encode({ id, method, args: given(args) }))
    const { result, error } = await new Promise<Answer>((resolve) => {
      this.#waiting.set(id, resolve)
    })
    if (this.#idle && this.#waiting.size === 0) this.#socket.unref()
    if (error) throw new RemoteError(error)
    return result as T
  }

  close(): void {
    this.#socket.destroy()
  }

  /** The connection keeps the process alive only while an answer is awaited. */
  unref(): void {
    this.#idle = true
    this.#socket.unref()
  }

  #closed(): void {
    this.#gone = true
    const error = { message: 'The other process ended before it answered' }
    for (const [id, resolve] of this.#waiting) resolve({ id, error })
    this.#waiting.clear()
  }
}

/** Listens on the loopback address; resolves to the port. */
export async function listen(server: Server): Promise<number> {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return (server.address() as AddressInfo).port
}

/** A server that answers every connection's calls with `methods`, made for each. */
export function methodServer(methodsFor: () => Methods): Server {
  return createServer((socket) => serve(socket, methodsFor()))
}
