import assert from 'node:assert/strict'
import { flipped } from '../helpers/forge'
import { established, heimdal, itUnless, MECHANISMS, pattern, SUITE } from '../helpers/handshake'
import { useRealm } from '../helpers/realm'

/** The number of a MIC or wrap token (RFC 4121 §4.2.6), which nothing covers but the checksum. */
function renumbered(token: Buffer, ahead: number): Buffer {
  const copy = Buffer.from(token)
  copy.writeUInt32BE(copy.readUInt32BE(12) + ahead, 12)
  return copy
}

describe('forged messages, wherever they stand in the sequence', () => {
  useRealm(SUITE)

  for (const mechanism of MECHANISMS) {
    for (const onSequenceError of ['report', 'throw'] as const) {
      const options = { initiator: { mechanism }, acceptor: { onSequenceError } }

      describe(`${mechanism}, ${onSequenceError}`, () => {
        it('a MIC without a checksum does not verify another message', async () => {
          for (const ahead of [0, 1, 3, -1]) {
            const { initiator, acceptor } = await established(options)
            const forged = renumbered(initiator.getMic(pattern(5)), ahead).subarray(0, 16)
            const other = pattern(99, 4)
            assert.throws(() => acceptor.verifyMic(other, forged), { name: 'GssError' })
            await assert.rejects(acceptor.verifyMicAsync(other, forged), { name: 'GssError' })
          }
        })

        it('a MIC with a wrong checksum does not verify', async () => {
          for (const ahead of [0, 1, 3, -1]) {
            const { initiator, acceptor } = await established(options)
            const mic = initiator.getMic(pattern(5))
            const forged = flipped(renumbered(mic, ahead), mic.length - 1)
            assert.throws(() => acceptor.verifyMic(pattern(5), forged), { name: 'GssError' })
          }
        })

        it('a wrapped message with a wrong number or body is not given out', async () => {
          for (const confidential of [true, false]) {
            for (const ahead of [0, 1, 3, -1]) {
              const { initiator, acceptor } = await established(options)
              const token = initiator.wrap(pattern(50), { confidential })
              const forged = flipped(renumbered(token, ahead), 40)
              const out = Buffer.alloc(500)
              assert.throws(() => acceptor.unwrap(forged), { name: 'GssError' })
              assert.throws(() => acceptor.unwrapInto(forged, out), { name: 'GssError' })
              await assert.rejects(acceptor.unwrapAsync(forged), { name: 'GssError' })
              assert.ok(out.every((byte) => byte === 0))
            }
          }
        })

        itUnless(
          heimdal('7.8 counts a number before it checks the token'),
          'the next genuine message is read after forged ones',
          async () => {
            const { initiator, acceptor } = await established(options)
            const token = initiator.wrap(pattern(50))
            for (const ahead of [1, 3, 1000]) {
              assert.throws(() => acceptor.unwrap(renumbered(token, ahead)), { name: 'GssError' })
            }
            assert.ok(acceptor.unwrap(token).message.equals(pattern(50)))
          },
        )
      })
    }
  }
})
