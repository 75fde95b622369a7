import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { configure } from 'gssapi'
import { FLAG_BITS } from '../../lib/base/flags'
import { systemLibrary } from '../helpers/apple-library'
import { failure } from '../helpers/failure'
import { establish, PAIR_REALM } from '../helpers/pair'
import { useRealm } from '../helpers/realm'
import { buildWithholdingLibrary } from '../helpers/withholding-library'

const mit = systemLibrary('libgssapi_krb5.so.2')
const suite = mit === undefined ? describe.skip : describe
const folder = mkdtempSync(join(tmpdir(), 'gssapi-withheld-'))

const FLAGS = [
  'mutual',
  'integrity',
  'confidentiality',
  'replayDetection',
  'sequenceDetection',
] as const

if (mit !== undefined) {
  // Before the helpers' first question: a process loads one library.
  configure({ library: buildWithholdingLibrary(join(folder, 'libgssapi_krb5.so.2'), mit) })
}

suite('a library that grants less than an initiator asks for', function () {
  this.timeout(60_000)
  after('take its files away', () => {
    delete process.env['WITHHELD_FLAGS']
    rmSync(folder, { recursive: true, force: true })
  })
  useRealm(PAIR_REALM)

  it('nothing withheld: the context is complete, with all of them', async () => {
    delete process.env['WITHHELD_FLAGS']
    const { client } = await establish()
    for (const flag of FLAGS) assert.equal(client.flags[flag], true, flag)
  })

  for (const flag of FLAGS) {
    it(`${flag}: no context where it was not turned off, and one where it was`, async () => {
      process.env['WITHHELD_FLAGS'] = String(FLAG_BITS[flag])
      const error = await failure(() => establish())
      assert.equal(error.code, 'ERR_GSS_PROTECTION_NOT_GRANTED')
      assert.match(error.message, new RegExp(`required but not granted: ${flag}$`))
      const { client } = await establish({ [flag]: false })
      assert.equal(client.complete, true)
      assert.equal(client.flags[flag], false)
    })
  }
})
