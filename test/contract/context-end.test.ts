import assert from 'node:assert/strict'
import { Acceptor, Initiator, SecurityContext } from 'gssapi'
import {
  delay,
  established,
  MECHANISMS,
  pattern,
  secondsLeft,
  SERVICE,
  SUITE,
} from '../helpers/handshake'
import { useRealm } from '../helpers/realm'

/** Seconds between what `expires` and `lifetime` say. */
function apart(context: SecurityContext): number {
  const { expires } = context
  assert.ok(expires)
  return Math.abs((expires.getTime() - Date.now()) / 1000 - secondsLeft(context))
}

describe('the end of a context, and micLength', () => {
  useRealm(SUITE)

  describe('when a context ends', () => {
    it('lifetime and expires are null before the first step', () => {
      for (const context of [new Initiator({ target: SERVICE }), new Acceptor()]) {
        assert.deepEqual([context.lifetime, context.expires], [null, null])
      }
    })

    it('they stay null where the first step is refused', async () => {
      const acceptor = new Acceptor()
      await assert.rejects(acceptor.step(pattern(40)))
      assert.deepEqual([acceptor.lifetime, acceptor.expires], [null, null])
    })

    for (const mechanism of MECHANISMS) {
      it(`${mechanism}: expires is the time at which lifetime will be 0, on both sides`, async () => {
        const { initiator, acceptor } = await established({ initiator: { mechanism } })
        for (const context of [initiator, acceptor]) {
          assert.ok(secondsLeft(context) > 3600)
          assert.ok(apart(context) <= 3, String(apart(context)))
        }
      })
    }

    it('expires does not move while time passes, nor when the context is disposed', async () => {
      const { acceptor } = await established()
      const before = acceptor.expires
      await delay(1200)
      assert.deepEqual(acceptor.expires, before)
      acceptor.dispose()
      assert.deepEqual(acceptor.expires, before)
    })

    it('who changes the date that expires returns changes nothing else', async () => {
      const { initiator } = await established()
      const before = initiator.expires?.getTime()
      initiator.expires?.setTime(0)
      assert.equal(initiator.expires?.getTime(), before)
    })

    it('an imported context ends when the exported one would have', async () => {
      const { initiator } = await established()
      const before = initiator.expires?.getTime() ?? 0
      const context = await SecurityContext.import(await initiator.export())
      assert.ok(Math.abs((context.expires?.getTime() ?? 0) - before) <= 3000)
    })
  })

  describe('micLength', () => {
    it('is room enough for a MIC of any message, and no more than a constant', async () => {
      const { initiator, acceptor } = await established()
      const most = initiator.micLength()
      for (const size of [0, 1, 1000, 100_000]) {
        const out = Buffer.alloc(most)
        const message = pattern(size)
        const length = initiator.getMicInto(message, out)
        assert.ok(length > 0 && length <= most)
        assert.equal(acceptor.verifyMic(message, out.subarray(0, length)).sequence, 'ok')
        assert.equal(initiator.micLength(), most)
      }
    })

    it('is refused before the context is established, and after it was disposed', async () => {
      const { initiator } = await established()
      initiator.dispose()
      assert.throws(() => initiator.micLength(), { code: 'ERR_GSS_DISPOSED' })
      assert.throws(() => new Acceptor().micLength(), { code: 'ERR_GSS_NOT_ESTABLISHED' })
    })
  })
})
