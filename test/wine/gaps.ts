/**
 * What the tests ask of Windows that Wine, or SSPI, has not: each with its reason, which goes into the title of
 * the skipped test. A body runs all the same and must fail, so that a gap that is none is noticed; where
 * `run` is false it would hang or end the process. Loaded by mocha before the tests (`--require`).
 */
import { GAPS, type Gap } from './gap-list'

/** The part of mocha's objects that is used here. */
interface Test {
  title: string
  fn?: ((this: Mocha.Context) => unknown) | undefined
  file?: string
  pending: boolean
  fullTitle(): string
}
interface Suite {
  tests: Test[]
  suites: Suite[]
  pending: boolean
}

const testsOf = (suite: Suite): Test[] => [...suite.tests, ...suite.suites.flatMap(testsOf)]

const matches = (gap: Gap, test: Test) =>
  gap.titles === undefined || gap.titles.test(test.fullTitle())

/** The body must fail; then it counts as skipped. */
function expectFailure(test: Test): void {
  const body = test.fn!
  test.fn = async function (this: Mocha.Context) {
    try {
      await body.call(this)
    } catch {
      this.skip()
    }
    throw new Error('This is no gap any more: take it out of test/wine/gap-list.ts')
  }
}

function mark(test: Test, { reason, run = true }: Gap): void {
  test.title = `${test.title} [${reason}]`
  if (test.pending || test.fn === undefined) return
  if (run) expectFailure(test)
  else test.pending = true
}

/** The hooks of a suite without a test to run are not run either. */
function leaveOut(suite: Suite): void {
  suite.suites.forEach(leaveOut)
  if (testsOf(suite).every((test) => test.pending)) suite.pending = true
}

function apply(root: Suite): void {
  const tests = testsOf(root)
  const file = tests[0]?.file?.replaceAll('\\', '/') ?? ''
  const gaps = GAPS.filter((gap) => file.endsWith(`/${gap.file}.test.js`))
  for (const gap of gaps) {
    const found = tests.filter((test) => matches(gap, test))
    if (found.length === 0) throw new Error(`No test for the gap ${gap.file} ${gap.titles}`)
    for (const test of found) mark(test, gap)
  }
  leaveOut(root)
}

export const mochaHooks = {
  beforeAll(this: Mocha.Context) {
    apply(this.test!.parent as unknown as Suite)
  },
}
