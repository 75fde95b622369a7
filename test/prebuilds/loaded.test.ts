/** Run by scripts/test-prebuilds.mjs in every place: what is loaded there must be what was prebuilt for it. */
import assert from 'node:assert/strict'
import path from 'node:path'
import { addon, addonFile, packageRoot } from '../helpers/addon'

const wanted = process.env['GSSAPI_TEST_PREBUILT']

const forward = (file: string) => file.split(path.sep).join('/')

describe('the prebuilt addon', () => {
  it('is what is loaded, and not one that was compiled on this machine', () => {
    assert(wanted !== undefined)
    assert.equal(forward(addonFile()), forward(path.join(packageRoot, 'prebuilds', wanted)))
  })

  it('loads, and has its functions', () => {
    assert.equal(typeof addon().library, 'function')
    assert.equal(addon().statistics().contexts, 0)
  })
})
