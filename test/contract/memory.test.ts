import assert from 'node:assert/strict'
import type { UnwrapIntoResult } from 'gssapi'
import {
  established,
  heimdal,
  itUnless,
  MECHANISMS,
  type Pair,
  pattern,
  SUITE,
} from '../helpers/handshake'
import { useRealm } from '../helpers/realm'

const RANGE = { name: 'RangeError', code: 'ERR_OUT_OF_RANGE' }

function sharedCopy(bytes: Uint8Array): Uint8Array {
  const view = new Uint8Array(new SharedArrayBuffer(bytes.length + 16), 8, bytes.length)
  view.set(bytes)
  return view
}

function offsetCopy(bytes: Uint8Array): Uint8Array {
  const view = new Uint8Array(new ArrayBuffer(bytes.length + 32), 13, bytes.length)
  view.set(bytes)
  return view
}

/** RRC other than 0 (RFC 4121 §4.2.5), as every token of Windows and Heimdal has. */
function rotated(token: Buffer, count: number): Buffer {
  const body = token.subarray(16)
  const cut = body.length - count
  const result = Buffer.concat([token.subarray(0, 16), body.subarray(cut), body.subarray(0, cut)])
  result.writeUInt16BE(count, 6)
  return result
}

describe("the caller's memory", () => {
  useRealm(SUITE)

  for (const mechanism of MECHANISMS) {
    describe(mechanism, () => {
      let pair: Pair
      beforeEach(async () => {
        pair = await established({ initiator: { mechanism } })
      })

      it('no call changes the message or the token', async () => {
        const { initiator, acceptor } = pair
        for (const size of [0, 1, 1000, 70_000]) {
          const message = pattern(size)
          const before = Buffer.from(message)
          for (const confidential of [true, false]) {
            const token = initiator.wrap(message, { confidential })
            const sent = Buffer.from(token)
            acceptor.unwrap(token)
            assert.ok(token.equals(sent))
            const next = await initiator.wrapAsync(message, { confidential })
            const nextSent = Buffer.from(next)
            await acceptor.unwrapAsync(next)
            assert.ok(next.equals(nextSent))
          }
          const mic = initiator.getMic(message)
          const micSent = Buffer.from(mic)
          acceptor.verifyMic(message, mic)
          assert.ok(mic.equals(micSent))
          assert.ok(message.equals(before))
        }
      })

      itUnless(
        heimdal('its own tokens are rotated already'),
        'a rotated token is read, and not changed',
        async () => {
          for (const size of [5, 500, 70_000]) {
            const message = pattern(size)
            const token = rotated(pair.initiator.wrap(message), 28)
            const before = Buffer.from(token)
            assert.ok(pair.acceptor.unwrap(token).message.equals(message))
            assert.ok(token.equals(before))
            const next = rotated(pair.initiator.wrap(message), 28)
            const nextBefore = Buffer.from(next)
            assert.ok((await pair.acceptor.unwrapAsync(next)).message.equals(message))
            assert.ok(next.equals(nextBefore))
          }
        },
      )

      const forms = { 'view with an offset': offsetCopy, 'view on shared memory': sharedCopy }
      for (const [form, make] of Object.entries(forms)) {
        it(`a ${form} is a message and a token`, async () => {
          const { initiator, acceptor } = pair
          for (const size of [0, 100, 20_000]) {
            const message = pattern(size)
            const token = make(initiator.wrap(make(message)))
            assert.ok(acceptor.unwrap(token).message.equals(message))
            const next = await initiator.wrapAsync(make(message))
            assert.ok((await acceptor.unwrapAsync(make(next))).message.equals(message))
            acceptor.verifyMic(make(message), make(initiator.getMic(make(message))))
          }
        })

        it(`a ${form} receives a token and a message`, () => {
          const { initiator, acceptor } = pair
          for (const size of [0, 100, 20_000]) {
            const token = make(Buffer.alloc(size + 200))
            const length = initiator.wrapInto(pattern(size), token, 5)
            const out = make(Buffer.alloc(size + 200))
            const found = acceptor.unwrapInto(token.subarray(5, 5 + length), out, 3)
            assert.ok(Buffer.from(out.subarray(3, 3 + found.length)).equals(pattern(size)))
          }
        })
      }

      it('a message may be wrapped into, and a token opened into, its own memory', () => {
        const memory = Buffer.alloc(400)
        pattern(100).copy(memory, 20)
        const length = pair.initiator.wrapInto(memory.subarray(20, 120), memory)
        const found = pair.acceptor.unwrapInto(memory.subarray(0, length), memory, 10)
        assert.ok(memory.subarray(10, 10 + found.length).equals(pattern(100)))
      })

      it('results do not share memory that a later call writes', () => {
        const { initiator, acceptor } = pair
        const tokens = Array.from({ length: 50 }, (_, i) => initiator.wrap(pattern(300, i)))
        const opened = tokens.map((token) => acceptor.unwrap(token).message)
        opened.forEach((message, i) => assert.ok(message.equals(pattern(300, i))))
        opened[7]?.fill(0)
        assert.ok(opened[6]?.equals(pattern(300, 6)))
        assert.ok(opened[8]?.equals(pattern(300, 8)))
      })

      it('wrapInto with too little room consumes no sequence number', () => {
        const { initiator, acceptor } = pair
        const room = 100 + initiator.overhead()
        for (const [size, offset] of [
          [room - 1, 0],
          [room, 1],
          [10, 0],
          [0, 0],
        ] as const) {
          assert.throws(() => initiator.wrapInto(pattern(100), Buffer.alloc(size), offset), RANGE)
        }
        const out = Buffer.alloc(room)
        const length = initiator.wrapInto(pattern(100), out)
        assert.equal(acceptor.unwrap(out.subarray(0, length)).sequence, 'ok')
      })

      it('unwrapInto with too little room does not use the token up', () => {
        const { initiator, acceptor } = pair
        const token = initiator.wrap(pattern(100))
        for (const size of [0, 1, 99]) {
          const out = Buffer.alloc(size, 0xcc)
          assert.throws(() => acceptor.unwrapInto(token, out), RANGE)
          assert.ok(out.every((byte) => byte === 0xcc))
        }
        const found: UnwrapIntoResult = acceptor.unwrapInto(token, Buffer.alloc(token.length))
        assert.equal(found.sequence, 'ok')
        assert.equal(found.length, 100)
      })

      it('the message of an asynchronous call may be reused at once', async () => {
        const message = pattern(50_000)
        const pending = pair.initiator.wrapAsync(message)
        message.fill(0)
        const { message: opened } = pair.acceptor.unwrap(await pending)
        assert.ok(opened.equals(pattern(50_000)))
      })

      it('an offset outside of out is a RangeError', () => {
        const out = Buffer.alloc(300)
        for (const offset of [-1, 301, NaN, 1.5, 2 ** 53]) {
          assert.throws(() => pair.initiator.wrapInto(pattern(1), out, offset), RANGE)
        }
      })
    })
  }
})
