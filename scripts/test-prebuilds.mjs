// `npm run test:prebuilds -- [PART ...] [--json FILE]`: what `npm run prebuild` made. First what the files are (test/prebuilds),
// then the addon at work wherever one of them can be run here (scripts/util/places.mjs).
//   PART         only the runs whose title contains it: elf, 'Node 24', arm64, contract/names
//   --json FILE  writes { passed, failed, skipped }; GSSAPI_TEST_JSON=FILE does the same
// A place that cannot be had here is one skipped test with its reason; with GSSAPI_TEST_ALL=1, as release-check sets it, a
// failed one. The last line is `N passed, N failed, N skipped`.
import { createRequire } from 'node:module'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { buildTypeScript } from './build-ts.mjs'
import { prebuild } from './prebuild.mjs'
import { root } from './util/files.mjs'
import { runMochaFile } from './util/mocha-file.mjs'
import { PLACES } from './util/places.mjs'
import { CANNOT_RUN, CommandError, main, pooled } from './util/process.mjs'
import { TARGETS } from './util/targets.mjs'
import { testEnv } from './util/test-env.mjs'
import { planPlace, testNames } from './util/test-plan.mjs'
import { conclude, endWithRunner, show } from './util/test-report.mjs'
import { endWine } from './util/wine.mjs'

const AT_ONCE = 2
const STATIC = ['prebuilds/elf', 'prebuilds/files', 'prebuilds/mach-o', 'prebuilds/pe']
const OWN_OUTPUT = () => ({ stdio: ['ignore', 'pipe', 'pipe'], text: undefined, remove() {} })

function readArguments() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { json: { type: 'string', default: process.env.GSSAPI_TEST_JSON } },
  })
  const chosen = ({ title }) =>
    positionals.length === 0 || positionals.some((part) => title.includes(part))
  return { chosen, json: values.json }
}

/** The realms of a test process that cannot start any, made on this side. */
function openDesk() {
  const require = createRequire(import.meta.url)
  return require(path.join(root, 'build-test', 'wine', 'realm-desk.js')).RealmDesk.open()
}

/** The addon in prebuilds/ and no other: not the one that was compiled here. */
const prebuiltEnv = (target) => ({
  PREBUILDS_ONLY: '1',
  GSSAPI_TEST_PREBUILT: TARGETS[target].file,
})

async function runAt({ run, place, ready }) {
  const { command, env = (inherited) => inherited, output = OWN_OUTPUT } = ready
  const desk = place.desk ? await openDesk() : undefined
  const own = { ...testEnv({ library: 'mit' }), ...desk?.env, ...prebuiltEnv(place.target) }
  const result = await runMochaFile(run, env(own), { launcher: { command, output } })
  await desk?.close()
  return result
}

function withoutPlace({ title }, reason) {
  const told = { title, passed: 0, output: `\n  - ${reason}`, seconds: 0 }
  const failed = { failures: [{ title: 'cannot be had here', error: reason }], skipped: [] }
  const skipped = { failures: [], skipped: [`all of it: ${reason}`] }
  return { ...told, ...(process.env.GSSAPI_TEST_ALL === '1' ? failed : skipped) }
}

/** Makes the place ready; what it cannot be made for says so, and anything else is a failure of the run. */
function prepared(place) {
  try {
    return { ready: place.prepare() }
  } catch (error) {
    if (!(error instanceof CommandError) || error.exitCode !== CANNOT_RUN) throw error
    return { reason: error.message.split('\n')[0] }
  }
}

async function shown(work) {
  const result = await work
  show(result)
  return result
}

async function runPlace(place, runs) {
  const { ready, reason } = prepared(place)
  if (!ready) return [await shown(withoutPlace(place, reason))]
  return pooled(runs, AT_ONCE, (run) => shown(runAt({ run, place, ready })))
}

await main(async () => {
  const { chosen, json } = readArguments()
  const names = testNames()
  const files = planPlace(names, { files: STATIC }).filter(chosen)
  const places = PLACES.map((place) => ({ place, runs: planPlace(names, place).filter(chosen) }))
  const nothing = files.length === 0 && places.every(({ runs }) => runs.length === 0)
  if (nothing) throw new CommandError('No run has such a title')
  prebuild()
  buildTypeScript('src')
  buildTypeScript('test')
  endWithRunner(endWine)
  const own = testEnv({ library: 'mit' })
  const results = await pooled(files, AT_ONCE, (run) => shown(runMochaFile(run, own)))
  for (const { place, runs } of places) {
    if (runs.length > 0) results.push(...(await runPlace(place, runs)))
  }
  endWine()
  return conclude(results, json)
})
