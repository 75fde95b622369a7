/** A real server, started for one suite: in a directory of its own, on the loopback address, gone with this process. */
import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdirSync } from 'node:fs'
import { connect, type NetConnectOpts, type Socket } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { tmpdir } from 'node:os'
import { WATCHDOG } from '../../lib/testing/watchdog'
import { delay } from './handshake'

const START_MS = 60_000

export interface DaemonOptions {
  /** What it is called, in the directory's name and in errors. */
  name: string
  /** The command, which stays in the foreground and in its process group. */
  command: (dir: string) => readonly string[]
  /** Where its directory is made. Default: the system's folder for temporary files. */
  folder?: string
  env?: NodeJS.ProcessEnv
  /** After how long it has not started, in milliseconds. Default: a minute. */
  limit?: number
}

/** English, and without what is preloaded into this process: a sanitizer would judge the server. */
export function serverEnv(): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env, LC_ALL: 'C' }
  for (const name of ['LD_PRELOAD', 'KRB5_TRACE']) delete env[name]
  return env
}

/**
 * The directory and the server belong to the watchdog of `gssapi/testing`: it removes the one and ends the
 * other when this process ends, in whatever way.
 */
export class Daemon {
  #words = ''

  private constructor(
    readonly dir: string,
    readonly name: string,
    readonly process: ChildProcess,
    readonly limit: number,
  ) {
    createInterface({ input: process.stdout! }).on('line', (line) => (this.#words += `${line}\n`))
    this.#hold(false)
  }

  /** Makes the directory; the server does not run yet. */
  static async create({ name, command, folder, env, limit }: DaemonOptions): Promise<Daemon> {
    const id = randomBytes(8).toString('hex')
    const dir = join(folder ?? tmpdir(), `gssapi-${name}-${id}`)
    const child = spawn('/bin/sh', ['-c', WATCHDOG, 'gssapi-test', dir, ...command(dir)], {
      cwd: '/',
      detached: true,
      env: env ?? serverEnv(),
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    const daemon = new Daemon(dir, name, child, limit ?? START_MS)
    await daemon.#until(() => Promise.resolve(daemon.#words.includes('@ready')))
    return daemon
  }

  /** Starts the server, and waits until somebody answers there. */
  async serve(...addresses: NetConnectOpts[]): Promise<void> {
    this.process.stdin!.write('start\n')
    for (const address of addresses) await this.#until(() => answers(address))
  }

  /** Ends the server; its directory stays. */
  async stop(): Promise<void> {
    this.process.stdin!.write('stop\n')
    await this.#until(() => Promise.resolve(this.#words.includes('@stopped')))
  }

  /** Ends the server and removes the directory. */
  async end(): Promise<void> {
    this.#hold(true)
    const gone = once(this.process, 'exit')
    this.process.stdin!.end()
    await gone
    if (existsSync(this.dir)) throw new Error(`${this.dir} was left behind`)
  }

  path(...parts: string[]): string {
    return join(this.dir, ...parts)
  }

  folder(...parts: string[]): string {
    const path = this.path(...parts)
    mkdirSync(path, { recursive: true })
    return path
  }

  /** A suite that fails before its end does not keep this process alive. */
  #hold(alive: boolean): void {
    const { process } = this
    // Pipes of a child process are sockets, which its types do not say.
    for (const handle of [process, process.stdin as Socket, process.stdout as Socket]) {
      if (alive) handle.ref()
      else handle.unref()
    }
  }

  async #until(done: () => Promise<boolean>): Promise<void> {
    const limit = Date.now() + this.limit
    while (!(await done())) {
      if (Date.now() > limit || this.#words.includes('@ended') || this.process.exitCode !== null) {
        throw new Error(`${this.name} did not start: ${this.#words || 'it said nothing'}`)
      }
      await delay(20)
    }
  }
}

/** Whether somebody accepts a connection there. */
function answers(address: NetConnectOpts): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(address)
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
