import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import path from 'node:path'
import { useRealm } from '../helpers/realm'
import { root } from '../helpers/tree'
import {
  BY_IMPORT,
  BY_REQUIRE,
  consumerTools,
  HANDSHAKE,
  installed,
  pack,
  type Packed,
  run,
  SAID,
  succeed,
  userEnv,
} from './packed'

/** Both exports, with types that must be there: a wrong one does not compile. */
const TYPED = `import { Acceptor, Credential, GssError, Initiator, library, type UnwrapResult } from 'gssapi'
import { Realm } from 'gssapi/testing'
const realm: typeof Realm = Realm
const message: UnwrapResult | undefined = undefined
// @ts-expect-error a target is needed
const wrong = () => new Initiator({})
export const all = [realm, message, wrong, Credential, GssError]
`
const TYPESCRIPT = HANDSHAKE(TYPED)

const WORKER = `const { isMainThread, Worker } = require('node:worker_threads')
if (isMainThread) new Worker(__filename)
else {
  ${BY_REQUIRE}
}
`

/** What are-the-types-wrong prints, as far as it is looked at. */
interface TypesReport {
  analysis: { entrypoints: Record<string, object> }
  problems: Record<string, { resolutionKind?: string }[]>
}

const tsconfig = (module: string, moduleResolution: string) =>
  JSON.stringify({
    compilerOptions: {
      ...{ strict: true, noEmit: moduleResolution === 'bundler', outDir: 'out', target: 'ES2022' },
      ...{
        module,
        moduleResolution,
        types: ['node'],
        skipLibCheck: false,
        lib: ['ES2022', 'ESNext.Disposable'],
      },
    },
    include: [`${moduleResolution}.*`],
  })

describe('a program that uses the packed package', function () {
  this.timeout(300_000)
  useRealm({ principals: { alice: 'secret' }, services: ['chat@localhost'], kinit: 'alice' })
  let packed: Packed
  let tools: string
  let folder: string

  before('pack and install', async () => {
    packed = pack()
    tools = await consumerTools()
    folder = await installed(packed, {
      'app.mjs': BY_IMPORT,
      'app.cjs': BY_REQUIRE,
      'worker.cjs': WORKER,
      'node16.mts': TYPESCRIPT,
      'node16.cts': TYPESCRIPT,
      'bundler.ts': TYPESCRIPT,
      'node16.json': tsconfig('Node16', 'node16'),
      'bundler.json': tsconfig('ESNext', 'bundler'),
    })
  })
  after(() => {
    packed.remove()
    rmSync(folder, { recursive: true, force: true })
  })

  const node = (...args: string[]) =>
    succeed(process.execPath, args, { cwd: folder, env: userEnv() })
  const tsc = (config: string) => {
    const types = path.join(tools, '@types')
    return node(path.join(tools, 'typescript', 'bin', 'tsc'), '-p', config, '--typeRoots', types)
  }

  it('as an ECMAScript module', async () => {
    assert.equal(await node('app.mjs'), SAID)
  })

  it('by require()', async () => {
    assert.equal(await node('app.cjs'), SAID)
  })

  it('in a worker thread', async () => {
    assert.equal(await node('worker.cjs'), SAID)
  })

  it('in TypeScript with node16, as either kind of module', async () => {
    await tsc('node16.json')
    assert.equal(await node('out/node16.mjs'), SAID)
    assert.equal(await node('out/node16.cjs'), SAID)
  })

  it('in TypeScript with bundler', async () => {
    await tsc('bundler.json')
  })

  it('nothing but the exports can be reached: no file of lib/ is anybody else’s affair', async () => {
    const args = ['-e', "require('gssapi/lib/native.js')"]
    const { code, output } = await run(process.execPath, args, { cwd: folder, env: userEnv() })
    assert.equal(code, 1)
    assert.match(output, /ERR_PACKAGE_PATH_NOT_EXPORTED/)
  })

  it('its command runs as npx runs it', async () => {
    const bin = path.join(folder, 'node_modules', '.bin', 'gssapi')
    assert.match(await succeed(bin, ['info'], { cwd: folder, env: userEnv() }), /libgssapi_krb5/)
  })

  it('publint finds no fault in it', async () => {
    const cli = path.join(root, 'node_modules', 'publint', 'src', 'cli.js')
    await node(cli, '--strict', path.join(folder, 'node_modules', 'gssapi'))
  })

  it('are-the-types-wrong finds no fault in it', async () => {
    const cli = path.join(tools, '@arethetypeswrong', 'cli', 'dist', 'index.js')
    const args = [packed.tarballs['gssapi']!, '--profile', 'strict', '--format', 'json']
    const { analysis, problems } = JSON.parse(await node(cli, ...args)) as TypesReport
    const entrypoints = Object.keys(analysis.entrypoints)
    assert.deepEqual(entrypoints, ['.', './testing', './package.json'])
    assert.deepEqual(Object.values(problems).flat(), [])
  })
})
