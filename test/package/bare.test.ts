import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { importScript, root } from '../helpers/tree'
import { useRealm } from '../helpers/realm'
import { bareRoot, pathWithoutCompilers } from './bare'
import { BY_IMPORT, pack, type Packed, project, run, SAID, succeed, userEnv } from './packed'

interface Block {
  language: string
  code: string
}

/** README's first program, and what README says that it prints. */
async function twentyLines(): Promise<[program: string, prints: string]> {
  const { blocksOf } = await importScript<{ blocksOf(text: string): Block[] }>('util/markdown.mjs')
  const blocks = blocksOf(readFileSync(path.join(root, 'README.md'), 'utf8'))
  const at = blocks.findIndex(({ language }) => language === 'ts')
  const [program, prints] = [blocks[at], blocks[at + 1]]
  assert.equal(prints?.language, 'text')
  return [program!.code, prints.code]
}

const NO_LIBRARY = `
import { Initiator, library } from 'gssapi'
console.log('imported')
for (const call of [() => library(), () => new Initiator({ target: 'chat@localhost' })]) {
  try {
    call()
  } catch (error) {
    console.log(error.code, /libgssapi-krb5-2/.test(error.message))
  }
}
`
const EXPLAINED = 'imported\n' + 'ERR_GSS_LIBRARY_NOT_FOUND true\n'.repeat(2)

describe('the packed tarball, where there is next to nothing', function () {
  this.timeout(600_000)
  const realm = useRealm({
    principals: { alice: 'secret' },
    services: ['chat@localhost'],
    kinit: 'alice',
  })
  let packed: Packed
  const folders: string[] = []

  before('pack', () => {
    packed = pack()
  })
  after(() => {
    packed.remove()
    for (const folder of folders) rmSync(folder, { recursive: true, force: true })
  })

  it('README’s first program does not run on every Node, without a compiler', async () => {
    const [program, prints] = await twentyLines()
    const files = Object.values(packed.tarballs).map((file) => `file:${file}`)
    const folder = project({ 'app.mjs': program, 'package.json': '{ "private": true }' })
    const PATH = pathWithoutCompilers()
    folders.push(folder, PATH)
    const env = { ...userEnv(), PATH }
    assert.notEqual((await run('sh', ['-c', 'cc --version || c++ --version'], { env })).code, 0)
    // Its install script runs as well: it has nothing to compile.
    const quiet = ['--offline', '--no-audit', '--no-fund']
    await succeed('npm', ['install', ...quiet, ...files], { cwd: folder, env })
    const { ensureTool } = await importScript<{ ensureTool(name: string): string }>(
      'util/tools.mjs',
    )
    const nodes = ensureTool('node-linux')
    for (const major of [20, 22, 24, 26]) {
      const node = path.join(nodes, `node-linux-${major}`, 'bin', 'node')
      assert.equal(await succeed(node, ['app.mjs'], { cwd: folder, env }), prints)
    }
  })

  /** A root directory with the unpacked tarballs, and no more of a system than `libraries` need. */
  function unpacked(libraries: string[], files: Record<string, string>): string {
    const folder = project(files)
    folders.push(folder)
    bareRoot(folder, [process.execPath, ...libraries])
    for (const [name, file] of Object.entries(packed.tarballs)) {
      const to = path.join(folder, 'node_modules', name)
      mkdirSync(to, { recursive: true })
      execFileSync('tar', ['-xzf', file, '-C', to, '--strip-components=1'])
    }
    return folder
  }

  const within = (folder: string, program: string) => {
    // Whoever is not root is it in a namespace of his own.
    const change = process.getuid?.() === 0 ? [] : ['unshare', '--map-root-user']
    const args = [...change, 'chroot', folder, process.execPath, `/${program}`]
    const env = userEnv()
    delete env['NODE_EXTRA_CA_CERTS'] // its file is not there, of which Node would warn
    return succeed('env', args, { cwd: '/', env })
  }

  it('it needs headers, a shell or anything else of the system but libgssapi_krb5', async () => {
    const library = execFileSync('ldconfig', ['-p'], { encoding: 'utf8' })
    const gssapi = /libgssapi_krb5\.so\.2 .*x86-64.* => (\S+)/.exec(library)?.[1]
    assert.ok(gssapi)
    const folder = unpacked([gssapi], { 'app.mjs': BY_IMPORT })
    const { dir } = realm()
    cpSync(dir, path.join(folder, dir), { recursive: true })
    assert.equal(await within(folder, 'app.mjs'), SAID)
  })

  it('without libgssapi_krb5 importing fails, or the first call does not explain', async () => {
    const folder = unpacked([], { 'app.mjs': NO_LIBRARY })
    assert.equal(await within(folder, 'app.mjs'), EXPLAINED)
  })
})
