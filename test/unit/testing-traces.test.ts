/** What a realm takes from the developer's environment, and what it leaves behind where it fails. */
import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Realm, RealmError } from 'gssapi/testing'

const NAMES = ['KRB5_TRACE', 'TMPDIR'] as const

describe('gssapi/testing: traces', function () {
  this.timeout(30_000)
  const before = NAMES.map((name) => [name, process.env[name]] as const)
  afterEach(() => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    }
  })

  it('the realm’s programs do not write into the KRB5_TRACE of this process', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gssapi-traces-'))
    process.env['KRB5_TRACE'] = join(folder, 'trace')
    await using realm = await Realm.create({ principals: { alice: 'secret' } })
    await realm.kinit('alice')
    assert.deepEqual(readdirSync(folder), [])
    rmSync(folder, { recursive: true })
  })

  it('a realm that cannot be made leaves no directory behind', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gssapi-traces-'))
    process.env['TMPDIR'] = folder
    const wrong = { kdcConf: '[kdcdefaults]\n kdc_ports = none\n}\n' }
    await assert.rejects(Realm.create(wrong), RealmError)
    assert.deepEqual(readdirSync(folder), [])
    rmSync(folder, { recursive: true })
  })
})
