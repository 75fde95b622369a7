import assert from 'node:assert/strict'
import { Acceptor } from 'gssapi'
import { established, failure, firstToken, MECHANISMS, newPair, SUITE } from '../helpers/handshake'
import { useRealm } from '../helpers/realm'

const NOT_GRANTED = 'ERR_GSS_PROTECTION_NOT_GRANTED'

describe('policy', () => {
  useRealm(SUITE)

  for (const mechanism of MECHANISMS) {
    describe(mechanism, () => {
      for (const flag of ['mutual', 'replayDetection', 'sequenceDetection'] as const) {
        it(`an acceptor that requires ${flag} refuses a client without it`, async () => {
          const { initiator, acceptor } = newPair({
            initiator: { mechanism, [flag]: false },
            acceptor: { require: { [flag]: true } },
          })
          const token = await firstToken(initiator)
          const error = await failure(() => acceptor.step(token))
          assert.equal(error.code, NOT_GRANTED)
          assert.match(error.message, new RegExp(flag))
          assert.equal(acceptor.complete, false)
          assert.throws(() => acceptor.wrap(Buffer.from('secret')))
          assert.throws(() => acceptor.getMic(Buffer.from('secret')))
        })
      }

      it('an acceptor that requires delegation refuses a client that does not delegate', async () => {
        const { initiator, acceptor } = newPair({
          initiator: { mechanism },
          acceptor: { require: { delegation: true } },
        })
        const token = await firstToken(initiator)
        assert.equal((await failure(() => acceptor.step(token))).code, NOT_GRANTED)
        assert.equal(acceptor.delegatedCredential, null)
      })

      it('what is required and granted is accepted; false is what must not be granted', async () => {
        await established({
          initiator: { mechanism },
          acceptor: { require: { mutual: true, confidentiality: true, delegation: false } },
        })
        for (const flag of ['mutual', 'confidentiality', 'sequenceDetection'] as const) {
          const { initiator, acceptor } = newPair({
            initiator: { mechanism },
            acceptor: { require: { [flag]: false } },
          })
          const token = await firstToken(initiator)
          const error = await failure(() => acceptor.step(token))
          assert.equal(error.code, NOT_GRANTED)
          assert.match(error.message, new RegExp(`granted but not allowed: .*${flag}`))
          assert.equal(acceptor.complete, false)
        }
      })

      it('stepSync holds the same policy', async () => {
        const { initiator, acceptor } = newPair({
          initiator: { mechanism, mutual: false },
          acceptor: { require: { mutual: true } },
        })
        const token = await firstToken(initiator)
        assert.throws(() => acceptor.stepSync(token), { code: NOT_GRANTED })
        assert.equal(acceptor.complete, false)
      })

      it('an initiator that asks to be anonymous and is not sends no token', async () => {
        for (const mutual of [true, false]) {
          const { initiator } = newPair({ initiator: { mechanism, anonymous: true, mutual } })
          const error = await failure(() => initiator.step())
          assert.equal(error.code, NOT_GRANTED)
          assert.match(error.message, /anonymous/)
          assert.equal(error.token, undefined)
          assert.equal(initiator.complete, false)
        }
      })
    })
  }

  it('an unknown name in require is not silently ignored', () => {
    const require = { confidentialty: true } as object
    assert.throws(() => new Acceptor({ require }), TypeError)
  })
})
