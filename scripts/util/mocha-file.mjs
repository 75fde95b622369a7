// One test file in a mocha process of its own: tests set KRB5_CONFIG and load one GSS library per process, and a crash
// must cost one file and not the run. Whatever way the process ends, the result says how many passed and what failed.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { root } from './files.mjs'

const MOCHA = path.join(root, 'node_modules', 'mocha', 'bin', 'mocha.js')
const REPORTER = path.join(root, 'scripts', 'util', 'mocha-reporter.cjs')
const GRACE = 3000
const LAST_LINES = 40

const running = new Set()

/** Each test process leads a group of its own, so that what it started can be ended with it, by its own number. */
function killGroup(child, signal) {
  try {
    process.kill(-child.pid, signal)
  } catch {
    // the group is gone already
  }
}

/** For Ctrl-C on the runner: the groups do not get the terminal's signal themselves. */
export function killRunning() {
  for (const child of running) killGroup(child, 'SIGKILL')
}

function readTotals(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}

const lastLines = (output) => output.trimEnd().split('\n').slice(-LAST_LINES).join('\n')

/** Why the process itself counts as a failure, or undefined. */
function processFailure({ code, signal, hung, leftBehind, totals }, timeout) {
  if (hung)
    return `is still running after ${timeout / 1000} s: a test hangs, or the process cannot exit`
  if (signal) return `was ended by ${signal}`
  if (!totals) return `ended with ${code} before its tests did`
  if (totals.failures.length === 0 && code !== 0) return `ended with ${code} after its tests passed`
  if (leftBehind) return 'left a child process behind that holds its output open'
  if (totals.passed + totals.failures.length + totals.skipped.length === 0) return 'ran no tests'
  return undefined
}

/** This very node, and its output read as it comes. `scripts/test-wine.mjs` has another. */
const OWN_NODE = {
  command: (args) => [process.execPath, ...args],
  output: () => ({ stdio: ['ignore', 'pipe', 'pipe'], text: undefined, remove() {} }),
}

function start(run, env, { totalsFile, colour, launcher, output }) {
  const reporter = ['--reporter', REPORTER, '--reporter-option', `output=${totalsFile}`]
  const args = [
    '--enable-source-maps',
    MOCHA,
    ...reporter,
    colour ? '--color' : '--no-color',
    run.file,
  ]
  const [command, ...rest] = launcher.command(args)
  return spawn(command, rest, { cwd: root, env, stdio: output.stdio, detached: true })
}

/** A child that the test left behind holds our pipes open: 'close' would wait for as long as it lives. */
function letGo(child) {
  killGroup(child, 'SIGKILL')
  child.stdout?.destroy()
  child.stderr?.destroy()
}

/** Resolves to { code, signal, hung, leftBehind, output } once the process and all holders of its output are gone. */
function finish(child, timeout) {
  return new Promise((resolve) => {
    let output = ''
    let hung = false
    let leftBehind = false
    running.add(child)
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text) => (output += text))
    }
    const limit = setTimeout(() => {
      hung = true
      killGroup(child, 'SIGTERM')
      setTimeout(() => killGroup(child, 'SIGKILL'), GRACE).unref()
    }, timeout)
    const holders = () => {
      leftBehind = true
      letGo(child)
    }
    let wait
    child.on('exit', () => (wait = setTimeout(holders, GRACE)))
    child.on('close', (code, signal) => {
      clearTimeout(limit)
      clearTimeout(wait)
      running.delete(child)
      killGroup(child, 'SIGKILL')
      resolve({ code, signal, hung, leftBehind, output })
    })
  })
}

/**
 * Runs one planned run; resolves to { title, passed, failures: [{ title, error }], skipped: [title], output, seconds }.
 * `launcher` says which node runs it, and where its output goes if not into pipes.
 */
export async function runMochaFile(run, env, { colour = false, launcher = OWN_NODE } = {}) {
  const folder = mkdtempSync(path.join(tmpdir(), 'gssapi-test-'))
  const totalsFile = path.join(folder, 'totals.json')
  const began = performance.now()
  const output = launcher.output()
  const child = start(run, env, { totalsFile, colour, launcher, output })
  const ended = await finish(child, run.timeout)
  ended.output += output.text?.() ?? ''
  output.remove()
  const totals = readTotals(totalsFile)
  rmSync(folder, { recursive: true, force: true })
  const { passed = 0, failures = [], skipped = [] } = totals ?? {}
  const reason = processFailure({ ...ended, totals }, run.timeout)
  if (reason) failures.push({ title: `the process ${reason}`, error: lastLines(ended.output) })
  const seconds = (performance.now() - began) / 1000
  return { title: run.title, passed, failures, skipped, output: ended.output, seconds }
}
