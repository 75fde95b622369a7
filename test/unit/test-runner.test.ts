import assert from 'node:assert/strict'
import path from 'node:path'
import { importScript, withTree } from '../helpers/tree'

interface Result {
  passed: number
  failures: { title: string; error: string }[]
  skipped: string[]
  output: string
}

interface Run {
  file: string
  title: string
  library: string
  alone: boolean
  timeout: number
}

interface Plan {
  testNames(folder: string): string[]
  planRuns(names: string[], options?: object): Run[]
  batches(runs: Run[]): Run[][]
}

/** Runs one test file of `code` as `npm test` does. */
async function runFile(code: string, timeout = 15_000): Promise<Result> {
  const { runMochaFile } = await importScript<{
    runMochaFile(run: object, env: NodeJS.ProcessEnv): Promise<Result>
  }>('util/mocha-file.mjs')
  let result: Result | undefined
  await withTree({ 'a.test.js': code }, async (folder) => {
    const run = { title: 'a', file: path.join(folder, 'a.test.js'), timeout }
    result = await runMochaFile(run, process.env)
  })
  assert(result)
  return result
}

const onlyFailure = ({ failures }: Result) => {
  assert.equal(failures.length, 1)
  return failures[0]!
}

describe('the test runner', () => {
  it('runs the tests of containers only where they are named', async () => {
    const { planRuns } = await importScript<Plan>('util/test-plan.mjs')
    const names = ['docker/dns', 'unit/check-docker', 'unit/docker/a']
    const titles = (only: string[]) => planRuns(names, { only }).map(({ title }) => title)
    assert.deepEqual(titles([]), ['unit/check-docker', 'unit/docker/a'])
    assert.deepEqual(titles(['dns']), [])
    assert.deepEqual(titles(['docker/dns']), ['docker/dns'])
  })

  it('counts what passed, failed and was skipped', async () => {
    const result = await runFile(`
      it('passes', () => {})
      it('fails', () => { throw new Error('because') })
      it.skip('waits (there is no moon)', () => {})
    `)
    assert.equal(result.passed, 1)
    assert.equal(onlyFailure(result).title, 'fails')
    assert.match(onlyFailure(result).error, /^Error: because\n/)
    assert.deepEqual(result.skipped, ['waits (there is no moon)'])
  })

  it('counts a failing hook', async () => {
    const result = await runFile(`before(() => { throw new Error('x') }); it('a', () => {})`)
    assert.match(onlyFailure(result).title, /"before all" hook/)
  })

  it('counts a process that a signal ended', async () => {
    const result = await runFile(`
      it('a', () => {})
      it('b', () => { process.kill(process.pid, 'SIGSEGV') })
    `)
    assert.equal(onlyFailure(result).title, 'the process was ended by SIGSEGV')
    assert.match(onlyFailure(result).error, /✔ a/)
  })

  it('counts a process that ends with 0 before its tests do', async () => {
    const result = await runFile(`it('a', () => { process.exit(0) })`)
    assert.equal(onlyFailure(result).title, 'the process ended with 0 before its tests did')
  })

  it('counts a process that dies after its tests passed', async () => {
    const result = await runFile(`it('a', () => { process.on('exit', () => process.abort()) })`)
    assert.equal(onlyFailure(result).title, 'the process was ended by SIGABRT')
    assert.equal(result.passed, 1)
  })

  it('counts a process that cannot exit, and ends it', async () => {
    const result = await runFile(`it('a', () => { setInterval(() => {}, 1000) })`, 8000)
    assert.match(onlyFailure(result).title, /^the process is still running after 8 s/)
    assert.equal(result.passed, 1)
  })

  it('counts a file without a test', async () => {
    const result = await runFile('')
    assert.equal(onlyFailure(result).title, 'the process ran no tests')
  })

  it('counts a file that does not load', async () => {
    const result = await runFile('require("./nowhere")')
    assert.match(
      onlyFailure(result).title,
      /^the process ended with [1-9]\d* before its tests did$/,
    )
    assert.match(onlyFailure(result).error, /Cannot find module/)
  })

  it('counts a child process that was left behind', async () => {
    const result = await runFile(`it('a', () => {
      require('node:child_process').spawn('sleep', ['60'], { stdio: 'inherit' }).unref()
    })`)
    assert.match(onlyFailure(result).title, /left a child process behind/)
  })
})

describe('the plan of the tests', () => {
  it('orders the folders, and repeats the contract on Heimdal', async () => {
    const { planRuns, testNames } = await importScript<Plan>('util/test-plan.mjs')
    const files = ['docs/a', 'zebra/a', 'contract/a', 'unit/a'].map((name) => `${name}.test.ts`)
    await withTree(
      Object.fromEntries([...files, 'helpers/realm.ts'].map((file) => [file, ''])),
      (folder) => {
        assert.deepEqual(
          planRuns(testNames(folder)).map(({ title }) => title),
          ['unit/a', 'contract/a', 'contract/a (heimdal)', 'docs/a', 'zebra/a'],
        )
        return Promise.resolve()
      },
    )
  })

  it('keeps what was asked for', async () => {
    const { planRuns } = await importScript<Plan>('util/test-plan.mjs')
    const names = ['unit/name', 'contract/name', 'contract/context']
    const titles = (options: object) => planRuns(names, options).map(({ title }) => title)
    assert.deepEqual(titles({ only: ['contract/name'], libraries: ['mit'] }), ['contract/name'])
    assert.deepEqual(titles({ libraries: ['heimdal'], only: ['name'] }), [
      'contract/name (heimdal)',
    ])
  })

  it('gives those that measure time both cores', async () => {
    const { batches, planRuns } = await importScript<Plan>('util/test-plan.mjs')
    const runs = planRuns(['unit/a', 'unit/b', 'faults/a', 'faults/b', 'interop/a', 'interop/b'])
    assert.deepEqual(
      batches(runs).map((batch) => batch.map(({ title }) => title)),
      [['unit/a', 'unit/b'], ['faults/a'], ['faults/b'], ['interop/a', 'interop/b']],
    )
  })

  it('gives a sanitized build more time', async () => {
    const { planRuns } = await importScript<Plan>('util/test-plan.mjs')
    const [plain] = planRuns(['unit/a'])
    const [sanitized] = planRuns(['unit/a'], { sanitize: true })
    assert(sanitized!.timeout > plain!.timeout)
  })
})
