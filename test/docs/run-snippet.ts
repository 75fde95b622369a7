import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { connect, createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'
import ts from 'typescript'
import { type Block, root } from './markdown'

/** What a snippet did. */
export interface Outcome {
  stdout: string
  stderr: string
  /** 0 where it ended by itself and without an error; null where a signal ended it. */
  code: number | null
}

/** A snippet that runs. */
export interface Program {
  child: ChildProcess
  outcome: Promise<Outcome>
}

const TIMEOUT = 15_000

/** What Node runs: the snippet as a module, its types left out. */
function toJavaScript(block: Block): string {
  const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 }
  return ts.transpileModule(block.code, { compilerOptions, fileName: block.where }).outputText
}

/** A folder as a user's project is: this package in its node_modules, nothing else of ours in reach. */
function project(): string {
  const folder = mkdtempSync(join(tmpdir(), 'gssapi-snippet-'))
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(root, join(folder, 'node_modules', 'gssapi'), 'dir')
  return folder
}

/** Starts a TypeScript or JavaScript block as a program of its own. */
export function startSnippet(block: Block, env: NodeJS.ProcessEnv): Program {
  const folder = project()
  const file = join(folder, 'snippet.mjs')
  writeFileSync(file, toJavaScript(block))
  const options = { cwd: folder, env, timeout: TIMEOUT, killSignal: 'SIGKILL' as const }
  const child = spawn(process.execPath, [file], { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  const outcome = Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]).then(
    ([stdout, stderr, [code]]) => ({ stdout, stderr, code: code as number | null }),
  )
  return {
    child,
    outcome: outcome.finally(() => rmSync(folder, { recursive: true, force: true })),
  }
}

/** Runs it to its end. */
export function runSnippet(block: Block, env: NodeJS.ProcessEnv): Promise<Outcome> {
  return startSnippet(block, env).outcome
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, 'localhost')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, 'localhost')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

/** Runs a client to its end while a service runs that listens on PORT; both outcomes. */
export async function runPair(
  service: Block,
  client: Block,
  env: NodeJS.ProcessEnv,
): Promise<{ service: Outcome; client: Outcome }> {
  const port = await freePort()
  const both = { ...env, PORT: String(port) }
  const running = startSnippet(service, both)
  while (running.child.exitCode === null && !(await answers(port))) await delay(20)
  const clientOutcome = await runSnippet(client, both)
  running.child.kill()
  return { service: await running.outcome, client: clientOutcome }
}
