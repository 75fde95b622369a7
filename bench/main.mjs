// `npm run bench`: prepares the contenders, runs the suites, prints the tables, writes the document.
import { writeFileSync } from 'node:fs'
import { describeMachine } from './machine.mjs'
import { readOptions, USAGE } from './options.mjs'
import { buildCContender } from './prepare/c-contender.mjs'
import { prepareKerberos } from './prepare/npm-kerberos.mjs'
import { openRealm } from './prepare/realm.mjs'
import { writeDocument } from './report/document.mjs'
import { sectionsOf } from './report/sections.mjs'
import { runSuites } from './suites.mjs'

async function measure(options, kerberos) {
  const realm = await openRealm(options.service)
  try {
    const { quick, others } = options
    const common = { service: realm.service, quick, others, kerberos: kerberos.folder }
    return await runSuites(options.parts, common, realm.env)
  } finally {
    await realm.close()
  }
}

export async function bench(argv) {
  const options = readOptions(argv)
  if (options.help) return console.log(USAGE)
  await buildCContender()
  const kerberos = options.others ? await prepareKerberos() : { reason: '--no-others' }
  const results = await measure(options, kerberos)
  const report = { ...results, machine: describeMachine(results, kerberos), quick: options.quick }
  const sections = sectionsOf(report)
  for (const { text } of sections) console.log(`\n${text}`)
  if (options.json) writeFileSync(options.json, `${JSON.stringify(report, null, 2)}\n`)
  if (options.write) await writeDocument(report, sections)
}
