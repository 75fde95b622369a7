// Windows programs on this machine: Windows' own node.exe under Wine, in a Wine prefix of this checkout.
import { spawn, spawnSync } from 'node:child_process'
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { root } from './files.mjs'
import { CANNOT_RUN, CommandError } from './process.mjs'
import { findCommand } from './requirements.mjs'
import { fingerprint, isStamped, writeStamp } from './stamp.mjs'
import { ensureTool } from './tools.mjs'

/** Node's versions that Wine runs; scripts/tools/node-win pins them. */
export const WINDOWS_NODES = ['20', '22']

const PREFIX = path.join(root, '.cache', 'wine', 'prefix')
const SETUP_LIMIT = 180_000
const GRACE = 3000

/** The environment of a Windows program: Wine's own variables, and no display. */
export function wineEnv(env = process.env) {
  return { ...env, DISPLAY: '', WINEPREFIX: PREFIX, WINEDEBUG: '-all', WINEARCH: 'win64' }
}

/** The path of node.exe of a major version; installed at first use. */
export function windowsNode(major = WINDOWS_NODES[0]) {
  const modules = ensureTool('node-win', { platform: 'win32-x64' })
  const program = path.join(modules, `node-win-${major}`, 'bin', 'node.exe')
  if (existsSync(program)) return program
  throw new CommandError(`node.exe ${major} could not be installed from npm`, CANNOT_RUN)
}

/**
 * Quirk(wine): node.exe cannot open a pipe that it gets as standard output, so its output is a file. Calls
 * `use` with the file's descriptor; `text()` is what was written into it so far.
 */
export function outputFile() {
  const folder = mkdtempSync(path.join(tmpdir(), 'gssapi-wine-'))
  const file = path.join(folder, 'output')
  const descriptor = openSync(file, 'w')
  return {
    stdio: ['ignore', descriptor, descriptor],
    text: () => readFileSync(file, 'utf8'),
    remove() {
      closeSync(descriptor)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function setUp(args) {
  const options = { env: wineEnv(), timeout: SETUP_LIMIT, killSignal: 'SIGKILL' }
  const output = outputFile()
  const result = spawnSync('wine', args, { ...options, stdio: output.stdio })
  const said = output.text()
  output.remove()
  if (result.status === 0) return
  const how = result.error?.message ?? `ended with ${result.status ?? result.signal}`
  throw new CommandError(`wine ${args.join(' ')} ${how}\n${said}`)
}

const wineVersion = () =>
  spawnSync('wine', ['--version'], { env: wineEnv(), encoding: 'utf8' }).stdout

/** Makes the prefix where there is none of this Wine's: some 10 s, once. */
export function ensureWine() {
  if (!findCommand('wine')) throw new CommandError('Wine is not installed', CANNOT_RUN)
  const stamp = path.join(path.dirname(PREFIX), 'prefix.stamp')
  const print = fingerprint([], [wineVersion()])
  if (isStamped(stamp, print) && existsSync(PREFIX)) return
  console.log(`Making a Wine prefix in ${path.relative(root, PREFIX)}`)
  endWine()
  rmSync(PREFIX, { recursive: true, force: true })
  mkdirSync(path.dirname(PREFIX), { recursive: true })
  setUp(['wineboot', '--init'])
  setUp(['winecfg', '/v', 'win10'])
  writeStamp(stamp, print)
}

/** Ends every Windows program of this checkout's prefix, and the server that serves them. */
export function endWine() {
  if (existsSync(PREFIX)) spawnSync('wineserver', ['-k'], { env: wineEnv(), stdio: 'ignore' })
}

/** The command that runs node.exe: `[program, ...arguments]`. */
export const wineCommand = (args, { node } = {}) => ['wine', windowsNode(node), ...args]

/**
 * Runs node.exe with arguments and resolves to { code, signal, hung, output }. After `timeout` milliseconds it is
 * killed. Paths may be Unix ones: the folder it starts in lies on Wine's drive of the whole file system.
 */
export async function runUnderWine(args, { node, env, timeout = 60_000, cwd = root } = {}) {
  const [command, ...rest] = wineCommand(args, { node })
  const output = outputFile()
  const { stdio } = output
  const child = spawn(command, rest, { cwd, env: wineEnv(env), stdio, detached: true })
  const kill = (signal) => {
    try {
      process.kill(-child.pid, signal)
    } catch {
      // the group is gone already
    }
  }
  let hung = false
  const limit = setTimeout(() => {
    hung = true
    kill('SIGTERM')
    setTimeout(() => kill('SIGKILL'), GRACE).unref()
  }, timeout)
  const ended = await new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (code, signal) => resolve({ code, signal }))
  })
  clearTimeout(limit)
  kill('SIGKILL')
  const text = output.text()
  output.remove()
  return { ...ended, hung, output: text }
}
