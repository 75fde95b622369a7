import assert from 'node:assert/strict'
import type { Statistics } from '../helpers/addon'
import { runForJson, sanitized } from '../helpers/child'
import { useRealm } from '../helpers/realm'
import { PAIR_REALM } from '../helpers/pair'

const MEGABYTE = 1 << 20
const nodeOptions = ['--expose-gc']

/** The sanitizer keeps freed memory for a while; here it may keep little. */
function env(): NodeJS.ProcessEnv {
  const options = process.env['ASAN_OPTIONS']
  return {
    KRB5RCACHENAME: 'none:', // it costs a write to the disk for each handshake, and is not ours
    ...(options
      ? { ASAN_OPTIONS: `${options}:quarantine_size_mb=1:thread_local_quarantine_size_kb=64` }
      : {}),
  }
}

/**
 * Two rounds of hundreds of calls, after two that warm up: what leaks a context (20 KB), a status record or
 * a promise for each call (400 bytes) is above these.
 */
const LIMITS: Record<string, { heap: number; rss: number }> = {
  handshakes: { heap: 1.5, rss: 6 },
  messages: { heap: 1.5, rss: 8 },
  failures: { heap: 1.5, rss: 6 },
  credentials: { heap: 1.5, rss: 6 },
  aborts: { heap: 1.5, rss: 8 },
}

describe('memory', function () {
  this.timeout(120_000)
  useRealm(PAIR_REALM)

  it('objects collected while calls on them are pending are freed too early, or never', async () => {
    const held = await runForJson<Statistics & { answered: number }>(
      'lifecycle/programs/collect',
      [],
      { nodeOptions },
    )
    const { answered, names, credentials, contexts, pending } = held
    assert.equal(answered, 160)
    assert.deepEqual(
      { names, credentials, contexts, pending },
      { names: 0, credentials: 0, contexts: 0, pending: 0 },
    )
  })

  for (const [task, limit] of Object.entries(LIMITS)) {
    it(`memory grows with ${task}`, async () => {
      const grown = await runForJson<{ heap: number; rss: number }>(
        'lifecycle/programs/memory',
        [task],
        { nodeOptions, env: env() },
      )
      const shown = JSON.stringify(grown)
      assert.ok(grown.heap < limit.heap * MEGABYTE, `heap: ${shown}`)
      assert.ok(grown.rss < limit.rss * MEGABYTE * (sanitized ? 4 : 1), `rss: ${shown}`)
    })
  }
})
