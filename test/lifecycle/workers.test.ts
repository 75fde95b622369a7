import assert from 'node:assert/strict'
import { describeEnd, runForJson, runProgram } from '../helpers/child'
import { useRealm } from '../helpers/realm'
import { PAIR_REALM } from '../helpers/pair'
import { hasDesk } from '../helpers/remote-realm'

const ROUNDS = hasDesk ? 10 : 25 // under Wine a worker takes its time

const MODES = {
  pending: 'steps and messages are pending',
  wrap: 'it protects messages synchronously',
  refused: 'a synchronous call is failing',
  made: 'it makes contexts and names',
  told: 'it asks what is known',
  load: 'it loads the addon',
}

describe('worker threads', function () {
  this.timeout(120_000)
  useRealm(PAIR_REALM)

  it('eight workers at once cannot load the addon or get in each other’s way', async () => {
    const counts = await runForJson<number[]>('lifecycle/programs/many-workers')
    assert.deepEqual(
      counts,
      Array.from({ length: 16 }, () => 10),
    )
  })

  for (const [mode, what] of Object.entries(MODES)) {
    it(`terminating a worker while ${what} ends the process`, async () => {
      const ended = await runProgram('lifecycle/programs/terminate', [mode, String(ROUNDS)])
      assert.equal(ended.code, 0, describeEnd(ended))
      assert.equal(ended.stdout, 'survived\n')
    })
  }
})
