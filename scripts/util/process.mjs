// Running other programs: one way to show their output, one way to keep it.
import { spawn, spawnSync } from 'node:child_process'
import { realpathSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { root } from './files.mjs'

/** A failure whose message says it all: the scripts print it without a stack and end with `exitCode`. */
export class CommandError extends Error {
  constructor(message, exitCode = 1) {
    super(message)
    this.exitCode = exitCode
  }
}

/** "Cannot run on this machine", as automake has it: .ci/run distinguishes it from a failure. */
export const CANNOT_RUN = 77

const describe = (command, args) =>
  [command, ...args.slice(0, 4), ...(args.length > 4 ? ['...'] : [])].join(' ')

function assertSucceeded(command, args, { error, status, signal }) {
  if (error) throw new CommandError(`${describe(command, args)}: ${error.message}`)
  if (status === 0) return
  const how = signal ? `was ended by ${signal}` : `ended with ${status}`
  throw new CommandError(`${describe(command, args)} ${how}`)
}

/** Runs a command with its output shown as it comes; throws where it fails. */
export function run(command, args, options = {}) {
  const result = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options })
  assertSucceeded(command, args, result)
}

/** The same for output that nobody wants to read unless the command fails. */
export function runQuietly(command, args, options = {}) {
  const result = spawnSync(command, args, { cwd: root, maxBuffer: 2 ** 26, ...options })
  if (result.status !== 0) process.stderr.write(`${result.stdout ?? ''}${result.stderr ?? ''}`)
  assertSucceeded(command, args, result)
}

/** Runs a command and resolves to its exit code (null: ended by a signal) and all it wrote, in the order written. */
export function capture(command, args, options = {}) {
  return new Promise((resolve) => {
    let output = ''
    const child = spawn(command, args, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...options,
    })
    child.stdout.setEncoding('utf8').on('data', (text) => (output += text))
    child.stderr.setEncoding('utf8').on('data', (text) => (output += text))
    child.on('error', (error) => resolve({ code: 127, output: `${command}: ${error.message}\n` }))
    child.on('close', (code, signal) => resolve({ code, signal, output }))
  })
}

/** Runs `work` on every item, at most `limit` at once, and resolves to the results in the items' order. */
export async function pooled(items, limit, work) {
  const results = new Array(items.length)
  let next = 0
  async function worker() {
    while (next < items.length) {
      const index = next++
      results[index] = await work(items[index])
    }
  }
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker))
  return results
}

/** Is the module at `url` the script that was started, rather than imported? A link to it counts. */
export function isMain(url) {
  const started = process.argv[1]
  return started !== undefined && realpathSync(started) === fileURLToPath(url)
}

/** Runs a script's main function: a CommandError is its message and its exit code, anything else a bug with its stack. */
export async function main(work) {
  try {
    process.exitCode = (await work()) ?? 0
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    console.error(error.message)
    process.exitCode = error.exitCode
  }
}
