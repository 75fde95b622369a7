// `node scripts/setup.mjs [--system] [job ...]`: makes a fresh clone on a fresh machine ready for test, demo, check, sanitizers,
// heimdal or build (default: build), and costs next to nothing where it already is. --system: the system's packages only,
// which is what needs root. Before `npm ci` has run there are no packages, so this file and what it imports use node:
// modules only.
import { buildNative } from './build-native.mjs'
import { buildTypeScript } from './build-ts.mjs'
import { CommandError, main } from './util/process.mjs'
import { ensureNpmPackages } from './util/npm-packages.mjs'
import { JOBS } from './util/requirements.mjs'
import { ensureSystemPackages } from './util/system-packages.mjs'

const BUILDERS = {
  native: () => buildNative(),
  asan: () => buildNative({ sanitize: true }),
  ts: () => buildTypeScript('src'),
}

function jobsFrom(argv) {
  const unknown = argv.filter((job) => !(job in JOBS))
  if (unknown.length > 0) {
    const known = Object.keys(JOBS).join(', ')
    throw new CommandError(`setup: no job ${unknown.join(', ')}; there are: ${known}`)
  }
  return argv.length > 0 ? argv : ['build']
}

const SYSTEM_ONLY = '--system'

await main(() => {
  const argv = process.argv.slice(2)
  const jobs = jobsFrom(argv.filter((each) => each !== SYSTEM_ONLY))
  const systemOnly = argv.includes(SYSTEM_ONLY)
  ensureSystemPackages(jobs, { unpack: !systemOnly })
  if (systemOnly) return
  ensureNpmPackages()
  const builds = new Set(jobs.flatMap((job) => JOBS[job].builds))
  for (const build of builds) BUILDERS[build]()
})
