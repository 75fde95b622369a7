import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { Acceptor, configure, Initiator, Name, SecurityContext } from 'gssapi'
import { statistics } from '../helpers/addon'
import { runForJson, sanitized } from '../helpers/child'
import { dispose, establish, PAIR_REALM, SERVICE, type Pair } from '../helpers/pair'
import { useRealm } from '../helpers/realm'
import { hasDesk } from '../helpers/remote-realm'

/** For which no ticket is in the cache. */
const COLD = 'cold@server.example.test'
const LIMIT = 64
/** Milliseconds: far more than a slow machine needs, far less than libkrb5 waits for a KDC. */
const SOON = 3000
const MIB = 1 << 20
const JUNK = Buffer.from('no token')

/** Calls that ask a KDC which does not answer; all of them run, or wait for a thread. */
class Stuck {
  readonly #controller = new AbortController()
  readonly outcomes: Promise<unknown>[]

  constructor(calls: number) {
    const { signal } = this.#controller
    this.outcomes = Array.from({ length: calls }, () =>
      new Initiator({ target: COLD }).step(null, { signal }).catch((error: unknown) => error),
    )
  }

  abort(): Promise<unknown[]> {
    this.#controller.abort()
    return Promise.all(this.outcomes)
  }
}

async function until(condition: () => boolean, what: string): Promise<void> {
  const end = performance.now() + SOON
  while (!condition()) {
    assert.ok(performance.now() < end, `${what}: ${JSON.stringify(statistics())}`)
    await sleep(5)
  }
}

async function soon(what: string, call: Promise<unknown>): Promise<void> {
  const began = performance.now()
  await call
  const passed = performance.now() - began
  assert.ok(passed < SOON, `${what} took ${passed.toFixed(0)} ms`)
}

describe('the two lanes of the pool', function () {
  this.timeout(120_000)
  const realm = useRealm({ ...PAIR_REALM, services: [SERVICE, COLD] })
  let pairs: Pair[]
  let tokens: Buffer[]

  before(async function () {
    if (hasDesk) this.skip() // SSPI asks from a process of Windows' own, and its KDC cannot be made silent
    pairs = []
    for (let i = 0; i < 200; i++) pairs.push(await establish())
    tokens = await Promise.all(
      [1, 2].map(async () => (await new Initiator({ target: SERVICE }).step()) ?? Buffer.alloc(0)),
    )
    await realm().silentKdc()
  })
  afterEach(() => configure({ threads: LIMIT }))

  it('what needs no network goes on while more calls than the limit wait for a KDC', async () => {
    const stuck = new Stuck(LIMIT + 6)
    await until(() => statistics().network === LIMIT, 'the lane is full')
    const { client, server } = pairs[0]!
    await soon("an acceptor's step", new Acceptor().step(tokens[0]))
    await soon('a step that is refused', assert.rejects(new Acceptor().step(JUNK)))
    const token = await client.wrapAsync(Buffer.alloc(MIB))
    await soon('unwrapAsync', server.unwrapAsync(token))
    const mic = await client.getMicAsync(JUNK)
    await soon('verifyMicAsync', server.verifyMicAsync(JUNK, mic))
    const exported = await pairs[1]!.client.export()
    await soon('import of a context', SecurityContext.import(exported))
    assert.equal(statistics().network, LIMIT)
    await stuck.abort()
  })

  it("an initiator's step after the first goes on, which asks for no ticket", async () => {
    const client = new Initiator({ target: SERVICE })
    const server = new Acceptor()
    const reply = await server.step(await client.step())
    const stuck = new Stuck(LIMIT)
    await until(() => statistics().network - statistics().aborted >= LIMIT, 'the lane is full')
    await soon('the last step', client.step(reply))
    assert.ok(client.complete)
    await stuck.abort()
  })

  it('an aborted call gives its place back, and keeps its thread', async () => {
    const before = statistics()
    const stuck = new Stuck(LIMIT)
    await until(() => statistics().network - before.network === LIMIT, 'the lane is full')
    let done = false
    const next = Name.principal('alice')
      .canonicalize()
      .then(() => (done = true))
    await sleep(200)
    assert.ok(!done, 'the limit does not hold')
    await stuck.abort()
    await soon('the next call', next)
    assert.equal(statistics().aborted - before.aborted, LIMIT)
    assert.ok(statistics().network - before.network >= LIMIT)
  })

  it('aborted calls hold at most four times as many threads as the limit', async () => {
    const found = await runForJson('lifecycle/programs/given-up', [COLD])
    assert.deepEqual(found, { network: 5, aborted: 5, threads: 6, accepted: true })
  })

  it('work that is aborted in the queue leaves its input and its call behind at once', async () => {
    const stuck = new Initiator({ target: COLD })
    const first = stuck.step().catch((error: unknown) => error)
    await sleep(50)
    const before = process.memoryUsage().rss
    const { pending } = statistics()
    const token = Buffer.alloc(MIB, 0x60)
    for (let i = 0; i < 300; i++) {
      const controller = new AbortController()
      const call = stuck.step(token, { signal: controller.signal })
      controller.abort()
      await assert.rejects(call, { code: 'ABORT_ERR' })
    }
    await sleep(50)
    assert.equal(statistics().pending, pending)
    const grown = (process.memoryUsage().rss - before) / MIB
    assert.ok(grown < (sanitized ? 400 : 60), `${grown.toFixed(0)} MiB`)
    stuck.dispose()
    void first
  })

  it('contexts that are disposed while calls wait for a thread are given back', async () => {
    configure({ threads: 1 })
    const stuck = new Stuck(LIMIT)
    await sleep(50)
    dispose(...pairs.splice(100))
    assert.ok(statistics().retired <= 64, JSON.stringify(statistics()))
    await until(() => statistics().retired === 0, 'all are given back')
    await stuck.abort()
  })

  it('a context with many calls does not keep the others from their turn', async () => {
    configure({ threads: 1 })
    const [, , busy, other] = pairs
    let ended = 0
    const calls = Array.from({ length: 40 }, () =>
      busy!.client.wrapAsync(Buffer.alloc(MIB)).then(() => ended++),
    )
    const small = other!.client.wrapAsync(JUNK).then(() => ended)
    assert.ok((await small) < 20, `${await small} calls of the busy context came first`)
    await Promise.all(calls)
  })
})
