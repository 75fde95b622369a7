// `npm run test:docker`: docker/compose.yml with the engine that is there, else with one that a script brings up:
// GSSAPI_DOCKER_ENGINE, or the one beside this checkout. Such a script knows `up`, `env` (the variables to use, as `export`
// lines) and `down`. Where there is neither, it ends with 77. All it made is taken down again, the images excepted that
// an engine of the machine's own may use once more.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { root } from './util/files.mjs'
import { CANNOT_RUN, CommandError, main, run } from './util/process.mjs'

const COMPOSE = ['compose', '--file', path.join(root, 'docker', 'compose.yml')]
const BESIDE = path.resolve(root, '..', 'shared', 'tools', 'docker-engine.sh')
const RESULTS = ['contract', 'docker']

const answers = (env, args) => spawnSync('docker', args, { env, stdio: 'ignore' }).status === 0
const hasEngine = (env) => answers(env, ['version']) && answers(env, ['compose', 'version'])
const hasBuildx = (env) => answers(env, ['buildx', 'version'])

function engineScript() {
  const script = process.env.GSSAPI_DOCKER_ENGINE ?? (existsSync(BESIDE) ? BESIDE : undefined)
  if (script !== undefined && process.platform === 'linux' && process.getuid?.() === 0)
    return script
  throw new CommandError(
    'test-docker: no Docker engine with compose answers, and no script (GSSAPI_DOCKER_ENGINE, run by root) brings one up',
    CANNOT_RUN,
  )
}

/** The variables in lines such as `export A=1 B=2`. */
function variables(text) {
  const pairs = text
    .split('\n')
    .filter((line) => line.startsWith('export '))
    .flatMap((line) => [...line.matchAll(/([A-Z_]+)=(\S*)/g)])
  return Object.fromEntries(pairs.map(([, name, value]) => [name, value]))
}

/** { env, down }: an engine that answers, and how to be rid of it. */
function engine() {
  if (hasEngine(process.env)) return { env: process.env, down: () => {} }
  const script = engineScript()
  const state = mkdtempSync(path.join(tmpdir(), 'gssapi-docker-'))
  const own = { ...process.env, CI_DOCKER_STATE: state }
  const down = () => run(script, ['down'], { env: own })
  try {
    run(script, ['up'], { env: own })
    const told = spawnSync(script, ['env'], { env: own, encoding: 'utf8' }).stdout
    return { env: { ...process.env, ...variables(told) }, down }
  } catch (error) {
    down()
    throw error
  }
}

/** What the test container counted; a run that it never came to is a failure. */
function totalsOf(env) {
  const folder = mkdtempSync(path.join(tmpdir(), 'gssapi-docker-'))
  try {
    return RESULTS.map((name) => {
      const file = path.join(folder, `${name}.json`)
      spawnSync('docker', [...COMPOSE, 'cp', `tests:/results/${name}.json`, file], { env })
      if (!existsSync(file))
        return { name, passed: 0, failed: 1, skipped: 0, failures: [`x ${name}: never ran`] }
      return { name, ...JSON.parse(readFileSync(file, 'utf8')) }
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const sum = (all, key) => all.reduce((total, each) => total + each[key], 0)

function report(status, results) {
  const totals = {
    passed: sum(results, 'passed'),
    failed: sum(results, 'failed'),
    skipped: sum(results, 'skipped'),
    failures: results.flatMap(({ failures }) => failures ?? []),
  }
  if (status !== 0 && totals.failed === 0) totals.failed = 1
  for (const { name, passed, failed, skipped } of results) {
    console.log(`${name}: ${passed} passed, ${failed} failed, ${skipped} skipped`)
  }
  const json = process.env.GSSAPI_TEST_JSON
  if (json) writeFileSync(json, JSON.stringify(totals))
  console.log(`\n${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`)
  return totals.failed === 0 ? 0 : 1
}

function compose(env, args) {
  return spawnSync('docker', [...COMPOSE, ...args], { cwd: root, env, stdio: 'inherit' }).status
}

await main(() => {
  const { env, down } = engine()
  try {
    if (!hasBuildx(env)) throw new CommandError('test-docker: docker buildx is missing', CANNOT_RUN)
    // What an earlier run left would be an earlier realm.
    compose(env, ['down', '--volumes', '--remove-orphans'])
    const attach = ['--attach', 'tests', '--exit-code-from', 'tests', '--abort-on-container-exit']
    const status = compose(env, ['up', '--build', ...attach])
    if (status !== 0) compose(env, ['logs', '--tail', '40', 'kdc', 'ad', 'service', 'mit'])
    return report(status, totalsOf(env))
  } finally {
    compose(env, ['down', '--volumes', '--remove-orphans'])
    down()
  }
})
