// `npm test -- [PART ...] [--mit | --heimdal] [--library FILE] [--asan] [--jobs N] [--json FILE]`
//   PART        only the test files whose path contains it: contract/handshake
//   --mit       only on MIT krb5;  --heimdal  only what runs on Heimdal (otherwise both)
//   --library FILE  another MIT library than the system's
//   --asan      against the AddressSanitizer + UndefinedBehaviorSanitizer build
//   --jobs N    so many files at once, instead of two
//   --json FILE writes { passed, failed, skipped }; GSSAPI_TEST_JSON=FILE does the same
// Every file has a process of its own. The last line is `N passed, N failed, N skipped`.
import { execFileSync } from 'node:child_process'
import { parseArgs } from 'node:util'
import { asanFolder, buildNative } from './build-native.mjs'
import { buildTypeScript } from './build-ts.mjs'
import { root } from './util/files.mjs'
import { runMochaFile } from './util/mocha-file.mjs'
import { CommandError, main, pooled } from './util/process.mjs'
import { heimdalLibrary, testEnv, withoutHeimdal } from './util/test-env.mjs'
import { batches, planRuns, testNames } from './util/test-plan.mjs'
import { conclude, endWithRunner, show } from './util/test-report.mjs'

function readArguments() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      mit: { type: 'boolean' },
      heimdal: { type: 'boolean' },
      library: { type: 'string' },
      asan: { type: 'boolean', default: false },
      jobs: { type: 'string', default: '2' },
      json: { type: 'string', default: process.env.GSSAPI_TEST_JSON },
    },
  })
  const both = Boolean(values.mit) === Boolean(values.heimdal)
  const libraries = both ? ['mit', 'heimdal'] : [values.mit ? 'mit' : 'heimdal']
  const { library: file, asan: sanitize, jobs, json } = values
  return { only: positionals, libraries, file, sanitize, jobs: Number(jobs), json }
}

/** The trap of such a run: that the ordinary build is loaded after all, and everything passes. */
function assertSanitizedBuildLoads() {
  const script = `console.log(require('node-gyp-build').path(${JSON.stringify(root)}))`
  const env = testEnv({ library: 'mit', sanitize: true })
  const loaded = execFileSync(process.execPath, ['-e', script], {
    cwd: root,
    env,
    encoding: 'utf8',
  })
  if (!loaded.startsWith(asanFolder)) {
    throw new CommandError(`--asan: ${loaded.trim()} would be loaded instead of ${asanFolder}`)
  }
}

function build(sanitize) {
  buildNative()
  if (sanitize) buildNative({ sanitize })
  buildTypeScript('src')
  buildTypeScript('test')
  if (sanitize) assertSanitizedBuildLoads()
}

async function runOne(run, { file, sanitize }) {
  const cannot = run.library === 'heimdal' && !heimdalLibrary()
  const env = cannot ? undefined : testEnv({ library: run.library, file, sanitize })
  const colour = process.stdout.isTTY ?? false
  const result = cannot ? withoutHeimdal(run) : await runMochaFile(run, env, { colour })
  show(result)
  return result
}

async function runAll(runs, options) {
  const results = []
  for (const batch of batches(runs)) {
    results.push(...(await pooled(batch, options.jobs, (run) => runOne(run, options))))
  }
  return results
}

await main(async () => {
  const options = readArguments()
  const runs = planRuns(testNames(), options)
  if (runs.length === 0) {
    throw new CommandError(`No test file's path contains ${options.only.join(', ')}`)
  }
  build(options.sanitize)
  endWithRunner()
  return conclude(await runAll(runs, options), options.json)
})
