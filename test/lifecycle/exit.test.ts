import assert from 'node:assert/strict'
import { describeEnd, repeat, runProgram, sanitized } from '../helpers/child'
import { useRealm } from '../helpers/realm'
import { PAIR_REALM } from '../helpers/pair'
import { hasDesk } from '../helpers/remote-realm'

// A process under Wine takes a second to start, on a quiet machine.
const REPETITIONS = sanitized || hasDesk ? 6 : 20
const AT_ONCE = 4
/** libkrb5 gives a silent KDC up after 20 to 30 s; who waits for that takes longer. */
const WITHOUT_WAITING = 15

async function endsWell(way: string): Promise<void> {
  const runs = await repeat(REPETITIONS, AT_ONCE, () =>
    runProgram('lifecycle/programs/exit', [way]),
  )
  for (const ended of runs) {
    assert.equal(ended.signal, null, describeEnd(ended))
    assert.equal(ended.code, 7, describeEnd(ended))
    assert.ok(ended.seconds < WITHOUT_WAITING, `took ${ended.seconds} s`)
  }
}

describe('exit', function () {
  this.timeout(120_000)

  describe('while calls are pending', () => {
    useRealm(PAIR_REALM)

    it('process.exit() crashes or hangs', () => endsWell('exit'))
    it('process.exit() crashes in the middle of the work', () => endsWell('exitLater'))
    it('process.exit() crashes while answers are given', () => endsWell('exitInAnswer'))
    it('the process ends before its calls do', () => endsWell('natural'))
    it('disposed contexts keep the process alive, or crash it', () => endsWell('disposed'))
    it('an uncaught exception becomes a crash', () => endsWell('uncaught'))
    it('an unhandled rejection becomes a crash', () => endsWell('unhandled'))
    it('process.exit() crashes while a worker thread is at work', () => endsWell('worker'))
  })

  describe('while a KDC does not answer', () => {
    const realm = useRealm(PAIR_REALM)
    before(() => realm().silentKdc())

    it('process.exit() waits for the KDC', () => endsWell('blockedExit'))
    it('process.exit() gives running calls a tenth of a second, neither less nor much more', async function () {
      if (hasDesk) this.skip() // Windows ends the other threads first
      const took: number[] = []
      for (let i = 0; i < 5; i++) {
        const ended = await runProgram('lifecycle/programs/exit', ['blockedTimed'])
        assert.equal(ended.code, 7, describeEnd(ended))
        took.push(Date.now() - Number(ended.stdout))
      }
      const least = Math.min(...took)
      assert.ok(least >= 90, `${took.join()} ms`)
      assert.ok(least < (sanitized ? 2500 : 1000), `${took.join()} ms`)
    })
    it('an uncaught exception waits for the KDC', () => endsWell('blockedUncaught'))
    it('an aborted call keeps the process alive', () => endsWell('blockedAbort'))
  })
})
