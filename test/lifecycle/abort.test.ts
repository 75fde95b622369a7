import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { Acceptor, Credential, Initiator } from 'gssapi'
import { runProgram, describeEnd } from '../helpers/child'
import { useRealm } from '../helpers/realm'
import { dispose, establish, PAIR_REALM, sequenceNumber, SERVICE } from '../helpers/pair'

const MESSAGE = Buffer.from('a message')
/** Long enough on a worker that what is called next is still in the queue. */
const LARGE = Buffer.alloc(16 << 20)

function aborted(reason: unknown) {
  return (error: Error & { code?: string }) => {
    assert.equal(error.name, 'AbortError')
    assert.equal(error.code, 'ABORT_ERR')
    assert.equal(error.cause, reason)
    return true
  }
}

describe('abort', function () {
  this.timeout(60_000)
  useRealm(PAIR_REALM)

  it('a call begins although its signal was aborted before', async () => {
    const reason = new Error('no longer wanted')
    const options = { signal: AbortSignal.abort(reason) }
    const { client, server } = await establish()
    const token = server.wrap(MESSAGE)
    const mic = server.getMic(MESSAGE)
    const before = client.wrap(MESSAGE)
    const credential = await Credential.acquire()
    const calls: Record<string, () => Promise<unknown>> = {
      step: () => new Initiator({ target: SERVICE }).step(null, options),
      wrapAsync: () => client.wrapAsync(MESSAGE, options),
      unwrapAsync: () => client.unwrapAsync(token, options),
      getMicAsync: () => client.getMicAsync(MESSAGE, options),
      verifyMicAsync: () => client.verifyMicAsync(MESSAGE, mic, options),
      acquire: () => Credential.acquire(options),
      inquire: () => credential.inquire(options),
    }
    for (const [name, call] of Object.entries(calls)) {
      await assert.rejects(call(), aborted(reason), name)
    }
    assert.equal(sequenceNumber(client.wrap(MESSAGE)) - sequenceNumber(before), 1n)
    assert.ok(client.unwrap(token).message.equals(MESSAGE))
    client.verifyMic(MESSAGE, mic)
    dispose({ client, server })
  })

  it('a call that is aborted in the queue still runs, and leaves a gap', async () => {
    const { client, server } = await establish()
    const controller = new AbortController()
    const { signal } = controller
    const first = client.wrapAsync(LARGE)
    const second = client.wrapAsync(MESSAGE, { signal })
    const third = client.getMicAsync(MESSAGE, { signal })
    const fourth = client.wrapAsync(MESSAGE)
    controller.abort('enough')
    await assert.rejects(second, aborted('enough'))
    await assert.rejects(third, aborted('enough'))
    server.unwrap(await first)
    assert.ok(server.unwrap(await fourth).message.equals(MESSAGE))
    assert.equal(sequenceNumber(await fourth) - sequenceNumber(await first), 1n)
    dispose({ client, server })
  })

  it('a first step that was aborted before it began cannot be done again', async () => {
    const client = new Initiator({ target: SERVICE })
    const refused = client.step(null, { signal: AbortSignal.abort() })
    await assert.rejects(refused, { name: 'AbortError' })
    const server = new Acceptor()
    await client.step(await server.step(await client.step()))
    assert.ok(client.complete && server.complete)
    dispose({ client, server })
  })

  it('a call that has ended is spoilt by a later abort, or leaves its listener behind', async () => {
    const controller = new AbortController()
    const { signal } = controller
    const { client, server } = await establish()
    const token = await client.wrapAsync(MESSAGE, { signal })
    await assert.rejects(client.unwrapAsync(Buffer.from('no token'), { signal }))
    assert.equal(getEventListeners(signal, 'abort').length, 0)
    controller.abort()
    assert.ok(server.unwrap(token).message.equals(MESSAGE))
    assert.equal(client.complete, true)
    dispose({ client, server })
  })

  it('a signal that is none is ignored', async () => {
    const { client, server } = await establish()
    const wrong = { code: 'ERR_INVALID_ARG_TYPE' }
    for (const signal of [null, 1, 'signal', {}, { aborted: false }, new AbortController()]) {
      const options = { signal: signal as AbortSignal }
      await assert.rejects(client.wrapAsync(MESSAGE, options), wrong)
      await assert.rejects(new Acceptor().step(MESSAGE, options), wrong)
      await assert.rejects(async () => Credential.acquire(options), wrong)
    }
    dispose({ client, server })
  })

  it('many calls on one signal make Node warn of a leak', async () => {
    const { client, server } = await establish()
    const warnings: Error[] = []
    const note = (warning: Error): number => warnings.push(warning)
    process.on('warning', note)
    const { signal } = new AbortController()
    const calls = Array.from({ length: 50 }, () => client.wrapAsync(MESSAGE, { signal }))
    for (const token of await Promise.all(calls)) server.unwrap(token)
    process.off('warning', note)
    assert.deepEqual(warnings, [])
    dispose({ client, server })
  })

  it('abort in every moment of a handshake and of messages ends the process', async () => {
    const ended = await runProgram('lifecycle/programs/abort-storm')
    assert.equal(ended.code, 0, describeEnd(ended))
    assert.equal(ended.stdout, 'survived\n')
  })
})
