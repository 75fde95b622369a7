import assert from 'node:assert/strict'
import { Acceptor, Initiator } from 'gssapi'
import { useRealm } from '../helpers/realm'
import { dispose, establish, PAIR_REALM, sequenceNumber, SERVICE, type Pair } from '../helpers/pair'

const CALLS = 200
const BUSY = { name: 'GssError', code: 'ERR_GSS_CONTEXT_BUSY' }

const indexes = Array.from({ length: CALLS }, (_, index) => index)
const text = (index: number): Buffer => Buffer.from(`message ${index} `.repeat(1 + (index % 300)))

describe('concurrent calls', function () {
  this.timeout(60_000)
  useRealm(PAIR_REALM)
  let pair: Pair
  beforeEach(async () => (pair = await establish()))
  afterEach(() => dispose(pair))

  it('200 wrapAsync calls at once overtake each other', async () => {
    const tokens = await Promise.all(indexes.map((index) => pair.client.wrapAsync(text(index))))
    const first = sequenceNumber(tokens[0]!)
    assert.deepEqual(
      tokens.map((token) => Number(sequenceNumber(token) - first)),
      indexes,
    )
  })

  it('200 unwrapAsync calls at once are seen as out of order, or mix their messages up', async () => {
    const tokens = indexes.map((index) => pair.client.wrap(text(index)))
    const results = await Promise.all(tokens.map((token) => pair.server.unwrapAsync(token)))
    for (const [index, { message, sequence, confidential }] of results.entries()) {
      assert.ok(message.equals(text(index)), `message ${index}`)
      assert.equal(sequence, 'ok')
      assert.equal(confidential, true)
    }
  })

  it('all four calls mixed on one context get each other’s results', async () => {
    const { client, server } = pair
    const incoming = indexes.map((index) =>
      index % 2 ? server.wrap(text(index)) : server.getMic(text(index)),
    )
    const results = await Promise.all(
      indexes.map(async (index) => {
        const token = incoming[index]!
        const read =
          index % 2
            ? client.unwrapAsync(token).then(({ message, sequence }) => [sequence, String(message)])
            : client.verifyMicAsync(text(index), token).then(({ sequence }) => [sequence])
        const made = index % 3 ? client.wrapAsync(text(index)) : client.getMicAsync(text(index))
        return [await read, await made] as const
      }),
    )
    for (const [index, [read, made]] of results.entries()) {
      assert.deepEqual(read, index % 2 ? ['ok', String(text(index))] : ['ok'])
      const checked = index % 3 ? server.unwrap(made) : server.verifyMic(text(index), made)
      assert.equal(checked.sequence, 'ok')
    }
  })

  it('the promises of one context are answered in another order than the calls', async () => {
    const order: number[] = []
    await Promise.all(
      indexes.map((index) =>
        pair.client.wrapAsync(text(CALLS - index)).then(() => order.push(index)),
      ),
    )
    assert.deepEqual(order, indexes)
  })

  it('a synchronous call races with a pending one, or waits for it', async () => {
    const { client, server } = pair
    const incoming = server.wrap(text(1))
    const mic = server.getMic(text(1))
    const pending = client.wrapAsync(Buffer.alloc(1 << 20))
    const out = Buffer.alloc(1000)
    assert.throws(() => client.wrap(text(1)), BUSY)
    assert.throws(() => client.wrapInto(text(1), out), BUSY)
    assert.throws(() => client.unwrap(incoming), BUSY)
    assert.throws(() => client.unwrapInto(incoming, out), BUSY)
    assert.throws(() => client.getMic(text(1)), BUSY)
    assert.throws(() => client.verifyMic(text(1), mic), BUSY)
    assert.throws(() => client.wrapSizeLimit(1000), BUSY)
    const first = await pending
    const next = client.wrap(text(1))
    assert.equal(sequenceNumber(next) - sequenceNumber(first), 1n, 'a refused call was counted')
    server.unwrap(first)
    assert.ok(server.unwrap(next).message.equals(text(1)))
    assert.ok(client.unwrap(incoming).message.equals(text(1)))
    client.verifyMic(text(1), mic)
  })

  it('stepSync runs while a step is pending, and a context that refused it is spoilt', async () => {
    const client = new Initiator({ target: SERVICE })
    const server = new Acceptor()
    const token = await client.step()
    const pending = server.step(token)
    assert.throws(() => server.stepSync(token), BUSY)
    await client.step(await pending)
    assert.ok(client.complete && server.complete)
    assert.ok(server.unwrap(client.wrap(text(3))).message.equals(text(3)))
    dispose({ client, server })
  })

  it('64 handshakes at once disturb each other', async () => {
    const pairs = await Promise.all(Array.from({ length: 64 }, () => establish()))
    for (const [index, { client, server }] of pairs.entries()) {
      assert.ok(client.complete && server.complete)
      assert.equal(server.initiatorName?.toString(), 'alice@EXAMPLE.TEST')
      assert.ok(server.unwrap(client.wrap(text(index))).message.equals(text(index)))
    }
    dispose(...pairs)
  })

  it('a message that the caller changes after the call is sent changed', async () => {
    const message = Buffer.alloc(100_000, 'a')
    const pending = pair.client.wrapAsync(message)
    message.fill('b')
    const { message: received } = pair.server.unwrap(await pending)
    assert.ok(received.equals(Buffer.alloc(100_000, 'a')))
  })
})
