import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from './addon'

const { bin } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as {
  bin: { gssapi: string }
}

export const command = join(packageRoot, bin.gssapi)

export interface CliEnded {
  code: number | null
  stdout: string
  stderr: string
  seconds: number
}

export interface CliOptions {
  /** Standard input; nothing by default. */
  input?: string | Uint8Array
  /** Added to this process's environment; undefined takes away. */
  env?: NodeJS.ProcessEnv
  /** A command that runs node, such as `['faketime', '-f', '+10m']`. */
  through?: string[]
  /** The compiled command; default: this package's. */
  file?: string
}

/** No command here takes a tenth of it. */
const TIMEOUT = 60_000

/** Runs the `gssapi` command as a user does; a signal, or no end, is an error. */
export function runCli(
  args: string[],
  { input = '', env = {}, through = [], file = command }: CliOptions = {},
): Promise<CliEnded> {
  const [program = '', ...rest] = [...through, process.execPath, file, ...args]
  const began = performance.now()
  const child = spawn(program, rest, { env: { ...process.env, ...env }, timeout: TIMEOUT })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  child.stdin.on('error', () => {}) // a command that does not read its input is judged by its end
  child.stdin.end(input)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => {
      if (signal !== null)
        reject(new Error(`gssapi ${args.join(' ')} ended by ${signal}: ${stderr}`))
      else resolve({ code, stdout, stderr, seconds: (performance.now() - began) / 1000 })
    })
  })
}

/** Runs it with --json; resolves to what it printed, and checks how it ended. */
export async function cliJson<T>(args: string[], code: number, options?: CliOptions): Promise<T> {
  const ended = await runCli([...args, '--json'], options)
  assert.equal(ended.code, code, `${ended.stdout}${ended.stderr}`)
  return JSON.parse(ended.stdout) as T
}
