import assert from 'node:assert/strict'
import type { UnwrapResult } from 'gssapi'
import {
  established,
  heimdal,
  itUnless,
  MECHANISMS,
  type PairOptions,
  pattern,
  SUITE,
} from '../helpers/handshake'
import { useRealm } from '../helpers/realm'

const NO_MESSAGE = heimdal('7.8 gives no message with a token out of its place')

describe('sequence of messages', () => {
  useRealm(SUITE)

  for (const mechanism of MECHANISMS) {
    const reporting: PairOptions = {
      initiator: { mechanism },
      acceptor: { onSequenceError: 'report' },
    }
    const tokensOf = async (count: number, options: PairOptions) => {
      const { initiator, acceptor } = await established(options)
      const tokens = Array.from({ length: count }, (_, i) => initiator.wrap(pattern(20, i)))
      return { initiator, acceptor, tokens, at: (i: number) => tokens[i] ?? Buffer.alloc(0) }
    }

    describe(mechanism, () => {
      itUnless(NO_MESSAGE, 'a missing message is reported, with the message after it', async () => {
        const { acceptor, at } = await tokensOf(3, reporting)
        assert.equal(acceptor.unwrap(at(0)).sequence, 'ok')
        const found: UnwrapResult = acceptor.unwrap(at(2))
        assert.equal(found.sequence, 'gap')
        assert.ok(found.message.equals(pattern(20, 2)))
      })

      itUnless(
        NO_MESSAGE,
        'a late message is reported as unsequenced, with the message',
        async () => {
          const { acceptor, at } = await tokensOf(3, reporting)
          acceptor.unwrap(at(0))
          acceptor.unwrap(at(2))
          const found = acceptor.unwrap(at(1))
          assert.equal(found.sequence, 'unsequenced')
          assert.ok(found.message.equals(pattern(20, 1)))
        },
      )

      itUnless(NO_MESSAGE, 'a repeated message is reported, with the message', async () => {
        const { acceptor, at } = await tokensOf(1, reporting)
        acceptor.unwrap(at(0))
        const found = acceptor.unwrap(at(0))
        assert.equal(found.sequence, 'duplicate')
        assert.ok(found.message.equals(pattern(20, 0)))
      })

      itUnless(NO_MESSAGE, 'a message from long ago is reported as old', async () => {
        const { acceptor, at } = await tokensOf(200, {
          ...reporting,
          initiator: { mechanism, sequenceDetection: false },
        })
        acceptor.unwrap(at(0))
        acceptor.unwrap(at(199))
        assert.equal(acceptor.unwrap(at(1)).sequence, 'old')
      })

      it('a repeated message is thrown by default, synchronously and not', async () => {
        const { acceptor, initiator, at } = await tokensOf(1, { initiator: { mechanism } })
        const code = 'GSS_S_DUPLICATE_TOKEN'
        acceptor.unwrap(at(0))
        assert.throws(() => acceptor.unwrap(at(0)), { name: 'GssError', code })
        await assert.rejects(acceptor.unwrapAsync(at(0)), { code })
        assert.throws(() => acceptor.unwrapInto(at(0), Buffer.alloc(200)), { code })
        const mic = initiator.getMic(pattern(1))
        acceptor.verifyMic(pattern(1), mic)
        assert.throws(() => acceptor.verifyMic(pattern(1), mic), { code })
        await assert.rejects(acceptor.verifyMicAsync(pattern(1), mic), { code })
      })

      it('a gap is thrown by default, with a hint', async () => {
        const { acceptor, at } = await tokensOf(4, { initiator: { mechanism } })
        acceptor.unwrap(at(0))
        assert.throws(() => acceptor.unwrap(at(2)), { code: 'GSS_S_GAP_TOKEN', hint: /missing/ })
      })

      itUnless(
        heimdal('7.8 says GSS_S_FAILURE'),
        'a late message is thrown by default, with a hint',
        async () => {
          const { acceptor, at } = await tokensOf(4, { initiator: { mechanism } })
          assert.throws(() => acceptor.unwrap(at(3)), { code: 'GSS_S_GAP_TOKEN' })
          assert.throws(() => acceptor.unwrap(at(1)), { code: 'GSS_S_UNSEQ_TOKEN', hint: /order/ })
        },
      )

      it('a message thrown for its place stands nowhere in out', async () => {
        const { acceptor, at } = await tokensOf(3, { initiator: { mechanism } })
        acceptor.unwrap(at(0))
        const out = Buffer.alloc(300)
        assert.throws(() => acceptor.unwrapInto(at(2), out), { code: 'GSS_S_GAP_TOKEN' })
        assert.ok(out.every((byte) => byte === 0))
      })

      it('the next message after one thrown is read in its place', async () => {
        const { acceptor, at } = await tokensOf(4, { initiator: { mechanism } })
        acceptor.unwrap(at(0))
        assert.throws(() => acceptor.unwrap(at(2)), { code: 'GSS_S_GAP_TOKEN' })
        assert.equal(acceptor.unwrap(at(3)).sequence, 'ok')
      })

      itUnless(NO_MESSAGE, 'MICs and wrapped messages share one sequence', async () => {
        const { initiator, acceptor } = await established(reporting)
        const mic = initiator.getMic(pattern(5))
        const token = initiator.wrap(pattern(5))
        assert.equal(acceptor.unwrap(token).sequence, 'gap')
        assert.equal(acceptor.verifyMic(pattern(5), mic).sequence, 'unsequenced')
      })

      it('the two directions count apart', async () => {
        const { initiator, acceptor } = await established(reporting)
        for (let i = 0; i < 5; i++) acceptor.unwrap(initiator.wrap(pattern(1)))
        assert.equal(initiator.unwrap(acceptor.wrap(pattern(1))).sequence, 'ok')
      })

      it('without detection nothing is thrown', async () => {
        const { acceptor, at } = await tokensOf(3, {
          initiator: { mechanism, replayDetection: false, sequenceDetection: false },
        })
        for (const i of [2, 0, 1, 1]) {
          const found = acceptor.unwrap(at(i))
          assert.ok(found.message.equals(pattern(20, i)))
          assert.equal(found.sequence, 'ok')
        }
      })

      it('with replay detection alone a gap is none, and a repetition is thrown', async () => {
        const { acceptor, at } = await tokensOf(3, {
          initiator: { mechanism, sequenceDetection: false },
        })
        acceptor.unwrap(at(0))
        assert.equal(acceptor.unwrap(at(2)).sequence, 'ok')
        assert.throws(() => acceptor.unwrap(at(2)), { code: 'GSS_S_DUPLICATE_TOKEN' })
      })
    })
  }
})
