import assert from 'node:assert/strict'
import { cpSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { blocksOf } from '../docs/markdown'
import { useRealm } from '../helpers/realm'
import {
  BY_IMPORT,
  consumerTools,
  installed,
  pack,
  type Packed,
  run,
  SAID,
  succeed,
  userEnv,
} from './packed'

/** The scripts of docs/bundling.md, by the bundler that each imports; what is marked as js runs without one (test/docs). */
const scripts = blocksOf('docs/bundling.md').filter(({ language }) => language === 'mjs')
const scriptOf = (bundler: string) =>
  scripts.find(({ code }) => code.includes(` from '${bundler}'`))!.code

describe('a bundle made as docs/bundling.md says', function () {
  this.timeout(300_000)
  useRealm({ principals: { alice: 'secret' }, services: ['chat@localhost'], kinit: 'alice' })
  let packed: Packed
  let tools: string
  const folders: string[] = []

  before('pack', async () => {
    packed = pack()
    tools = await consumerTools()
  })
  after(() => {
    packed.remove()
    for (const folder of folders) rmSync(folder, { recursive: true, force: true })
  })

  for (const bundler of ['esbuild', 'webpack', 'rollup']) {
    it(`${bundler}: a handshake, moved away from all packages`, async () => {
      const files = { 'app.js': BY_IMPORT, 'bundle.mjs': scriptOf(bundler) }
      const folder = await installed(packed, files)
      folders.push(folder)
      for (const name of [bundler, '@rollup']) {
        symlinkSync(path.join(tools, name), path.join(folder, 'node_modules', name))
      }
      await succeed(process.execPath, ['bundle.mjs'], { cwd: folder, env: userEnv() })
      const away = path.join(folder, 'away')
      cpSync(path.join(folder, 'dist'), away, { recursive: true })
      rmSync(path.join(folder, 'node_modules'), { recursive: true })
      const options = { cwd: tmpdir(), env: userEnv() }
      const app = path.join(away, 'app.cjs')
      assert.equal(await succeed(process.execPath, [app], options), SAID)
      // Without the binary beside it, it is that binary and no other that was loaded.
      rmSync(path.join(away, 'prebuilds'), { recursive: true })
      assert.notEqual((await run(process.execPath, [app], options)).code, 0)
    })
  }
})
