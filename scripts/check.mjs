// `npm run check -- [STEP ...] [--json FILE]`: everything that can be said about the code without running it. All steps
// run even where one fails; the output of those that pass is not shown. GSSAPI_TEST_JSON=FILE is as --json FILE.
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { CommandError, capture, main } from './util/process.mjs'

const node = (...args) => [process.execPath, ...args]
const bin = (file, ...args) => node(`node_modules/${file}`, ...args)

// The cheap ones first; eslint and the snippets read what tsc makes of src/.
const STEPS = {
  setup: node('scripts/setup.mjs', 'check'),
  rooms: bin('dependency-cruiser/bin/dependency-cruise.mjs', 'src'),
  boundaries: node('scripts/check-boundaries.mjs'),
  twins: node('scripts/check-twins.mjs'),
  tree: node('scripts/check-tree.mjs'),
  language: node('scripts/check-language.mjs'),
  'tsc src': node('scripts/build-ts.mjs', 'src'),
  'tsc test': node('scripts/build-ts.mjs', 'test'),
  snippets: node('scripts/check-snippets.mjs'),
  workflows: node('scripts/check-workflows.mjs'),
  prettier: bin('prettier/bin/prettier.cjs', '--check', '--log-level=warn', '.'),
  eslint: bin('eslint/bin/eslint.js', '--max-warnings=0', '.'),
  typedoc: bin('typedoc/bin/typedoc', '--emit', 'none', '--treatWarningsAsErrors'),
  publint: bin('publint/src/cli.js', '--strict'),
  'clang-format': node('scripts/check-format-native.mjs'),
  'native warnings': node('scripts/check-native.mjs'),
  'clang-tidy': node('scripts/check-native.mjs', '--tidy'),
}

const lastLines = (output) => output.trimEnd().split('\n').slice(-30).join('\n')

async function runStep(name) {
  const began = performance.now()
  const [command, ...args] = STEPS[name]
  const { code, output } = await capture(command, args)
  const seconds = ((performance.now() - began) / 1000).toFixed(1)
  console.log(`${code === 0 ? 'OK    ' : 'FAILED'} ${name} (${seconds} s)`)
  if (code !== 0) console.log(output.trimEnd().replace(/^/gm, '    '))
  return { name, ok: code === 0, output }
}

function readArguments() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { json: { type: 'string', default: process.env.GSSAPI_TEST_JSON } },
  })
  const all = Object.keys(STEPS)
  const names = positionals.length > 0 ? positionals : all
  const unknown = names.filter((name) => !all.includes(name))
  if (unknown.length > 0) {
    throw new CommandError(`check: no step ${unknown.join(', ')}; there are: ${all.join(', ')}`)
  }
  return { names, json: values.json }
}

await main(async () => {
  const { names, json } = readArguments()
  const results = []
  for (const name of names) results.push(await runStep(name))
  const bad = results.filter(({ ok }) => !ok)
  const failed = bad.map(({ name }) => name)
  const totals = { passed: results.length - failed.length, failed: failed.length, skipped: 0 }
  totals.failures = bad.map(({ name, output }) => `x ${name}\n${lastLines(output)}`)
  if (json) writeFileSync(json, JSON.stringify(totals))
  console.log(`\n${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`)
  if (failed.length > 0) console.log(`Failed: ${failed.join(', ')}`)
  return failed.length === 0 ? 0 : 1
})
