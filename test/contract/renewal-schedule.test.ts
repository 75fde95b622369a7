import assert from 'node:assert/strict'
import { EventEmitter, once } from 'node:events'
import { Credential, RenewingCredential, type RenewingOptions } from 'gssapi'
import { delay, failure, heimdal, itUnless, SUITE } from '../helpers/handshake'
import { useRealm } from '../helpers/realm'

const NO_CLIENT_KEYTAB = heimdal('7.8 gets no ticket from a client keytab by itself')
const DAY = 86_400

type Acquire = typeof Credential.acquire

/** What stands for a credential of so many seconds. */
class Obtained {
  disposed = false
  constructor(readonly seconds: number) {}
  inquire() {
    return Promise.resolve({ initiatorLifetime: this.seconds })
  }
  dispose() {
    this.disposed = true
  }
}

const original = { acquire: Credential.acquire, setTimeout: globalThis.setTimeout }

/** Answers to `Credential.acquire`, one by one; where none is left, the last. */
function answer(...answers: (Obtained | Error | Promise<Obtained>)[]): void {
  Credential.acquire = (() => {
    const next = answers.length > 1 ? answers.shift() : answers[0]
    return next instanceof Error ? Promise.reject(next) : Promise.resolve(next)
  }) as unknown as Acquire
}

describe('when a credential is renewed, and what is released', () => {
  const realm = useRealm({ ...SUITE, principals: { ...SUITE.principals, robot: { maxLife: 60 } } })
  let timers: { wait: number; timer: NodeJS.Timeout }[] = []
  let started: RenewingCredential[] = []
  const start = async (options: RenewingOptions = {}) => {
    const renewing = await RenewingCredential.start({ clientKeytab: '/not/read', ...options })
    started.push(renewing)
    return renewing
  }
  /** Milliseconds until the timer that was set last. */
  const wait = () => timers.at(-1)?.wait ?? NaN

  beforeEach(() => {
    timers = []
    started = []
    const recording = (callback: () => void, milliseconds: number) => {
      const timer = original.setTimeout(callback, milliseconds)
      timers.push({ wait: milliseconds, timer })
      return timer
    }
    globalThis.setTimeout = recording as typeof setTimeout
  })
  afterEach(() => {
    for (const renewing of started) renewing.dispose()
    Credential.acquire = original.acquire
    globalThis.setTimeout = original.setTimeout
  })

  for (const [renewAfter, milliseconds] of [
    [undefined, 20_000],
    [0.1, 4000],
    [0.9, 36_000],
  ] as const) {
    it(`renewAfter ${renewAfter ?? 'left out'}: that share of the ticket's life passes first`, async () => {
      answer(new Obtained(40))
      await start({ ...(renewAfter !== undefined && { renewAfter }) })
      assert.ok(Math.abs(wait() - milliseconds) < 2000, String(wait()))
    })
  }

  it('a ticket of a very short life is not renewed all the time', async () => {
    answer(new Obtained(1))
    await start({ renewAfter: 0.01 })
    assert.ok(wait() > 300 && wait() <= 500, String(wait()))
  })

  it('the clock is looked at every minute, also where a timer could not hold the time', async () => {
    let asked = 0
    answer(new Obtained(100 * DAY))
    const { acquire } = Credential
    Credential.acquire = (options) => (asked++, acquire(options))
    await start()
    assert.equal(wait(), 60_000)
    await delay(100)
    assert.equal(asked, 1)
  })

  it('a timer does not keep the process alive', async () => {
    answer(new Obtained(40), new Error('away'))
    const renewing = await start()
    assert.deepEqual(
      timers.map(({ timer }) => timer.hasRef()),
      [false],
    )
    await assert.rejects(renewing.renew(), /away/)
    assert.deepEqual(
      timers.map(({ timer }) => timer.hasRef()),
      [false, false],
    )
  })

  it('the time to the next attempt doubles up to a minute, and begins anew after a success', async () => {
    const waits: number[] = []
    answer(new Obtained(40))
    const renewing = await start()
    renewing.on('failed', (_error, retryIn) => waits.push(retryIn))
    const fail = async () => {
      answer(new Error('away'))
      await assert.rejects(renewing.renew(), /away/)
      await new Promise(setImmediate)
      assert.ok(Math.abs(wait() - (waits.at(-1) ?? NaN) * 1000) < 500, String(wait()))
    }
    for (let i = 0; i < 8; i++) await fail()
    assert.deepEqual(waits, [1, 2, 4, 8, 16, 32, 60, 60])
    answer(new Obtained(40))
    await renewing.renew()
    await fail()
    assert.equal(waits.at(-1), 1)
  })

  it('a ticket that has expired already is not taken', async () => {
    answer(new Obtained(0))
    const error = await failure(() => start())
    assert.equal(error.code, 'GSS_S_CREDENTIALS_EXPIRED')
    const good = new Obtained(40)
    answer(good, new Obtained(0))
    const renewing = await start()
    assert.equal((await failure(() => renewing.renew())).code, 'GSS_S_CREDENTIALS_EXPIRED')
    assert.equal(renewing.credential, good)
  })

  it('dispose releases superseded credentials as well', async () => {
    const both = [new Obtained(40), new Obtained(40)]
    answer(...both)
    const renewing = await start()
    await renewing.renew()
    assert.deepEqual(
      both.map(({ disposed }) => disposed),
      [false, false],
    )
    renewing.dispose()
    assert.deepEqual(
      both.map(({ disposed }) => disposed),
      [true, true],
    )
  })

  it('what arrives after dispose is released, and sets no timer', async () => {
    const late = new Obtained(40)
    const arrival = new EventEmitter()
    answer(
      new Obtained(40),
      once(arrival, 'arrived').then(() => late),
    )
    const renewing = await start()
    const pending = failure(() => renewing.renew())
    renewing.dispose()
    const before = timers.length
    arrival.emit('arrived')
    assert.equal((await pending).code, 'ERR_GSS_DISPOSED')
    assert.equal(late.disposed, true)
    assert.equal(timers.length, before)
  })

  itUnless(NO_CLIENT_KEYTAB, 'the tickets in memory go with the credential', async () => {
    const caches: string[] = []
    Credential.acquire = (options) => {
      caches.push(options?.store?.ccache ?? '')
      return original.acquire(options)
    }
    const clientKeytab = await realm().extractKeytab('robot')
    const renewing = await RenewingCredential.start({ clientKeytab })
    await Promise.all([once(renewing, 'renewed'), renewing.renew()])
    const holds = async (ccache: string) => {
      try {
        return String((await (await original.acquire({ store: { ccache } })).inquire()).name)
      } catch {
        return null
      }
    }
    assert.equal(caches.length, 2)
    for (const cache of caches) assert.equal(await holds(cache), 'robot@EXAMPLE.TEST')
    renewing.dispose()
    for (const cache of caches) {
      for (let i = 0; i < 20 && (await holds(cache)) !== null; i++) await delay(50)
      assert.equal(await holds(cache), null)
    }
  })
})
