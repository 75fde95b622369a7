/** This package on Windows against MIT's gss-client and gss-server on Linux. Run by `npm run test:wine`. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { gssClient, GssServer } from '../helpers/mit-samples'
import { wineLaunch } from '../helpers/peer'
import { useRealm } from '../helpers/realm'

const SERVICE = 'host@localhost'
const MESSAGE = 'sealed by one library, opened by another'
const EXAMPLES = join(__dirname, '..', '..', 'examples')
const PATIENCE_MS = 60_000

describe('Windows (Wine) and the sample programs of MIT', function () {
  this.timeout(120_000)
  const realm = useRealm({ principals: { alice: 'wonderland' }, services: [SERVICE] })

  /** An example under Wine. Its output goes to a file: node.exe cannot write to a pipe there. */
  function start(example: string, args: string[]) {
    const { command, env } = wineLaunch()
    const [program, ...rest] = command
    const log = join(realm().dir, `${example}.log`)
    const file = openSync(log, 'w')
    const child = spawn(program!, [...rest, join(EXAMPLES, example), ...args], {
      env: { ...process.env, ...realm().env, ...env },
      stdio: ['ignore', file, file],
    })
    closeSync(file)
    return { child, said: () => readFileSync(log, 'utf8') }
  }

  before('alice logs in', () => realm().kinit('alice'))

  it('gss-server does not read what Windows wraps, or its signature is not verified there', async () => {
    const log = join(realm().dir, 'gss-server.log')
    const server = await GssServer.listen(SERVICE, log)
    const { child, said } = start('mit-client.mjs', [String(server.port), MESSAGE, SERVICE])
    const [code] = (await once(child, 'exit')) as [number]
    const received = await server.close()
    assert.equal(code, 0, said())
    assert.match(said(), /signature verified/)
    assert.match(received, new RegExp(`^Received message: "${MESSAGE}"$`, 'm'))
    assert.match(received, /GSS_C_MUTUAL_FLAG[^]*GSS_C_REPLAY_FLAG[^]*GSS_C_SEQUENCE_FLAG/)
  })

  it('Windows does not read what gss-client wraps, or its signature is not verified there', async () => {
    const { child, said } = start('mit-service.mjs', [SERVICE])
    try {
      const port = await listening(said)
      const { code, output } = await gssClient(port, ['-seq'], SERVICE, MESSAGE)
      assert.equal(code, 0, output + said())
      assert.match(output, /Signature verified\./)
      assert.ok(said().includes(`message ${JSON.stringify(MESSAGE)}`), said())
    } finally {
      const gone = once(child, 'exit')
      child.kill('SIGKILL')
      await gone
    }
  })
})

async function listening(said: () => string): Promise<number> {
  const limit = Date.now() + PATIENCE_MS
  while (Date.now() < limit) {
    const port = /listens on port (\d+)/.exec(said())?.[1]
    if (port !== undefined) return Number(port)
    await wait(100)
  }
  throw new Error(`the service does not listen: ${said()}`)
}
