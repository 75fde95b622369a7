import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { ALL_FILES } from '../prebuilds/binary'
import { root } from '../helpers/tree'
import { pack, type Packed, succeed } from './packed'

describe('npm pack', function () {
  this.timeout(120_000)
  let packed: Packed
  before('pack', () => (packed = pack()))
  after(() => {
    packed.remove()
  })

  const holds = (name: string) => packed.files.includes(name)
  const count = (pattern: RegExp) => packed.files.filter((name) => pattern.test(name)).length

  it('holds every prebuilt addon and the manifest that tells them', () => {
    for (const file of [...ALL_FILES, 'manifest.json']) assert(holds(`prebuilds/${file}`), file)
    assert.equal(count(/^prebuilds\//), ALL_FILES.length + 1)
  })

  it('holds the compiled package with its types, and the sources that its maps name', () => {
    for (const name of ['index', 'testing/index', 'cli/main']) {
      for (const kind of ['js', 'd.ts']) assert(holds(`lib/${name}.${kind}`), name)
    }
    assert.equal(count(/^lib\/.*\.js$/), count(/^src\/.*\.ts$/))
  })

  it('holds what it is compiled from where no prebuilt addon fits', () => {
    for (const name of ['binding.gyp', 'native/js/addon.cc', 'scripts/install.mjs']) {
      assert(holds(name), name)
    }
    assert(count(/^native\/gss\/.*\.cc$/) > 10)
    assert(count(/^native\/sspi\/.*\.cc$/) > 10)
  })

  it('holds documentation, licence and changes', () => {
    for (const name of [
      'README.md',
      'LICENSE',
      'CHANGELOG.md',
      'SECURITY.md',
      'docs/platforms.md',
    ]) {
      assert(holds(name), name)
    }
  })

  it('holds the images that docs/ci.md tells users to copy, whole, and no other of docker/', () => {
    const copied = (name: string) => /^docker\/(kdc|ad)\//.test(name)
    const told = execFileSync('git', ['ls-files', 'docker'], { cwd: root, encoding: 'utf8' })
    const here = told.trim().split('\n').filter(copied)
    assert(here.includes('docker/kdc/Dockerfile') && here.includes('docker/ad/Dockerfile'))
    assert.deepEqual(packed.files.filter((name) => name.startsWith('docker/')).sort(), here.sort())
  })

  it('holds no test, no cache, no build of this machine, and no other script', () => {
    const others = packed.files.filter(
      (name) => !/^(lib|src|native|prebuilds|docs|docker)\//.test(name) && name.includes('/'),
    )
    assert.deepEqual(others, ['scripts/install.mjs'])
    assert.equal(count(/\.test\.|node_modules|\.cache|\.stamp$|\.tgz$/), 0)
  })

  it('npm sbom, as the release makes it, lists what a user gets and nothing that only we use', async () => {
    const args = ['sbom', '--sbom-format', 'spdx', '--omit', 'dev']
    const told = JSON.parse(await succeed('npm', args, { cwd: root })) as {
      packages: { name: string; licenseDeclared: string }[]
    }
    const names = told.packages.map(({ name }) => name).sort()
    assert.deepEqual(names, ['gssapi', 'node-addon-api', 'node-gyp-build'])
    for (const { licenseDeclared } of told.packages) assert.match(licenseDeclared, /^(Apache|MIT)/)
  })

  it('is a download of less than 3 MB for all platforms together', () => {
    assert(packed.size < 3_000_000, `${packed.size} bytes`)
  })
})
