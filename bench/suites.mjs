// Which suites a run has, and running each in a process of its own.
import { fork } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { CommandError } from '../scripts/util/process.mjs'

const CHILD = fileURLToPath(new URL('child.mjs', import.meta.url))

// Settings of the caller's that would decide over a figure.
const STRAY = ['GSSAPI_THREADS', 'GSSAPI_LIBRARY', 'KRB5RCACHENAME', 'KRB5RCACHETYPE', 'KRB5_TRACE']

function environment(extra) {
  const env = { ...process.env, ...extra }
  for (const name of STRAY) if (!(name in extra)) delete env[name]
  return env
}

/** One suite; resolves to what it reports. */
function runSuite(suite, options, env) {
  return new Promise((resolve, reject) => {
    const execArgv = ['--expose-gc']
    const child = fork(CHILD, [suite, JSON.stringify(options)], { execArgv, env: environment(env) })
    let report
    child.on('message', (message) => (report = message))
    child.on('error', reject)
    child.on('close', (code, signal) => {
      if (report && code === 0) resolve(report)
      else reject(new CommandError(`the suite ${suite} ended with ${signal ?? code}`))
    })
  })
}

async function handshakeParts(run) {
  const cores = []
  for (let threads = 1; threads <= availableParallelism(); threads++) {
    cores.push(await run('cores', { threads }, { GSSAPI_THREADS: String(threads) }))
  }
  const held = []
  for (const contender of ['C', 'package']) held.push(await run('held', { contender }))
  return { handshakes: await run('handshakes'), cores, held }
}

/** Everything that was asked for: { messages, asyncMessages, handshakes, cores, held, encryptionType }. */
export async function runSuites(parts, common, realmEnv) {
  let encryptionType
  const run = async (suite, options = {}, env = {}) => {
    console.log(`Running ${[suite, ...Object.values(options)].join(' ')}`)
    const report = await runSuite(suite, { ...common, ...options }, { ...realmEnv, ...env })
    encryptionType = report.encryptionType
    return report.result
  }
  const results = {}
  if (parts.includes('messages')) {
    results.messages = await run('messages')
    results.asyncMessages = await run('async-messages')
  }
  if (parts.includes('handshakes')) Object.assign(results, await handshakeParts(run))
  return { ...results, encryptionType }
}
