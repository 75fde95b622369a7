import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sanitized } from '../helpers/child'
import { SERVICE } from '../helpers/handshake'
import { findProgram } from '../helpers/programs'
import { useRealm } from '../helpers/realm'
import type { Residue } from './programs/residue'

/** At most 64 bytes: V8 has shorter arrays on its heap. */
const PASSWORD = `Zq${randomBytes(20).toString('hex')}`
const REALM = { principals: { alice: PASSWORD, bob: 'other' }, services: [SERVICE], kinit: 'alice' }
const GAP =
  process.platform !== 'linux'
    ? 'no /proc/self/mem'
    : sanitized
      ? 'the sanitizer keeps copies'
      : findProgram('cc') === undefined && 'no C compiler is installed'

/** What no residue is: a library's own, or the string that the caller gave. */
type Except = (residue: Residue[]) => Residue[]
const none: Except = (residue) => residue
/** MIT 1.20's gss_export_sec_context leaves its mechanism's token. */
const oneOfLibrary: Except = (residue) => residue.slice(1)
/** V8's heap has the string, as documented; libc's must have no copy. */
const notV8: Except = (residue) => residue.filter(({ where }) => where.startsWith('[heap]'))

const CALLS: [call: string, title: string, except?: Except][] = [
  ['acquire', 'a password that gave a credential'],
  ['refused', 'a password that was refused'],
  ['aborted', 'a password whose call was aborted'],
  ['verify', 'a password that was verified'],
  ['change', 'a new password'],
  ['old', 'an old password'],
  ['nul', 'a password with a NUL'],
  ['beside', 'a new password beside an old one that is none'],
  ['store', 'a password in a store', notV8],
  ['keytab', 'a service’s key that was given as bytes'],
  ['clientKeytab', 'a client’s key that was given as bytes'],
  ['option', 'the value of a credential’s option'],
  ['contextOption', 'the value of a context’s option'],
  ['add', 'a credential that was copied for another’s sake'],
  ['sessionKey', 'a session key'],
  ['prf', 'what the pseudo-random function gave'],
  ['exportContext', 'an exported context', oneOfLibrary],
  ['importContext', 'an imported context', oneOfLibrary],
  ['exportCredential', 'an exported credential'],
  ['unwrap', 'a small message'],
  ['unwrapLarge', 'a message that is decrypted in the library’s copy of its token'],
]

describe('what the process’s memory holds of a secret that everybody has overwritten', function () {
  this.timeout(60_000)
  const realm = useRealm(REALM)
  let dir: string
  let library: string
  let client: string

  before(
    'an allocator that gives no memory away again, so that whatever was left is found',
    function () {
      if (GAP !== false) this.skip()
      dir = mkdtempSync(join(tmpdir(), 'gssapi-residue-'))
      library = join(dir, 'keep.so')
      writeFileSync(`${library}.c`, 'void free(void *memory) { (void)memory; }\n')
      execFileSync('cc', ['-shared', '-fPIC', '-fno-builtin', '-o', library, `${library}.c`])
    },
  )
  before(async () => {
    if (GAP === false) client = await realm().extractKeytab('bob')
  })
  after(() => {
    if (GAP === false) rmSync(dir, { recursive: true })
  })

  function residue(call: string, secret: string): Residue[] {
    const program = join(__dirname, 'programs', 'residue.js')
    const env = { ...process.env, ...realm().env, KRB5_CLIENT_KTNAME: client, LD_PRELOAD: library }
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--expose-gc', program, call], {
      input: secret,
      env,
      encoding: 'utf8',
    })
    assert.equal(status, 0, stderr)
    return JSON.parse(stdout) as Residue[]
  }

  it(`the search finds a secret that is there${GAP ? ` [${GAP}]` : ''}`, function () {
    if (GAP !== false) this.skip()
    assert.notEqual(residue('kept', PASSWORD).length, 0)
  })

  for (const [call, title, except = none] of CALLS) {
    it(`nothing of ${title}${GAP ? ` [${GAP}]` : ''}`, function () {
      if (GAP !== false) this.skip()
      assert.deepEqual(except(residue(call, PASSWORD)), [])
    })
  }
})
