// The acts of the demo. Each throws where something did not work.
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import path from 'node:path'
import { buildWindows, shim, windowsFolder } from '../build-windows.mjs'
import { CommandError } from '../util/process.mjs'
import { REQUIREMENTS } from '../util/requirements.mjs'
import { endWine, ensureWine, runUnderWine } from '../util/wine.mjs'

const MESSAGE = 'sealed by one library, opened by another'

function check(condition, what) {
  if (!condition) throw new CommandError(`demo: ${what}`)
}

/** Our client and our service: who is who, a conversation, a file. */
export async function conversation(children, realm, file) {
  const port = await children.service('service.mjs', 'demo@localhost')
  await children.client('client.mjs', port, file, 'demo@localhost')
}

const INTERESTING = /^(context flag|"|Signature)/

/** MIT's client and our service. */
export async function mitClient(children) {
  const port = await children.service('mit-service.mjs', 'host@localhost')
  const args = ['-port', port, '-seq', '127.0.0.1', 'host@localhost', MESSAGE]
  const output = await children.capture('gss-client', args.map(String))
  for (const line of output.split('\n')) {
    if (INTERESTING.test(line)) console.log(`gss-client: ${line}`)
  }
  check(output.includes('Signature verified.'), 'gss-client did not verify our signature')
}

/**
 * MIT's server, which would listen on all of this machine's addresses by itself: started as inetd
 * does it, it takes the connection from our listener on the loopback address.
 */
async function listen(children, log) {
  const server = createServer({ pauseOnConnect: true })
  const ended = once(server, 'connection').then(([socket]) => {
    const args = ['-inetd', '-verbose', '-logfile', log, 'host@localhost']
    return children.serveSocket('gss-server', args, socket)
  })
  ended.catch(() => {}) // reported where it is awaited
  server.listen(0, '127.0.0.1').unref()
  await once(server, 'listening')
  return { port: server.address().port, ended, close: () => server.close() }
}

/** Our client and MIT's server. */
export async function mitServer(children, realm) {
  const log = path.join(realm.dir, 'gss-server.log')
  const { port, ended, close } = await listen(children, log)
  try {
    await children.client('mit-client.mjs', port, MESSAGE, 'host@localhost')
    await ended
  } finally {
    close()
  }
  const received = readFileSync(log, 'utf8').match(/^Received message: (.*)$/m)?.[1]
  console.log(`gss-server: received ${received}`)
  check(received === JSON.stringify(MESSAGE), 'gss-server received another message')
}

/** The client on Windows: Windows' own node.exe under Wine, whose Kerberos the shim of the tests makes Windows'. */
export async function windowsClient(children, realm, file) {
  if (!REQUIREMENTS.wine.found()) return console.log('Left out: Wine is not installed.')
  buildWindows()
  ensureWine()
  const port = await children.service('service.mjs', 'demo@localhost')
  const client = ['--require', shim, 'examples/client.mjs', String(port), file, 'demo@localhost']
  try {
    // The shim reads names from the Unix library's trace.
    const KRB5_TRACE = path.join(realm.dir, 'windows.trace')
    const env = { ...process.env, ...realm.env, KRB5_TRACE, GSSAPI_PREBUILD: windowsFolder }
    const { code, output } = await runUnderWine(client, { env })
    process.stdout.write(output)
    check(code === 0, 'the client on Windows failed')
  } finally {
    endWine()
  }
}
