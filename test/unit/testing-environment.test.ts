/** `realm.use()` reaches the library wherever the test runs, or says why it cannot. */
import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { once } from 'node:events'
import { readProcessVariable } from 'gssapi'
import { Realm } from 'gssapi/testing'
import { packageRoot } from '../helpers/addon'
import { runForJson } from '../helpers/child'

interface Found {
  during: string
  after: string
  restored: boolean
  copied: string
  config: string
  there?: string
  threadId?: number
}

const NOWHERE = { KRB5_CONFIG: '/nonexistent/krb5.conf', KRB5CCNAME: 'FILE:/nonexistent/ccache' }
const run = <T = Found>(mode: string) =>
  runForJson<T>('unit/programs/use-realm', [mode], { env: NOWHERE })

describe('gssapi/testing: use()', function () {
  this.timeout(60_000)

  const PLACES = {
    plain: 'in the main thread',
    replaced: 'where process.env is another object, as `process.env = {…}` makes it',
    worker: 'in a worker thread, where process.env is a copy',
  }
  for (const [mode, where] of Object.entries(PLACES)) {
    it(`leads the library into the realm ${where}, and back`, async () => {
      const found = await run(mode)
      assert.equal(found.during, 'alice@EXAMPLE.TEST')
      assert.equal(found.copied, found.config)
      assert.equal(found.restored, true)
      assert.notEqual(found.after, found.during)
      assert.equal(found.threadId !== 0, mode === 'worker')
    })
  }

  it('leads the library into the realm in a vm context, as in Jest, and back', async () => {
    const found = await run('vm')
    assert.equal(found.during, 'alice@EXAMPLE.TEST')
    assert.equal(found.restored, true)
    assert.notEqual(found.after, found.during)
    assert.equal(found.there, NOWHERE.KRB5_CONFIG)
  })

  it('a realm within a realm restores the outer one; what is restored twice does nothing', async () => {
    const { configurations } = await run<{ configurations: boolean[] }>('nested')
    assert.deepEqual(configurations, [true, true, true, true])
  })

  it('refuses while another thread uses a realm, until that restores it or ends', async () => {
    const found = await run<Record<string, string>>('threads')
    const IN_USE = 'ERR_GSS_TESTING_ENVIRONMENT_IN_USE'
    assert.deepEqual(found, {
      first: 'none',
      shake: 'alice@EXAMPLE.TEST',
      second: IN_USE,
      undisturbed: 'alice@EXAMPLE.TEST',
      restored: 'none',
      then: 'none',
      shakeThen: 'alice@EXAMPLE.TEST',
      main: IN_USE,
      afterEnd: 'none',
    })
  })

  it('leaves no variable of its own behind', async () => {
    await using realm = await Realm.create()
    const before = { ...process.env }
    realm.use()()
    assert.deepEqual({ ...process.env }, before)
    assert.equal(readProcessVariable('GSSAPI_TESTING_THREAD'), null)
  })

  describe('without the addon', () => {
    const folder = mkdtempSync(join(tmpdir(), 'gssapi-without-addon-'))
    before(() => {
      for (const name of ['package.json', 'lib', 'node_modules/node-gyp-build']) {
        cpSync(join(packageRoot, name), join(folder, name), { recursive: true })
      }
    })
    after(() => rmSync(folder, { recursive: true, force: true }))

    const program = (prepare: string) => `
      const { Realm } = require(${JSON.stringify(join(folder, 'lib', 'testing', 'index.js'))})
      Realm.create().then(async (realm) => {
        ${prepare}
        try {
          const before = process.env.KRB5_CONFIG
          const restore = realm.use()
          const used = process.env.KRB5_CONFIG === realm.krb5Conf
          restore()
          return [used, process.env.KRB5_CONFIG === before]
        } catch (error) { return [error.code, process.env.KRB5_CONFIG] } finally { await realm.dispose() }
      }).then((found) => require('node:worker_threads').parentPort.postMessage(found))`
    const inWorker = async (
      prepare: string,
      env: typeof process.env | symbol,
    ): Promise<unknown> => {
      const options = { eval: true, env: env as NodeJS.ProcessEnv }
      const worker = new Worker(program(prepare), options)
      return ((await once(worker, 'message')) as unknown[])[0]
    }

    it('says that it can do nothing where process.env is a copy, and changes nothing', async () => {
      const env = { ...process.env, ...NOWHERE, GSSAPI_PREBUILD: folder }
      const refused = ['ERR_GSS_TESTING_ENVIRONMENT_COPIED', NOWHERE.KRB5_CONFIG]
      assert.deepEqual(await inWorker('', env), refused)
      assert.deepEqual(await inWorker('process.env = { ...process.env }', env), refused)
    })
  })
})
