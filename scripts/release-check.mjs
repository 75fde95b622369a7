// `npm run release:check -- [--elsewhere JOB ...]`: all that must hold before a release. Every job runs, also after one
// that failed; a job that cannot run here (77) is a failure, because a release is checked whole or not at all, and so is
// a part of one that would be skipped because this machine lacks what it takes (GSSAPI_TEST_ALL=1). What lies in prebuilds/
// at the end must be what lay there at the beginning, where anything did: the cross-build is reproducible, and that is
// published.
//   --elsewhere JOB  leaves it out: the release workflow runs test:docker beside this, on a machine that has Docker
import { spawnSync } from 'node:child_process'
import { parseArgs } from 'node:util'
import { root } from './util/files.mjs'
import { describePrebuilds } from './util/manifest.mjs'
import { CommandError, main } from './util/process.mjs'

// The packed tarball, in a folder with no compiler and in one with no library, is part of test:package.
const JOBS = [
  ...['check', 'test', 'test:asan', 'test:threads', 'fuzz', 'test:wine'],
  ...['test:prebuilds', 'test:package', 'test:docker'],
]
const env = { ...process.env, GSSAPI_TEST_ALL: '1' }

function jobsElsewhere() {
  const { values } = parseArgs({
    options: { elsewhere: { type: 'string', multiple: true, default: [] } },
  })
  const unknown = values.elsewhere.filter((name) => !JOBS.includes(name))
  if (unknown.length === 0) return values.elsewhere
  throw new CommandError(
    `release-check: no job ${unknown.join(', ')}; there are: ${JOBS.join(', ')}`,
  )
}

function succeeds(name) {
  console.log(`\n##### ${name}`)
  const { status } = spawnSync('npm', ['run', name], { cwd: root, env, stdio: 'inherit' })
  console.log(`##### ${name}: ${status === 0 ? 'OK' : `failed (${status})`}`)
  return status === 0
}

/** The binaries with their digests, as text; '' where there are none. */
function prebuilds() {
  const { files } = describePrebuilds()
  return files.map(({ file, sha256 }) => `${sha256}  ${file}\n`).join('')
}

await main(() => {
  const elsewhere = jobsElsewhere()
  const before = prebuilds()
  const failed = JOBS.filter((name) => !elsewhere.includes(name) && !succeeds(name))
  if (before !== '' && before !== prebuilds()) failed.push('prebuilds/ is not what it was')
  for (const what of failed) console.log(`failed: ${what}`)
  for (const name of elsewhere) console.log(`must have succeeded elsewhere: ${name}`)
  console.log(failed.length === 0 ? '\nThis can be released.' : '\nThis cannot be released.')
  return failed.length === 0 ? 0 : 1
})
