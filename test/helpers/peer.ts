/** A process that holds contexts and does what the test says: under Wine, or on this machine itself. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { join, relative } from 'node:path'
import { listen, Remote } from './remote'

/** How a Windows program is started here: `scripts/test-wine.mjs` tells. */
interface Launch {
  command: string[]
  env: Record<string, string>
}

// Relative, because a path of this system may be none of the other's.
const PROGRAM = relative(process.cwd(), join(__dirname, '..', 'wine', 'programs', 'peer.js'))
const START_MS = 60_000

export const wineLaunch = (): Launch => JSON.parse(process.env['GSSAPI_TEST_WINE']!) as Launch

/** Whatever a process says of one of its contexts. */
export interface Facts {
  complete: boolean
  mechanism: string | null
  flags: Record<string, boolean>
  initiator: string | null
}

export class Peer {
  private constructor(
    readonly process: ChildProcess,
    readonly remote: Remote,
  ) {}

  /** On Windows where `windows` is set; `env` is added to this process' own. */
  static async start(windows: boolean, env: NodeJS.ProcessEnv): Promise<Peer> {
    const launch = windows ? wineLaunch() : { command: [process.execPath], env: {} }
    const server = createServer()
    const port = await listen(server)
    const [program, ...args] = launch.command
    const child = spawn(program!, [...args, PROGRAM, String(port)], {
      env: { ...process.env, ...env, ...launch.env },
      stdio: 'ignore',
    })
    const limit = AbortSignal.timeout(START_MS)
    const [socket] = (await once(server, 'connection', { signal: limit })) as [Socket]
    server.close()
    return new Peer(child, new Remote(socket))
  }

  call<T>(method: string, ...args: unknown[]): Promise<T> {
    return this.remote.call<T>(method, ...args)
  }

  /** The process ends by itself when its connection does. */
  async end(): Promise<void> {
    const gone = once(this.process, 'exit')
    this.remote.close()
    await gone
  }
}

/** One of the two contexts of a conversation. */
export class Side {
  constructor(
    readonly peer: Peer,
    readonly id: number,
  ) {}

  step = (token: Buffer | null) =>
    this.peer.call<Buffer | null>('step', this.id, token ?? undefined)
  facts = () => this.peer.call<Facts>('facts', this.id)
  delegated = () => this.peer.call<string | null>('delegated', this.id)
  wrap = (message: Buffer, confidential: boolean) =>
    this.peer.call<Buffer>('wrap', this.id, message, confidential)
  unwrap = (token: Buffer) =>
    this.peer.call<{ message: Buffer; confidential: boolean }>('unwrap', this.id, token)
  getMic = (message: Buffer) => this.peer.call<Buffer>('getMic', this.id, message)
  verifyMic = (message: Buffer, mic: Buffer) => this.peer.call('verifyMic', this.id, message, mic)
}

/** A conversation between two processes, established. */
export async function converse(
  from: Peer,
  to: Peer,
  options: object,
): Promise<{ initiator: Side; acceptor: Side }> {
  const initiator = new Side(from, await from.call<number>('initiator', options))
  const acceptor = new Side(to, await to.call<number>('acceptor'))
  let token = await initiator.step(null)
  while (token !== null) {
    const reply = await acceptor.step(token)
    token = reply === null ? null : await initiator.step(reply)
  }
  return { initiator, acceptor }
}
