import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { addonFile } from '../helpers/addon'

const ENTRIES = ['napi_register_module_v1', 'node_api_module_get_api_version_v1']

describe('the addon that node-gyp builds', () => {
  it('shows its entry and nothing else, as the prebuilt ones do (nm: Linux)', function () {
    if (process.platform !== 'linux' || !/[\\/]build[\\/]Release[\\/]/.test(addonFile())) {
      return this.skip()
    }
    const args = ['--dynamic', '--defined-only', '--format=posix', addonFile()]
    const shown = execFileSync('nm', args, { encoding: 'utf8' })
    const names = shown
      .trim()
      .split('\n')
      .map((line) => line.split(' ')[0])
    assert.deepEqual(names.sort(), ENTRIES)
  })
})
