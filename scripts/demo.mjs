// `npm run demo [-- FILE]`: a throw-away Kerberos realm, a service and a client in it, and the sample programs of MIT
// Kerberos as their peers. Exit code 0: all of it worked. Before setup has run there are no packages, so everything that
// needs them is imported afterwards.
import { explain } from '../examples/describe.mjs'
import { conversation, mitClient, mitServer, windowsClient } from './demo/acts.mjs'
import { fileFrom } from './demo/arguments.mjs'
import { Children } from './demo/children.mjs'
import { CommandError, main, run } from './util/process.mjs'

const ACTS = [
  ['A client and a service of our own', conversation],
  ["MIT's gss-client, our service", mitClient],
  ["Our client, MIT's gss-server", mitServer],
  ['Our client on Windows (Wine), our service on Linux', windowsClient],
]

const title = (text) => console.log(process.stdout.isTTY ? `\n\x1b[1m${text}\x1b[0m` : `\n${text}`)

/** A signal ends the demo as an error does: through the `finally` blocks, so that nothing is left behind. */
function interruption() {
  const controller = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.once(signal, () => controller.abort(signal))
  }
  return controller.signal
}

async function makeRealm(file) {
  const { Realm } = await import('gssapi/testing')
  const { library } = await import('gssapi')
  const { implementation, version } = library()
  const principals = { alice: true }
  const realm = await Realm.create({ principals, services: ['demo@localhost', 'host@localhost'] })
  await realm.kinit('alice')
  console.log(`${implementation} ${version}, realm ${realm.realm} on port ${realm.kdcPort}`)
  console.log(`alice has a ticket, and will send ${file}`)
  return realm
}

async function play(realm, file, signal) {
  const children = new Children(realm.env, signal)
  try {
    for (const [text, act] of ACTS) {
      signal.throwIfAborted()
      title(text)
      await act(children, realm, file)
    }
  } finally {
    await children.end()
  }
}

async function demo(file, signal) {
  title('A Kerberos realm')
  const realm = await makeRealm(file)
  try {
    await play(realm, file, signal)
  } finally {
    await realm.dispose()
  }
  title('All of it worked.')
}

await main(async () => {
  const file = fileFrom(process.argv.slice(2))
  run(process.execPath, ['scripts/setup.mjs', 'demo'])
  const signal = interruption()
  try {
    await demo(file, signal)
    return 0
  } catch (error) {
    if (!signal.aborted) throw error.code === undefined ? error : new CommandError(explain(error))
    console.error(`demo: ended by ${signal.reason}`)
    return 130
  }
})
