import assert from 'node:assert/strict'
import { cpSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { blocksOf } from '../docs/markdown'
import { addonFile } from '../helpers/addon'
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

  /** What install.mjs leaves where no prebuilt binary fits: a compiled one, and no prebuilds/. */
  function compiled(folder: string): void {
    const home = path.join(folder, 'node_modules', 'gssapi')
    rmSync(path.join(home, 'prebuilds'), { recursive: true, force: true })
    cpSync(addonFile(), path.join(home, 'build', 'Release', 'gssapi.node'))
  }

  for (const bundler of ['esbuild', 'webpack', 'rollup']) {
    for (const kind of ['prebuilt', 'compiled']) {
      it(`${bundler}, with a ${kind} binary: a handshake, moved away from all packages`, async () => {
        const files = { 'app.js': BY_IMPORT, 'bundle.mjs': scriptOf(bundler) }
        const folder = await installed(packed, files)
        folders.push(folder)
        if (kind === 'compiled') compiled(folder)
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
        for (const name of ['prebuilds', 'build']) {
          rmSync(path.join(away, name), { recursive: true, force: true })
        }
        assert.notEqual((await run(process.execPath, [app], options)).code, 0)
      })
    }
  }

  it('esbuild as an ECMAScript module fails for want of require(), as the page says', async () => {
    const script = scriptOf('esbuild').replace("'cjs'", "'esm'").replace('app.cjs', 'app.mjs')
    const folder = await installed(packed, { 'app.js': BY_IMPORT, 'bundle.mjs': script })
    folders.push(folder)
    symlinkSync(path.join(tools, 'esbuild'), path.join(folder, 'node_modules', 'esbuild'))
    await succeed(process.execPath, ['bundle.mjs'], { cwd: folder, env: userEnv() })
    const options = { cwd: folder, env: userEnv() }
    const { code, output } = await run(process.execPath, ['dist/app.mjs'], options)
    assert.notEqual(code, 0)
    assert.match(output, /Dynamic require of "[\w:/]+" is not supported/)
  })
})
