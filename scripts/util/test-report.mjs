// What a run of test files tells: each file as it ends, at the end the skipped, the failed and the sum.
import { writeFileSync } from 'node:fs'
import { killRunning } from './mocha-file.mjs'

/** Prints one file's result. */
export function show({ title, seconds, output }) {
  console.log(`\n=== ${title} (${seconds.toFixed(1)} s)${output.trimEnd()}`)
}

const indent = (text) => text.replace(/^/gm, '      ')
/** The first lines of an error, for those who sum up. */
const shorten = (error) => indent(error.split('\n').slice(0, 12).join('\n'))

function report(results) {
  const failures = results.flatMap(({ title, failures }) => failures.map((each) => [title, each]))
  const skipped = results.flatMap(({ title, skipped }) => skipped.map((each) => [title, each]))
  if (skipped.length > 0) console.log('\nSkipped:')
  for (const [file, title] of skipped) console.log(`  - ${file}: ${title}`)
  if (failures.length > 0) console.log('\nFailed:')
  for (const [file, { title, error }] of failures) {
    console.log(`  x ${file}: ${title}\n${indent(error)}`)
  }
  const passed = results.reduce((sum, result) => sum + result.passed, 0)
  const told = failures.map(([file, { title, error }]) => `x ${file}: ${title}\n${shorten(error)}`)
  return { passed, failed: failures.length, skipped: skipped.length, failures: told }
}

/** Prints the sum as the last line, writes it to `json` where that is given, and returns the exit code. */
export function conclude(results, json) {
  const totals = report(results)
  if (json) writeFileSync(json, JSON.stringify(totals))
  console.log(`\n${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`)
  return totals.failed === 0 ? 0 : 1
}

/** Ends the test processes where the runner is ended; `also` what else must not stay. */
export function endWithRunner(also = () => {}) {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.once(signal, () => {
      killRunning()
      also()
      process.exit(130)
    })
  }
}
