import assert from 'node:assert/strict'
import type { SecurityContext } from 'gssapi'
import {
  established,
  failure,
  heimdal,
  itUnless,
  MECHANISMS,
  onHeimdal,
  type Pair,
  pattern,
  SUITE,
} from '../helpers/handshake'
import { useRealm } from '../helpers/realm'

const SIZES = [0, 1, 13, 899, 900, 1023, 1024, 4096, 16384, 65536, 1 << 20]

describe('messages', () => {
  useRealm(SUITE)

  for (const mechanism of MECHANISMS) {
    describe(mechanism, () => {
      let pair: Pair
      beforeEach(async () => {
        pair = await established({ initiator: { mechanism } })
      })
      const bothWays = (): [SecurityContext, SecurityContext][] => [
        [pair.initiator, pair.acceptor],
        [pair.acceptor, pair.initiator],
      ]

      for (const confidential of [true, false]) {
        const what = confidential ? 'encrypted' : 'sealed'

        it(`${what}: every size arrives as sent, both ways`, () => {
          for (const [from, to] of bothWays()) {
            for (const size of SIZES) {
              const message = pattern(size)
              const opened = to.unwrap(from.wrap(message, { confidential }))
              assert.ok(opened.message.equals(message), `${size} bytes`)
              assert.equal(opened.confidential, confidential)
              assert.equal(opened.qop, 0)
              assert.equal(opened.sequence, 'ok')
            }
          }
        })

        it(`${what}: every size arrives by the asynchronous calls, in their order`, async () => {
          for (const [from, to] of bothWays()) {
            const messages = SIZES.map((size) => pattern(size))
            const tokens = await Promise.all(
              messages.map((message) => from.wrapAsync(message, { confidential })),
            )
            const opened = await Promise.all(tokens.map((token) => to.unwrapAsync(token)))
            opened.forEach((each, i) => {
              assert.ok(each.message.equals(messages[i] ?? Buffer.alloc(0)))
              assert.equal(each.confidential, confidential)
              assert.equal(each.sequence, 'ok')
            })
          }
        })

        it(`${what}: every size arrives in the caller's memory`, () => {
          const { initiator, acceptor } = pair
          for (const size of SIZES) {
            const message = pattern(size)
            const token = Buffer.alloc(size + 300, 0xee)
            const length = initiator.wrapInto(message, token, 100, { confidential })
            assert.ok(token.subarray(0, 100).every((byte) => byte === 0xee))
            assert.ok(token.subarray(100 + length).every((byte) => byte === 0xee))
            const out = Buffer.alloc(size + 300, 0xdd)
            const found = acceptor.unwrapInto(token.subarray(100, 100 + length), out, 7)
            assert.equal(found.length, size)
            assert.equal(found.confidential, confidential)
            assert.ok(out.subarray(7, 7 + size).equals(message), `${size} bytes`)
            assert.ok(out.subarray(0, 7).every((byte) => byte === 0xdd))
          }
        })

        // Heimdal does not tell it beforehand, so there it is a bound.
        it(`${what}: overhead is ${onHeimdal ? 'a close bound' : 'exact'}`, () => {
          const overhead = pair.initiator.overhead({ confidential })
          for (const size of SIZES) {
            const added = pair.initiator.wrap(pattern(size), { confidential }).length - size
            if (onHeimdal) assert.ok(added <= overhead && overhead <= added + 64, `${size} bytes`)
            else assert.equal(added, overhead, `${size} bytes`)
          }
        })

        it(`${what}: the largest message that fits fits, and one byte more does not`, () => {
          for (const most of [100, 1023, 1024, 4096, 65536]) {
            const limit = pair.initiator.wrapSizeLimit(most, { confidential })
            assert.ok(limit > 0 && limit < most)
            assert.ok(pair.initiator.wrap(pattern(limit), { confidential }).length <= most)
            assert.ok(pair.initiator.wrap(pattern(limit + 1), { confidential }).length > most)
          }
          assert.equal(pair.initiator.wrapSizeLimit(10, { confidential }), 0)
        })
      }

      it('an encrypted token does not show the message; a sealed one does', () => {
        const secret = Buffer.from('attack at dawn, attack at dawn')
        assert.ok(!pair.initiator.wrap(secret).includes('attack'))
        assert.ok(pair.initiator.wrap(secret, { confidential: false }).includes('attack'))
      })

      it('equal messages give unequal tokens', () => {
        const message = pattern(64)
        assert.ok(!pair.initiator.wrap(message).equals(pair.initiator.wrap(message)))
      })

      it('a MIC fits its message and no other, both ways', () => {
        for (const [from, to] of bothWays()) {
          for (const size of SIZES) {
            const message = pattern(size)
            const found = to.verifyMic(message, from.getMic(message))
            assert.deepEqual(found, { qop: 0, sequence: 'ok' })
          }
          const mic = from.getMic(pattern(100))
          assert.throws(() => to.verifyMic(pattern(100, 2), mic), { code: 'GSS_S_BAD_MIC' })
        }
      })

      it('a MIC fits by the asynchronous calls', async () => {
        const { initiator, acceptor } = pair
        const mics = await Promise.all(SIZES.map((size) => initiator.getMicAsync(pattern(size))))
        const found = await Promise.all(
          mics.map((mic, i) => acceptor.verifyMicAsync(pattern(SIZES[i] ?? 0), mic)),
        )
        for (const each of found) assert.deepEqual(each, { qop: 0, sequence: 'ok' })
        const bad = await failure(async () =>
          acceptor.verifyMicAsync(pattern(1), await initiator.getMicAsync(pattern(2))),
        )
        assert.equal(bad.code, 'GSS_S_BAD_MIC')
      })

      it("a MIC fits in the caller's memory", () => {
        const out = Buffer.alloc(600)
        const length = pair.initiator.getMicInto(pattern(50), out, 9)
        pair.acceptor.verifyMic(pattern(50), out.subarray(9, 9 + length))
      })

      it('a context does not take its own tokens for the peer’s', () => {
        const token = pair.initiator.wrap(pattern(10))
        assert.throws(() => pair.initiator.unwrap(token), { name: 'GssError' })
        const mic = pair.initiator.getMic(pattern(10))
        assert.throws(() => pair.initiator.verifyMic(pattern(10), mic), { name: 'GssError' })
      })

      itUnless(
        heimdal('7.8 ignores qop'),
        'a quality of protection that krb5 has not is GSS_S_BAD_QOP',
        async () => {
          const { initiator } = pair
          const code = 'GSS_S_BAD_QOP'
          assert.throws(() => initiator.wrap(pattern(1), { qop: 99 }), { code })
          assert.throws(() => initiator.getMic(pattern(1), { qop: 99 }), { code })
          await assert.rejects(initiator.wrapAsync(pattern(1), { qop: 99 }), { code })
        },
      )

      it('a synchronous call beside a pending one is refused and uses up no number', async () => {
        const { initiator, acceptor } = pair
        const pending = initiator.wrapAsync(pattern(1 << 20))
        assert.throws(() => initiator.wrap(pattern(1)), { code: 'ERR_GSS_CONTEXT_BUSY' })
        assert.equal(acceptor.unwrap(await pending).sequence, 'ok')
        assert.equal(acceptor.unwrap(initiator.wrap(pattern(1))).sequence, 'ok')
      })
    })
  }
})
