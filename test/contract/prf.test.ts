import assert from 'node:assert/strict'
import { established, heimdal, itUnless, MECHANISMS, pattern, SUITE } from '../helpers/handshake'
import { useRealm } from '../helpers/realm'

const INPUTS = [pattern(0), pattern(1), Buffer.from('a label'), pattern(5000)]

describe('the pseudo-random function', () => {
  useRealm(SUITE)

  for (const mechanism of MECHANISMS) {
    it(`${mechanism}: full and partial differ, and are equal on both sides`, async () => {
      const { initiator, acceptor } = await established({ initiator: { mechanism } })
      for (const input of INPUTS) {
        const full = initiator.prf(input, 40)
        const partial = initiator.prf(input, 40, { partial: true })
        assert.ok(acceptor.prf(input, 40, { partial: false }).equals(full))
        assert.ok(acceptor.prf(input, 40, { partial: true }).equals(partial))
        assert.ok(!full.equals(partial))
        assert.ok(initiator.prf(input, 7).equals(full.subarray(0, 7)), 'shorter is a beginning')
      }
    })
  }

  it('another input, and another context, give other bytes', async () => {
    const { initiator } = await established()
    const bytes = initiator.prf(Buffer.from('one'), 32)
    assert.ok(!initiator.prf(Buffer.from('two'), 32).equals(bytes))
    const other = await established()
    assert.ok(!other.initiator.prf(Buffer.from('one'), 32).equals(bytes))
  })

  it('no message is counted', async () => {
    const { initiator, acceptor } = await established()
    initiator.prf(pattern(3), 100)
    assert.equal(acceptor.unwrap(initiator.wrap(pattern(1))).sequence, 'ok')
  })

  it('has memory of its own, and reads shared memory', async () => {
    const { initiator } = await established()
    const shared = new Uint8Array(new SharedArrayBuffer(1000))
    shared.set(pattern(1000))
    const bytes = initiator.prf(shared, 20)
    assert.equal(bytes.buffer.byteLength, 20)
    assert.ok(bytes.equals(initiator.prf(pattern(1000), 20)))
  })

  itUnless(
    heimdal('7.8 finds no full key there'),
    'a context that is not mutual has one key for both',
    async () => {
      const { initiator, acceptor } = await established({ initiator: { mutual: false } })
      const bytes = initiator.prf(pattern(3), 32)
      assert.ok(acceptor.prf(pattern(3), 32).equals(bytes))
      assert.ok(acceptor.prf(pattern(3), 32, { partial: true }).equals(bytes))
    },
  )
})
