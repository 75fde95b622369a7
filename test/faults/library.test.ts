import assert from 'node:assert/strict'
import { chmodSync, chownSync, copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { configure, library } from 'gssapi'
import { runForJson, sanitized } from '../helpers/child'
import { itUnless } from '../helpers/handshake'

interface Told {
  type: string
  code: string
  message: string
}
type Answers = Record<string, Told>

const COMMANDS = [
  /apt-get install libgssapi-krb5-2/,
  /dnf install krb5-libs/,
  /apk add krb5-libs/,
  /brew install krb5/,
]

function saysNotFound(what: string, { type, code, message }: Told, named: RegExp): void {
  assert.equal(code, 'ERR_GSS_LIBRARY_NOT_FOUND', `${what}: ${message}`)
  assert.equal(type, 'GssError')
  assert.match(message, named, what)
  for (const command of COMMANDS) assert.match(message, command, what)
}

const withLibrary = (path: string, args: string[] = []) =>
  runForJson<Answers>('faults/programs/library', args, { env: { GSSAPI_LIBRARY: path } })

describe('a GSSAPI library that is of no use', function () {
  this.timeout(30_000)
  const dir = mkdtempSync(join(tmpdir(), 'gssapi-library-'))
  after(() => rmSync(dir, { recursive: true, force: true }))

  const cases: [what: string, path: () => string, named: RegExp][] = [
    ['missing', () => '/no/such/libgssapi.so', /\/no\/such\/libgssapi\.so/],
    ['another library', () => 'libm.so.6', /libm\.so\.6.*lacks.*gss_init_sec_context/],
    ['a directory', () => dir, /gssapi-library-/],
    [
      'no library at all',
      () => {
        writeFileSync(join(dir, 'text.so'), 'text')
        return join(dir, 'text.so')
      },
      /text\.so/,
    ],
  ]
  for (const [what, path, named] of cases) {
    it(`where it is ${what}, import fails, or a call does not say what to install`, async () => {
      const answers = await withLibrary(path())
      assert.equal(Object.keys(answers).length, 6)
      for (const [call, answer] of Object.entries(answers)) saysNotFound(call, answer, named)
    })
  }

  it('a library that was not found cannot be chosen any more', async () => {
    const answers = await withLibrary('/no/such/libgssapi.so', [library().path])
    saysNotFound('before', answers['library']!, /no\/such/)
    assert.equal(answers['mended']?.type, 'none', answers['mended']?.message)
    assert.equal(answers['afterwards']?.type, 'none', answers['afterwards']?.message)
  })

  const AT_SECURE =
    (process.geteuid?.() !== 0 && 'only root can give node another group’s rights') ||
    (sanitized && 'the sanitizer is preloaded, which the system refuses then')
  itUnless(
    AT_SECURE,
    'the environment chooses no library for more rights than its own',
    async () => {
      const file = 'faults/programs/library'
      const env = { GSSAPI_LIBRARY: '/no/such/libgssapi.so' }
      const other = mkdtempSync(join(tmpdir(), 'gssapi-secure-'))
      try {
        const node = join(other, 'node')
        copyFileSync(process.execPath, node)
        const through = ['/bin/sh', '-c', 'shift; exec "$0" "$@"', node]
        const ordinary = await runForJson<Answers>(file, [], { env, through })
        assert.equal(ordinary['library']?.code, 'ERR_GSS_LIBRARY_NOT_FOUND')
        chownSync(node, 0, 65534)
        chmodSync(node, 0o2755)
        const secure = await runForJson<Answers>(file, [], { env, through })
        assert.equal(secure['library']?.type, 'none', secure['library']?.message)
      } finally {
        rmSync(other, { recursive: true, force: true })
      }
    },
  )

  it('another library is chosen although one is in use', () => {
    const { path } = library()
    const refused = { name: 'GssError', code: 'ERR_INVALID_STATE' }
    assert.throws(() => configure({ library: '/no/such/libgssapi.so' }), refused)
    configure({ library: path })
    assert.equal(library().path, path)
  })
})
