// The demo's programs: each ends with the demo, however that ends.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { CommandError } from '../util/process.mjs'
import { root } from '../util/files.mjs'

const example = (name) => path.join(root, 'examples', name)

/** The programs of one demo: they share an environment, and end when `signal` aborts. */
export class Children {
  #env
  #signal
  #running = new Set()

  constructor(env, signal) {
    this.#env = { ...process.env, ...env }
    this.#signal = signal
  }

  /** Starts a service of examples/; resolves to its port when it listens. */
  async service(name, ...args) {
    const child = this.#spawn(process.execPath, [example(name), ...args], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'], // the channel tells the port, and ends the service with us
    })
    const ended = once(child, 'exit').then(() => {
      throw new CommandError(`examples/${name} ended before it listened`)
    })
    const [{ port }] = await Promise.race([once(child, 'message'), ended])
    ended.catch(() => {}) // that it ends later on is as it should be
    return port
  }

  /** Runs a client of examples/ to its end. */
  async client(name, ...args) {
    await this.#finished(`examples/${name}`, process.execPath, [example(name), ...args], {
      stdio: ['ignore', 'inherit', 'inherit'],
    })
  }

  /** Runs a program to its end; resolves to what it wrote. */
  async capture(command, args) {
    let output = ''
    const keep = (text) => (output += text)
    await this.#finished(command, command, args, { stdio: ['ignore', 'pipe', 'pipe'] }, (child) => {
      child.stdout.setEncoding('utf8').on('data', keep)
      child.stderr.setEncoding('utf8').on('data', keep)
    }).catch((error) => {
      throw new CommandError(`${error.message}\n${output.trimEnd()}`)
    })
    return output
  }

  /** Gives a connected socket to a program as its standard input, as inetd does. */
  serveSocket(command, args, socket) {
    const child = this.#spawn(command, args, { stdio: [socket, 'ignore', 'ignore'] })
    socket.destroy() // ours only: the program has its own
    return once(child, 'exit')
  }

  async end() {
    const ending = [...this.#running].map((child) => {
      child.kill()
      return once(child, 'exit')
    })
    await Promise.all(ending)
  }

  #spawn(command, args, options) {
    const child = spawn(command, args, { env: this.#env, cwd: root, ...options })
    const stop = () => child.kill()
    this.#running.add(child)
    this.#signal.addEventListener('abort', stop, { once: true })
    child.once('exit', () => {
      this.#running.delete(child)
      this.#signal.removeEventListener('abort', stop)
    })
    child.once('error', () => this.#running.delete(child)) // it never began
    return child
  }

  async #finished(title, command, args, options, started = () => {}) {
    const child = this.#spawn(command, args, options)
    started(child)
    const [code, signal] = await once(child, 'close')
    if (code !== 0) throw new CommandError(`${title} ended with ${signal ?? `exit code ${code}`}`)
  }
}
