import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

const LAYOUT = join(__dirname, '..', '..', 'native', 'gss', 'layout.cc')

/** The compiler's words about native/gss/layout.cc; '' where it has nothing to say. */
function compile(...flags: string[]): string {
  const args = ['-std=c++17', '-fsyntax-only', ...flags, LAYOUT]
  const { stderr, error } = spawnSync(process.env['CXX'] ?? 'c++', args, { encoding: 'utf8' })
  if (error) throw error
  return stderr
}

// MIT's header packs for Intel's Macs, whose own compiler says which it is; told so, this one does the same.
const PACKED = '-D__APPLE__'
const TOLD = '-DGSSAPI_PACK=2'
const onIntel = process.arch === 'x64'

// On macOS the headers lie elsewhere, and each build of the addon there compiles the file as it is to be.
const suite = process.platform === 'darwin' ? describe.skip : describe
suite('structures that header and library lay out differently', function () {
  this.timeout(30_000)

  it("this system's headers are refused", () => {
    assert.equal(compile(), '')
  })

  it('a header that does not pack is compiled for a library that does', () => {
    const said = compile(TOLD)
    for (const what of ['gss_OID_desc', 'Bindings', 'gss_iov_buffer_desc']) {
      assert.match(said, new RegExp(`static assertion failed.*[^]*${what}`))
    }
  })

  const title = 'a header that packs is compiled for a library that does not'
  if (!onIntel) return void it.skip(`${title} [MIT's packs for Intel's processors only]`)
  it(title, () => {
    assert.match(compile(PACKED), /static assertion failed/)
    assert.equal(compile(PACKED, TOLD), '')
  })
})
