import assert from 'node:assert/strict'
import { existsSync, rmSync } from 'node:fs'
import path from 'node:path'
import { useRealm } from '../helpers/realm'
import { importScript, root } from '../helpers/tree'
import {
  BY_IMPORT,
  BY_REQUIRE,
  consumerTools,
  manifest,
  pack,
  type Packed,
  project,
  run,
  SAID,
  succeed,
  userEnv,
} from './packed'

const PROGRAM = { 'app.mjs': BY_IMPORT, 'app.cjs': BY_REQUIRE }
const QUIET = ['--no-audit', '--no-fund']

describe('the packed tarball', function () {
  this.timeout(900_000)
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

  /** A project whose every dependency comes from a tarball, by `field` too: what depends on it must not ask the registry. */
  function user(field?: string, files: Record<string, string> = {}): string {
    const pins = Object.entries(packed.tarballs).map(([name, file]) => [name, `file:${file}`])
    const pinned = Object.fromEntries(pins) as Record<string, string>
    const more = field === 'pnpm' ? { pnpm: { overrides: pinned } } : { [field ?? 'x']: pinned }
    const text = manifest(packed, field === undefined ? {} : more)
    const folder = project({ 'package.json': text, ...PROGRAM, ...files })
    folders.push(folder)
    return folder
  }

  const runs = async (cwd: string, command = process.execPath, args = ['app.mjs']) => {
    assert.equal(await succeed(command, args, { cwd, env: userEnv() }), SAID)
  }

  it('installed by npm, offline and without scripts, works on each Node there is', async () => {
    const folder = user()
    await succeed('npm', ['install', '--ignore-scripts', '--offline', ...QUIET], { cwd: folder })
    await runs(folder)
    const { ensureTool } = await importScript<{ ensureTool(name: string): string }>(
      'util/tools.mjs',
    )
    const nodes = ensureTool('node-linux')
    for (const major of [20, 22, 24, 26]) {
      await runs(folder, path.join(nodes, `node-linux-${major}`, 'bin', 'node'))
    }
  })

  it('installed by pnpm, offline and without scripts, works', async () => {
    const folder = user('pnpm')
    const pnpm = path.join(tools, 'pnpm', 'bin', 'pnpm.cjs')
    const store = ['--store-dir', path.join(folder, '.store')]
    const args = [pnpm, 'install', '--offline', '--ignore-scripts', ...store]
    await succeed(process.execPath, args, { cwd: folder })
    await runs(folder)
  })

  it('installed by yarn 1, offline and without scripts, works', async () => {
    const folder = user('resolutions')
    const cache = ['--cache-folder', path.join(folder, '.yarn-cache')]
    const yarn = path.join(tools, 'yarn', 'bin', 'yarn.js')
    const args = [yarn, 'install', '--offline', '--ignore-scripts', '--non-interactive', ...cache]
    await succeed(process.execPath, args, { cwd: folder })
    await runs(folder)
  })

  for (const linker of ['node-modules', 'pnp']) {
    it(`installed by yarn 4 (${linker}), offline and without scripts, works`, async () => {
      const folder = user('resolutions', {
        '.yarnrc.yml': [
          `nodeLinker: ${linker}`,
          'enableScripts: false',
          'enableNetwork: false',
          'enableTelemetry: false',
          'enableImmutableInstalls: false',
          'enableGlobalCache: false',
          'globalFolder: ./.yarn-global',
        ].join('\n'),
        'yarn.lock': '',
      })
      const yarn = path.join(tools, '@yarnpkg', 'cli-dist', 'bin', 'yarn.js')
      await succeed(process.execPath, [yarn, 'install'], { cwd: folder, env: userEnv() })
      // Plug'n'Play has a loader for ECMAScript modules, which a project has to switch on.
      await runs(folder, process.execPath, [yarn, 'node', 'app.cjs'])
    })
  }

  it('its install script compiles nothing where the prebuilt addon loads', async () => {
    const folder = user()
    await succeed('npm', ['install', '--offline', ...QUIET], { cwd: folder })
    assert(!existsSync(path.join(folder, 'node_modules', 'gssapi', 'build')))
    await runs(folder)
  })

  it('its install script says what to install where no prebuilt addon fits and none can be compiled', async () => {
    const folder = user()
    await succeed('npm', ['install', '--ignore-scripts', '--offline', ...QUIET], { cwd: folder })
    const cwd = path.join(folder, 'node_modules', 'gssapi')
    const lacking = [{ CXX: 'no-such-compiler' }, { MAKE: 'no-such-make' }, { PATH: '/nowhere' }]
    for (const lacks of lacking) {
      const env = { ...userEnv(), npm_config_arch: 'riscv64', ...lacks }
      const { code, output } = await run(process.execPath, ['scripts/install.mjs'], { cwd, env })
      assert.equal(code, 1)
      const systems = ['apt-get install g++', 'dnf install', 'apk add', 'brew install krb5']
      for (const words of [...systems, 'Visual Studio Build Tools']) {
        assert(output.includes(words), output)
      }
      assert(output.split('\n').length < 12, output)
    }
  })

  it('is compiled from its own sources where no prebuilt addon fits', async () => {
    const folder = user()
    await succeed('npm', ['install', '--ignore-scripts', '--offline', ...QUIET], { cwd: folder })
    const cwd = path.join(folder, 'node_modules', 'gssapi')
    rmSync(path.join(cwd, 'prebuilds'), { recursive: true })
    const { nodeDir } = await importScript<{ nodeDir(): string | undefined }>(
      'util/node-headers.mjs',
    )
    const PATH = `${path.join(root, 'node_modules', '.bin')}:${process.env['PATH'] ?? ''}`
    const env = { ...userEnv(), PATH, npm_config_nodedir: nodeDir() }
    await succeed(process.execPath, ['scripts/install.mjs'], { cwd, env, timeout: 800_000 })
    assert(existsSync(path.join(cwd, 'build', 'Release', 'gssapi.node')))
    await runs(folder)
  })
})
