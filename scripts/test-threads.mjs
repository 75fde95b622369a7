// `npm run test:threads -- [--seconds N]`: native/pool under ThreadSanitizer, without Node: test/threads/pool.cc plays several
// JavaScript threads that push, take back and give up calls at random. The library and V8 are not instrumented anywhere, and
// under Node their reports would hide ours. Where ThreadSanitizer cannot run it ends with 77.
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { root, walk } from './util/files.mjs'
import { CANNOT_RUN, capture, CommandError, main } from './util/process.mjs'
import { conclude, show } from './util/test-report.mjs'

const CACHE = path.join(root, '.cache', 'threads')
const FLAGS = ['-std=c++17', '-g', '-O1', '-Wall', '-Wextra', '-Werror', '-fsanitize=thread']
// Races are told and the run goes on; at the end the exit code tells.
const env = { ...process.env, TSAN_OPTIONS: 'exitcode=66' }

function readSeconds() {
  const { values } = parseArgs({ options: { seconds: { type: 'string', default: '20' } } })
  const seconds = Number(values.seconds)
  if (!Number.isInteger(seconds) || seconds < 1) throw new CommandError('--seconds: how many?')
  return seconds
}

async function build() {
  const pool = walk(path.join(root, 'native', 'pool')).filter((file) => file.endsWith('.cc'))
  const program = path.join(CACHE, 'pool')
  mkdirSync(CACHE, { recursive: true })
  const sources = [path.join(root, 'test', 'threads', 'pool.cc'), ...pool]
  const { code, output } = await capture('g++', [...FLAGS, ...sources, '-lpthread', '-o', program])
  if (code !== 0) throw new CommandError(`g++: ${output}`)
  return program
}

/** ThreadSanitizer's map of memory does not fit some kernels' random addresses; setarch -R switches them off. */
async function run(program, seconds) {
  const first = await capture(program, [seconds], { env })
  if (!first.output.includes('unexpected memory mapping')) return first
  const second = await capture('setarch', ['-R', program, seconds], { env })
  if (!/unexpected memory mapping|setarch: failed/.test(second.output)) return second
  throw new CommandError('ThreadSanitizer cannot map its memory here', CANNOT_RUN)
}

await main(async () => {
  const seconds = readSeconds()
  const began = performance.now()
  const { code, output } = await run(await build(), String(seconds))
  const jobs = Number(/^(\d+) jobs$/m.exec(output)?.[1] ?? 0)
  const sound = code === 0 && jobs > 100
  const result = {
    ...{ title: 'threads/pool', seconds: (performance.now() - began) / 1000, skipped: [] },
    output: sound ? `\n  ${jobs} jobs` : `\n${output}`,
    passed: sound ? 1 : 0,
    failures: sound ? [] : [{ title: `ended with ${code}`, error: output.slice(0, 2000) }],
  }
  show(result)
  return conclude([result], process.env.GSSAPI_TEST_JSON)
})
