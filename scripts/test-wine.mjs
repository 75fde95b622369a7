// `npm run test:wine -- [PART ...] [--node 20|22] [--json FILE]`: the package on Windows, under Wine: its addon for Windows in
// Windows' own node.exe, against a KDC on this machine. The suites are the files that run here, with Wine's gaps as skipped
// tests. Where Wine cannot be had it ends with 77.
//   PART       only the test files whose path contains it
//   --node N   only that Node (otherwise 20, and what talks to the platform also on 22)
//   --json FILE  writes { passed, failed, skipped }; GSSAPI_TEST_JSON=FILE does the same
// Every file has a process of its own, two at a time. The last line is `N passed, N failed, N skipped`.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { buildNative } from './build-native.mjs'
import { buildTypeScript } from './build-ts.mjs'
import { buildWindows, buildWindowsArm, shim, windowsFolder } from './build-windows.mjs'
import { root } from './util/files.mjs'
import { runMochaFile } from './util/mocha-file.mjs'
import { CommandError, main, pooled } from './util/process.mjs'
import { heimdalLibrary, testEnv, withoutHeimdal } from './util/test-env.mjs'
import { batches, planBesideWine, planWineRuns, testNames } from './util/test-plan.mjs'
import { conclude, endWithRunner, show } from './util/test-report.mjs'
import { endWine, ensureWine, outputFile, wineCommand, wineEnv } from './util/wine.mjs'

const AT_ONCE = 2

function readArguments() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      node: { type: 'string' },
      json: { type: 'string', default: process.env.GSSAPI_TEST_JSON },
    },
  })
  return { only: positionals, ...values }
}

/** The realms of one test process, made on this side. */
function openDesk() {
  const require = createRequire(import.meta.url)
  return require(path.join(root, 'build-test', 'wine', 'realm-desk.js')).RealmDesk.open()
}

// mocha's own --require: the gaps are a plugin of it.
const GAPS = ['--require', './build-test/wine/gaps.js']
const launcher = (node) => ({
  command: (args) => wineCommand([...args, ...GAPS], { node }),
  output: outputFile,
})

/** A file that runs here, and starts its other side under Wine. */
async function runBeside(run) {
  if (run.library === 'heimdal' && !heimdalLibrary()) return withoutHeimdal(run)
  const command = wineCommand(['--require', shim])
  const { WINEPREFIX, WINEDEBUG, WINEARCH, DISPLAY } = wineEnv()
  const own = { WINEPREFIX, WINEDEBUG, WINEARCH, DISPLAY, GSSAPI_PREBUILD: windowsFolder }
  const launch = { command, env: { ...own, KRB5_TRACE: path.join(windowsFolder, 'peer.trace') } }
  const env = { ...testEnv({ library: run.library }), GSSAPI_TEST_WINE: JSON.stringify(launch) }
  return runMochaFile(run, env)
}

// Far from UTC, where SSPI's local times would be no others; with its rule, as a machine may not know the place.
const TZ = 'EST5EDT,M3.2.0,M11.1.0'

async function runWithin(run) {
  const desk = await openDesk()
  // A variable, because the programs and workers that a test starts need the shim too.
  const forced = { NODE_OPTIONS: `--require="${shim}"`, GSSAPI_TEST_SHIM: shim }
  const own = { GSSAPI_PREBUILD: windowsFolder, TZ, ...forced }
  const env = { ...testEnv({ library: 'mit' }), ...desk.env, ...own }
  const result = await runMochaFile(run, wineEnv(env), { launcher: launcher(run.node) })
  await desk.close()
  return result
}

async function runOne(run) {
  const result = await (run.library ? runBeside(run) : runWithin(run))
  show(result)
  return result
}

/** Where a file of Windows' says for which processor it is: the number behind the signature 'PE'. */
const machineOf = (bytes) => bytes.readUInt16LE(bytes.readUInt32LE(0x3c) + 4)
const ARM64 = 0xaa64

/** What cannot run here is compiled, with warnings as errors, and is what it says it is. */
function crossBuild() {
  const result = { title: 'win32-arm64', passed: 0, failures: [], skipped: [] }
  const began = performance.now()
  try {
    const bytes = readFileSync(buildWindowsArm())
    if (machineOf(bytes) !== ARM64) throw new CommandError('is not for arm64')
    if (!bytes.includes('napi_register_module_v1')) throw new CommandError('is no addon')
    result.passed = 1
  } catch (error) {
    result.failures.push({ title: 'the addon does not compile', error: error.message })
  }
  const seconds = (performance.now() - began) / 1000
  const output = result.passed ? '\n  is compiled; it cannot run here\n' : ''
  show({ ...result, output, seconds })
  return result
}

function build() {
  buildNative()
  buildWindows()
  buildTypeScript('src')
  buildTypeScript('test')
  ensureWine()
}

await main(async () => {
  const options = readArguments()
  const names = testNames()
  const runs = [...planWineRuns(names, options), ...planBesideWine(names, options)]
  if (runs.length === 0) throw new CommandError(`No test file for ${options.only.join(', ')}`)
  build()
  endWithRunner(endWine)
  const results = options.only.length === 0 ? [crossBuild()] : []
  for (const batch of batches(runs)) results.push(...(await pooled(batch, AT_ONCE, runOne)))
  endWine()
  return conclude(results, options.json)
})
