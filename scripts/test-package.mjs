// `npm run test:package -- [PART ...] [--json FILE]`: the tarball that npm would publish (test/package): what is in it; installed
// offline and without scripts by npm, pnpm and yarn; used from CommonJS, ECMAScript modules, TypeScript and workers; bundled.
//   PART         only the test files whose path contains it
//   --json FILE  writes { passed, failed, skipped }; GSSAPI_TEST_JSON=FILE does the same
// The last line is `N passed, N failed, N skipped`.
import { parseArgs } from 'node:util'
import { buildTypeScript } from './build-ts.mjs'
import { prebuild } from './prebuild.mjs'
import { runMochaFile } from './util/mocha-file.mjs'
import { CommandError, main, pooled } from './util/process.mjs'
import { testEnv } from './util/test-env.mjs'
import { planPlace, testNames } from './util/test-plan.mjs'
import { conclude, endWithRunner, show } from './util/test-report.mjs'
import { ensureTool } from './util/tools.mjs'

const AT_ONCE = 2

function readArguments() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { json: { type: 'string', default: process.env.GSSAPI_TEST_JSON } },
  })
  const chosen = ({ title }) =>
    positionals.length === 0 || positionals.some((part) => title.includes(part))
  return { chosen, json: values.json }
}

await main(async () => {
  const { chosen, json } = readArguments()
  const runs = planPlace(testNames(), { files: ['package/'] }).filter(chosen)
  if (runs.length === 0) throw new CommandError('No test file has such a path')
  prebuild()
  buildTypeScript('src')
  buildTypeScript('test')
  for (const tool of ['consumers', 'node-linux', 'test-runners']) ensureTool(tool)
  endWithRunner()
  const results = await pooled(runs, AT_ONCE, async (run) => {
    const result = await runMochaFile(run, testEnv({ library: 'mit' }))
    show(result)
    return result
  })
  return conclude(results, json)
})
