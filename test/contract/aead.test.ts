import assert from 'node:assert/strict'
import { established, MECHANISMS, type Pair, pattern, SUITE } from '../helpers/handshake'
import { useRealm } from '../helpers/realm'

const SIZES = [0, 1, 13, 1024, 65536, 1 << 20]
const REFUSED = { name: 'GssError', code: /^GSS_S_(BAD_MIC|FAILURE|DEFECTIVE_TOKEN)$/ }

describe('associated data', () => {
  useRealm(SUITE)

  for (const mechanism of MECHANISMS) {
    describe(mechanism, () => {
      let pair: Pair
      beforeEach(async () => {
        pair = await established({ initiator: { mechanism } })
      })

      for (const confidential of [true, false]) {
        const what = confidential ? 'encrypted' : 'sealed'

        it(`${what}: every size arrives with its associated data, both ways`, () => {
          const { initiator, acceptor } = pair
          for (const [from, to] of [
            [initiator, acceptor],
            [acceptor, initiator],
          ] as const) {
            for (const size of SIZES) {
              for (const associated of [pattern(0), pattern(1), pattern(5000, 3)]) {
                const token = from.wrapAead(pattern(size), associated, { confidential })
                const found = to.unwrapAead(token, associated)
                assert.ok(found.message.equals(pattern(size)), `${size} bytes`)
                assert.equal(found.confidential, confidential)
                assert.equal(found.qop, 0)
                assert.equal(found.sequence, 'ok')
              }
            }
          }
        })

        it(`${what}: other associated data, none, and a token of wrap's are refused`, () => {
          const { initiator, acceptor } = pair
          const associated = pattern(20)
          for (const other of [pattern(20, 2), pattern(0), pattern(21)]) {
            const token = initiator.wrapAead(pattern(100), associated, { confidential })
            assert.throws(() => acceptor.unwrapAead(token, other), REFUSED)
          }
          const plain = initiator.wrap(pattern(100), { confidential })
          assert.throws(() => acceptor.unwrapAead(plain, associated), REFUSED)
          const token = initiator.wrapAead(pattern(100), associated, { confidential })
          assert.throws(() => acceptor.unwrap(token), REFUSED)
        })
      }

      it('with no associated data a token is that of wrap', () => {
        const { initiator, acceptor } = pair
        const none = pattern(0)
        assert.ok(
          acceptor.unwrap(initiator.wrapAead(pattern(99), none)).message.equals(pattern(99)),
        )
        const { message } = acceptor.unwrapAead(initiator.wrap(pattern(98)), none)
        assert.ok(message.equals(pattern(98)))
      })

      it('neither message, token nor associated data are changed; results have memory of their own', () => {
        const { initiator, acceptor } = pair
        const [message, associated] = [pattern(5000), pattern(50)]
        const token = initiator.wrapAead(message, associated)
        assert.ok(message.equals(pattern(5000)))
        const before = Buffer.from(token)
        const found = acceptor.unwrapAead(token, associated)
        assert.ok(token.equals(before))
        assert.ok(associated.equals(pattern(50)))
        assert.notEqual(found.message.buffer, token.buffer)
        assert.ok(!token.includes(message.subarray(0, 40)))
      })

      it('shared memory serves as message, token and associated data', () => {
        const { initiator, acceptor } = pair
        const shared = (bytes: Uint8Array) => {
          const copy = new Uint8Array(new SharedArrayBuffer(bytes.length))
          copy.set(bytes)
          return copy
        }
        const associated = shared(pattern(30))
        const token = shared(initiator.wrapAead(shared(pattern(700)), associated))
        assert.ok(acceptor.unwrapAead(token, associated).message.equals(pattern(700)))
      })

      it('a repeated token is refused', () => {
        const token = pair.initiator.wrapAead(pattern(9), pattern(1))
        pair.acceptor.unwrapAead(token, pattern(1))
        assert.throws(() => pair.acceptor.unwrapAead(token, pattern(1)), {
          code: 'GSS_S_DUPLICATE_TOKEN',
        })
      })
    })
  }
})
