// `npm run bench`: C, this package, npm kerberos and python-gssapi in one run; docs/benchmark.md says what is measured and
// how. From a fresh clone it first sets up what it needs, as the tests do: a compiler, a KDC, the build.
import { main, run } from './util/process.mjs'

await main(async () => {
  run(process.execPath, ['scripts/setup.mjs', 'test'])
  const { bench } = await import('../bench/main.mjs')
  return bench(process.argv.slice(2))
})
