/** An empty message is a message: in its place, out of it, and never in the place of one that was not given. */
import assert from 'node:assert/strict'
import {
  established,
  heimdal,
  itUnless,
  MECHANISMS,
  onHeimdal,
  type PairOptions,
  SUITE,
} from '../helpers/handshake'
import { useRealm } from '../helpers/realm'

const NOTHING = Buffer.alloc(0)

/** Of three empty messages the first and the last arrive, then the first again and the second. */
async function outOfPlace(options: PairOptions, confidential: boolean): Promise<void> {
  const { initiator, acceptor } = await established(options)
  const next = () => initiator.wrap(NOTHING, { confidential })
  const [first, second, third] = [next(), next(), next()]
  assert.deepEqual(
    [acceptor.unwrap(first).message.length, acceptor.unwrap(third).sequence],
    [0, 'gap'],
  )
  for (const [token, sequence] of [
    [first, 'duplicate'],
    [second, 'unsequenced'],
  ] as const) {
    const found = acceptor.unwrap(token)
    assert.deepEqual(
      [found.message.length, found.sequence, found.confidential],
      [0, sequence, confidential],
    )
  }
}

describe('empty messages', () => {
  useRealm(SUITE)

  for (const mechanism of MECHANISMS) {
    const reporting: PairOptions = {
      initiator: { mechanism },
      acceptor: { onSequenceError: 'report' },
    }
    for (const confidential of [true, false]) {
      const title = `${mechanism}, ${confidential ? 'sealed' : 'signed'}`

      itUnless(
        heimdal('7.8 gives no message with a token out of its place'),
        `are reported out of their place (${title})`,
        () => outOfPlace(reporting, confidential),
      )

      if (onHeimdal) {
        it(`are errors out of their place, since nobody verified them (${title})`, async () => {
          const { initiator, acceptor } = await established(reporting)
          const next = () => initiator.wrap(NOTHING, { confidential })
          const [first] = [next(), next()]
          acceptor.unwrap(first)
          assert.throws(() => acceptor.unwrap(first), { code: 'GSS_S_DUPLICATE_TOKEN' })
          assert.throws(() => acceptor.unwrap(next()), { code: 'GSS_S_GAP_TOKEN' })
        })
      }
    }

    it(`an empty token is refused before the library sees it (${mechanism})`, async () => {
      const { initiator } = await established({ initiator: { mechanism } })
      const refused = { code: 'GSS_S_DEFECTIVE_TOKEN', message: /the token is empty/ }
      assert.throws(() => initiator.unwrap(NOTHING), refused)
      assert.throws(() => initiator.unwrapInto(NOTHING, Buffer.alloc(10)), refused)
      assert.throws(() => initiator.verifyMic(NOTHING, NOTHING), refused)
      await assert.rejects(initiator.unwrapAsync(NOTHING), refused)
      await assert.rejects(initiator.verifyMicAsync(NOTHING, NOTHING), refused)
    })
  }
})

describe('empty messages of RFC 1964', () => {
  useRealm({ ...SUITE, encryptionTypes: ['arcfour-hmac'] })

  for (const confidential of [true, false]) {
    itUnless(
      heimdal('7.8’s acceptor makes an AES subkey, whatever the ticket has'),
      `are reported out of their place, ${confidential ? 'sealed' : 'signed'}`,
      () => outOfPlace({ acceptor: { onSequenceError: 'report' } }, confidential),
    )
  }
})
