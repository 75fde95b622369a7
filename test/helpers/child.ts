import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'

export interface Ended {
  code: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
  seconds: number
}

export interface ChildOptions {
  env?: NodeJS.ProcessEnv
  /** Options of node itself. */
  nodeOptions?: string[]
  /** A command that runs node, such as `['faketime', '-f', '+10m']`. */
  through?: string[]
  /** After that it is killed, which shows as a signal. */
  timeout?: number
}

/** Slow machines and sanitizers: no program here needs a tenth of it. */
const TIMEOUT = 60_000

/** With all that it started, where the system has groups of processes. */
function kill(child: ChildProcess): void {
  try {
    process.kill(-child.pid!, 'SIGKILL')
  } catch {
    child.kill('SIGKILL')
  }
}

/** Runs a compiled program of the test suite: `runProgram('lifecycle/programs/exit', ['natural'])`. */
export function runProgram(
  program: string,
  args: string[] = [],
  { env, nodeOptions = [], through = [], timeout = TIMEOUT }: ChildOptions = {},
): Promise<Ended> {
  const file = join(__dirname, '..', `${program}.js`)
  const command = [...through, process.execPath, ...nodeOptions, file, ...args]
  const began = performance.now()
  const child = spawn(command[0]!, command.slice(1), {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true, // a group of its own, so that what it started ends with it
  })
  const limit = setTimeout(() => kill(child), timeout)
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  return new Promise((resolve, reject) => {
    child.on('error', (error) => {
      clearTimeout(limit)
      reject(error)
    })
    child.on('close', (code, signal) => {
      clearTimeout(limit)
      resolve({ code, signal, stdout, stderr, seconds: (performance.now() - began) / 1000 })
    })
  })
}

/** Runs a program that prints one JSON value and ends well. */
export async function runForJson<T>(
  program: string,
  args: string[] = [],
  options: ChildOptions = {},
): Promise<T> {
  const ended = await runProgram(program, args, options)
  if (ended.code !== 0) throw new Error(`${program} ${args.join(' ')}: ${describeEnd(ended)}`)
  return JSON.parse(ended.stdout) as T
}

export function describeEnd({ code, signal, stdout, stderr }: Ended): string {
  return `ended with ${signal ?? code}\n${stdout}${stderr}`
}

/** `times` runs of `task`, `width` at once. */
export async function repeat<T>(
  times: number,
  width: number,
  task: (index: number) => Promise<T>,
): Promise<T[]> {
  const results: T[] = []
  let next = 0
  const lane = async (): Promise<void> => {
    while (next < times) {
      const index = next++
      results[index] = await task(index)
    }
  }
  await Promise.all(Array.from({ length: width }, lane))
  return results
}

export const sanitized = process.env['GSSAPI_TEST_SANITIZED'] === '1'
