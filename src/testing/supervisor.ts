import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, rmSync } from 'node:fs'
import type { Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { RealmError } from './errors'
import { WATCHDOG } from './watchdog'

const ANSWER_LIMIT_MS = 15_000
const REMOVAL_LIMIT_MS = 6_000

const live = new Set<Supervisor>()

/** Blocks this thread: for an exit handler, where nothing asynchronous happens any more. */
function pause(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds)
}

/** The watchdogs would do it without us; this way it is done when the process has ended. */
function endAll(): void {
  const ending = [...live]
  for (const supervisor of ending) supervisor.release()
  for (const supervisor of ending) supervisor.awaitRemoval()
}

/**
 * This process' side of a {@link WATCHDOG}: one directory and one KDC that end with this process.
 * Nothing of it keeps the event loop alive, except while an answer is awaited.
 */
export class Supervisor {
  readonly dir: string
  readonly #child: ChildProcess
  readonly #commands: Socket
  readonly #answers: Socket
  readonly #gone: Promise<void>
  #lines: string[] = []
  #notice: (() => void) | undefined
  #serving = false
  #released = false

  private constructor(dir: string, kdc: readonly string[], env: NodeJS.ProcessEnv) {
    this.dir = dir
    this.#child = spawn('/bin/sh', ['-c', WATCHDOG, 'gssapi-testing', dir, ...kdc], {
      cwd: '/',
      detached: true,
      env,
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    // Pipes of a child process are sockets, which its types do not say.
    this.#commands = this.#child.stdin as Socket
    this.#answers = this.#child.stdout as Socket
    this.#commands.on('error', () => {})
    this.#answers.on('error', () => {})
    createInterface({ input: this.#answers }).on('line', (line) => this.#heard(line))
    this.#gone = new Promise((resolve) => {
      const ended = () => {
        this.#ended()
        resolve()
      }
      this.#child.once('error', ended).once('exit', ended)
    })
    if (live.size === 0) process.once('exit', endAll)
    live.add(this)
    this.#hold(false)
  }

  /** Makes the directory, which must not exist, and waits until the watchdog watches it. */
  static async start(
    dir: string,
    kdc: readonly string[],
    env: NodeJS.ProcessEnv,
  ): Promise<Supervisor> {
    const supervisor = new Supervisor(dir, kdc, env)
    await supervisor.#until(() => supervisor.#lines.includes('@ready'))
    return supervisor
  }

  /** Whether a KDC has been started and has not ended. */
  get serving(): boolean {
    return this.#serving
  }

  /** Starts the KDC; resolves when it serves, to what it said; `null` if it ended instead. */
  async startKdc(): Promise<string | null> {
    this.#lines = []
    this.#serving = true
    this.#commands.write('start\n')
    await this.#until(() => !this.serving || this.output.includes('starting...'))
    return this.serving ? this.#lines.join('\n') : null
  }

  /** Ends the KDC; resolves when its port is free. */
  async stopKdc(): Promise<void> {
    this.#lines = []
    this.#commands.write('stop\n')
    await this.#until(() => this.#lines.includes('@stopped'))
  }

  /** What the KDC said since it was last started or stopped. */
  get output(): string {
    return this.#lines.filter((line) => !line.startsWith('@')).join('\n')
  }

  /** Ends the KDC and removes the directory. */
  async end(): Promise<void> {
    this.#hold(true)
    this.release()
    await this.#gone
  }

  /** The same, and blocks this thread until it is done: about 10 ms. */
  endSync(): void {
    this.release()
    this.awaitRemoval()
  }

  /** Closes the pipe: from here on the watchdog acts by itself. */
  release(): void {
    this.#released = true
    this.#commands.destroy()
  }

  /** Blocks until the directory is gone. */
  awaitRemoval(): void {
    const limit = Date.now() + REMOVAL_LIMIT_MS
    while (existsSync(this.dir) && Date.now() < limit) pause(1)
    this.#forget()
  }

  #heard(line: string): void {
    if (line.startsWith('@ended')) this.#serving = false
    this.#lines.push(line)
    this.#notice?.()
  }

  /** Waits for the watchdog's words, and keeps the event loop alive meanwhile. */
  async #until(done: () => boolean): Promise<void> {
    this.#hold(true)
    let timer: NodeJS.Timeout | undefined
    const limit = new Promise<void>((resolve) => (timer = setTimeout(resolve, ANSWER_LIMIT_MS)))
    const answered = new Promise<void>((resolve) => {
      this.#notice = () => done() && resolve()
    })
    await Promise.race([answered, this.#gone, limit])
    clearTimeout(timer)
    this.#notice = undefined
    this.#hold(false)
    if (!done()) throw this.#failure()
  }

  #failure(): RealmError {
    const said = this.output || 'no answer'
    const message = `The watchdog of the realm in ${this.dir} failed: ${said}`
    return new RealmError('ERR_GSS_TESTING_KDC_FAILED', message, { output: this.output })
  }

  #hold(alive: boolean): void {
    for (const handle of [this.#child, this.#commands, this.#answers]) {
      if (alive) handle.ref()
      else handle.unref()
    }
  }

  #ended(): void {
    this.#serving = false
    this.#forget()
    if (this.#released) return
    // Somebody killed the watchdog: its work is done here. Its group's id is still its own as long
    // as the KDC, a member, lives.
    try {
      if (this.#child.pid) process.kill(-this.#child.pid, 'SIGKILL')
    } catch {
      // There was no KDC.
    }
    rmSync(this.dir, { recursive: true, force: true })
  }

  #forget(): void {
    live.delete(this)
    if (live.size === 0) process.removeListener('exit', endAll)
  }
}
