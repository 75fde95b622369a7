// One suite in a process of its own, so that none inherits another's heap, threads or compiled code. It is started with
// the realm's environment and tells its result by IPC.
import { c } from './contenders/c.mjs'

async function run() {
  const [suite, json] = process.argv.slice(2)
  const options = JSON.parse(json)
  c.open(options.service)
  const { run: runSuite } = await import(`./suites/${suite}.mjs`)
  return { result: await runSuite(options), encryptionType: c.encryptionType() }
}

process.send(await run())
process.disconnect()
