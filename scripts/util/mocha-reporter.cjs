// mocha's spec output for the reader, and at the end a JSON file for scripts/test.mjs (reporter option `output`).
// The file is written when the run ends and not before: without it the process died, whatever its exit code was.
const { writeFileSync } = require('node:fs')
const { reporters, Runner } = require('mocha')

const { EVENT_RUN_END, EVENT_TEST_FAIL, EVENT_TEST_PASS, EVENT_TEST_PENDING } = Runner.constants

module.exports = class SpecAndTotals extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options)
    const totals = { passed: 0, failures: [], skipped: [] }
    runner.on(EVENT_TEST_PASS, () => (totals.passed += 1))
    runner.on(EVENT_TEST_PENDING, (test) => totals.skipped.push(test.fullTitle()))
    runner.on(EVENT_TEST_FAIL, (test, error) => {
      totals.failures.push({
        title: test.fullTitle(),
        error: error?.stack ?? error?.message ?? String(error),
      })
    })
    runner.once(EVENT_RUN_END, () => {
      writeFileSync(options.reporterOptions.output, JSON.stringify(totals))
    })
  }
}
