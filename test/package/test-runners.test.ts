/** `gssapi/testing` where users' tests run: in Jest's vm contexts, in vitest's threads, processes and vm contexts. */
import assert from 'node:assert/strict'
import { rmSync, symlinkSync } from 'node:fs'
import path from 'node:path'
import { importScript } from '../helpers/tree'
import { installed, pack, type Packed, run, userEnv } from './packed'

/** A user's test file: a handshake in a realm, and a password check, which disposes of things. */
const SPEC = (imports: string) => `${imports}
const realmOptions = { principals: { alice: 'secret' }, services: ['chat@localhost'] }
let realm, restore
beforeAll(async () => {
  realm = await Realm.create(realmOptions)
  restore = realm.use()
  await realm.kinit('alice')
})
afterAll(async () => { restore?.(); await realm?.dispose() })
test('a handshake', async () => {
  const client = new Initiator({ target: 'chat@localhost' })
  const service = new Acceptor()
  let token = await client.step()
  while (token) {
    const reply = await service.step(token)
    token = reply && (await client.step(reply))
  }
  expect(service.unwrap(client.wrap(new Uint8Array([104, 105]))).message.toString()).toBe('hi')
  expect(String(service.initiatorName)).toBe('alice@EXAMPLE.TEST')
})
test('a password', async () => {
  const options = { keytab: realm.keytab, service: 'chat@localhost' }
  expect(String(await verifyPassword('alice', 'secret', options))).toBe('alice@EXAMPLE.TEST')
  await expect(verifyPassword('alice', 'wrong', options)).rejects.toBeInstanceOf(GssError)
})
`
const NAMES = '{ Acceptor, GssError, Initiator, verifyPassword }'
const BY_REQUIRE = SPEC(
  `const ${NAMES} = require('gssapi'); const { Realm } = require('gssapi/testing')`,
)
const BY_IMPORT = SPEC(
  `import { afterAll, beforeAll, expect, test } from 'vitest'; import ${NAMES} from 'gssapi'; import { Realm } from 'gssapi/testing'`,
)

/** Where a developer's own tickets would be. */
const NOWHERE = { KRB5_CONFIG: '/nonexistent/krb5.conf', KRB5CCNAME: 'FILE:/nonexistent/ccache' }

describe('a user’s tests in a realm of gssapi/testing', function () {
  this.timeout(300_000)
  let packed: Packed
  let folder: string

  before('pack and install', async () => {
    packed = pack()
    const { ensureTool } = await importScript<{ ensureTool(name: string): string }>(
      'util/tools.mjs',
    )
    const tools = ensureTool('test-runners')
    folder = await installed(packed, {
      'one.jest.cjs': BY_REQUIRE,
      'two.jest.cjs': BY_REQUIRE,
      'one.vitest.mjs': BY_IMPORT,
      'two.vitest.mjs': BY_IMPORT,
      'jest.config.cjs': "module.exports = { testMatch: ['**/*.jest.cjs'] }",
      'vitest.config.mjs': "export default { test: { include: ['*.vitest.mjs'] } }",
    })
    for (const name of ['jest', 'vitest']) {
      symlinkSync(path.join(tools, name), path.join(folder, 'node_modules', name))
    }
  })
  after(() => {
    packed.remove()
    rmSync(folder, { recursive: true, force: true })
  })

  const node = (file: string, ...args: string[]) => {
    const env = { ...userEnv(), ...NOWHERE, CI: '1', NO_COLOR: '1' }
    return run(process.execPath, [path.join('node_modules', file), ...args], { cwd: folder, env })
  }

  it('Jest, two files in one process', async () => {
    const { code, output } = await node('jest/bin/jest.js', '--runInBand')
    assert.equal(code, 0, output)
    assert.match(output, /Tests: +4 passed/)
  })

  for (const pool of ['forks', 'vmForks']) {
    it(`vitest with ${pool}`, async () => {
      const { code, output } = await node('vitest/vitest.mjs', 'run', `--pool=${pool}`)
      assert.equal(code, 0, output)
      assert.match(output, /Tests +4 passed/)
    })
  }

  for (const pool of ['threads', 'vmThreads']) {
    it(`vitest with ${pool}, one file at a time`, async () => {
      const args = ['run', `--pool=${pool}`, '--no-file-parallelism']
      const { code, output } = await node('vitest/vitest.mjs', ...args)
      assert.equal(code, 0, output)
      assert.match(output, /Tests +4 passed/)
    })
  }
})
