import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { Credential, Initiator } from 'gssapi'
import { describeEnd, runForJson, runProgram } from '../helpers/child'
import { useRealm } from '../helpers/realm'
import { PAIR_REALM, SERVICE } from '../helpers/pair'

/** Milliseconds: far more than a slow machine needs, far less than libkrb5 waits for a KDC. */
const SOON = 5000
/** The event loop may be late by so much where both cores are busy. */
const HARDLY_LATE = 600

interface Noticed {
  waiting: number
  delay: number
  fs: number
  dns: number
  crypto: number
  abort: number
  outcomes: string[]
}

describe('a KDC that does not answer', function () {
  this.timeout(60_000)
  const realm = useRealm(PAIR_REALM)
  before(() => realm().silentKdc())

  it('64 waiting handshakes hold up the event loop, fs, dns, crypto, abort or the exit', async () => {
    const ended = await runProgram('faults/programs/silent')
    assert.equal(ended.code, 0, describeEnd(ended))
    const noticed = JSON.parse(ended.stdout) as Noticed
    assert.equal(noticed.waiting, 64)
    assert.ok(noticed.delay < HARDLY_LATE, `the event loop: ${ended.stdout}`)
    for (const what of ['fs', 'dns', 'crypto', 'abort'] as const) {
      assert.ok(noticed[what] < SOON, `${what}: ${ended.stdout}`)
    }
    assert.deepEqual(noticed.outcomes, Array(64).fill('AbortError'))
    assert.ok(ended.seconds < 20, `the process ended after ${ended.seconds} s`)
  })

  for (const blocked of [1, 2, 5, 40]) {
    it(`a call that needs no KDC waits for ${blocked} that do`, async () => {
      const passed = await runForJson<number>('faults/programs/behind', [String(blocked)])
      assert.ok(passed < SOON, `${passed} ms`)
    })
  }

  it('a step that is aborted while it waits goes on waiting, or can be used again', async () => {
    const controller = new AbortController()
    const client = new Initiator({ target: SERVICE })
    const pending = client.step(null, { signal: controller.signal })
    await sleep(100)
    const began = performance.now()
    controller.abort('gave up')
    await assert.rejects(pending, { name: 'AbortError', code: 'ABORT_ERR', cause: 'gave up' })
    assert.ok(performance.now() - began < SOON)
    assert.equal(client.complete, false)
    await assert.rejects(client.step(), { code: 'ERR_GSS_DISPOSED' })
  })

  it('AbortSignal.timeout does not end an acquisition by password', async () => {
    const signal = AbortSignal.timeout(100)
    const began = performance.now()
    const pending = Credential.acquire({ name: 'alice', password: 'secret', signal })
    await assert.rejects(pending, { name: 'AbortError' })
    assert.ok(performance.now() - began < SOON)
  })
})
