// `npm run release:check`: all that must hold before a release. Every job runs, also after one that failed; a job that
// cannot run here (77) is a failure, because a release is checked whole or not at all. What lies in prebuilds/ at the end
// must be what lay there at the beginning, where anything did: the cross-build is reproducible, and that was published.
import { spawnSync } from 'node:child_process'
import { root } from './util/files.mjs'
import { describePrebuilds } from './util/manifest.mjs'
import { main } from './util/process.mjs'

// The packed tarball, in a folder with no compiler and in one with no library, is part of test:package.
const JOBS = ['check', 'test', 'test:wine', 'test:prebuilds', 'test:package', 'test:docker']

function succeeds(name) {
  console.log(`\n##### ${name}`)
  const { status } = spawnSync('npm', ['run', name], { cwd: root, stdio: 'inherit' })
  console.log(`##### ${name}: ${status === 0 ? 'OK' : `failed (${status})`}`)
  return status === 0
}

/** The binaries with their digests, as text; '' where there are none. */
function prebuilds() {
  const { files } = describePrebuilds()
  return files.map(({ file, sha256 }) => `${sha256}  ${file}\n`).join('')
}

await main(() => {
  const before = prebuilds()
  const failed = JOBS.filter((name) => !succeeds(name))
  if (before !== '' && before !== prebuilds()) failed.push('prebuilds/ is not what it was')
  for (const what of failed) console.log(`failed: ${what}`)
  console.log(failed.length === 0 ? '\nThis can be released.' : '\nThis cannot be released.')
  return failed.length === 0 ? 0 : 1
})
