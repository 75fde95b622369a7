import { spawn } from 'node:child_process'
import { basename } from 'node:path'
import { RealmError } from './errors'

/** No program of a realm takes a second; kinit against a KDC that is silent takes about half a minute. */
const TIME_LIMIT_MS = 120_000

export interface RunResult {
  code: number | null
  stdout: string
  stderr: string
}

/**
 * Runs a program to its end, with `input` on its standard input: secrets go there, because every
 * user of the machine can read a command line.
 */
export function run(
  file: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  input = '',
): Promise<RunResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { env, timeout: TIME_LIMIT_MS, killSignal: 'SIGKILL' })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    // A program that ends without reading its input is judged by its exit code, not by EPIPE.
    child.stdin.on('error', () => {})
    child.stdin.end(input)
    child.once('error', (error) => reject(commandError(file, null, error.message)))
    child.once('close', (code) => resolve({ code, stdout, stderr }))
  })
}

/** Runs a program that has to succeed. */
export async function runChecked(...args: Parameters<typeof run>): Promise<string> {
  const { code, stdout, stderr } = await run(...args)
  if (code !== 0) throw commandError(args[0], code, stderr)
  return stdout
}

/** The error of a failed program. Its standard output is left out: kadmin.local echoes commands. */
export function commandError(file: string, exitCode: number | null, stderr: string): RealmError {
  const command = basename(file)
  const output = stderr.trim()
  const said = output || (exitCode === null ? 'ended by a signal' : `exit code ${exitCode}`)
  const details = { command, exitCode, output }
  return new RealmError('ERR_GSS_TESTING_COMMAND_FAILED', `${command} failed: ${said}`, details)
}
