import assert from 'node:assert/strict'
import { Acceptor } from 'gssapi'
import { flipped } from '../helpers/forge'
import { failure, firstToken, MECHANISMS, newPair, pattern, SUITE } from '../helpers/handshake'
import { useRealm } from '../helpers/realm'

/** Heimdal 7.8 reads through a wild pointer here (krb5_rd_rep) unless somebody stands in front. */
describe('forged replies', () => {
  useRealm(SUITE)

  for (const mechanism of MECHANISMS) {
    const replied = async () => {
      const { initiator, acceptor } = newPair({ initiator: { mechanism } })
      const reply = await acceptor.step(await firstToken(initiator))
      assert.ok(reply)
      return { initiator, reply }
    }

    it(`${mechanism}: a reply without its frame is refused`, async () => {
      for (const hex of [
        '2100',
        '6000',
        '7e03020105',
        'a100',
        '00'.repeat(200),
        '4e544c4d5353500002',
      ]) {
        for (const sync of [false, true]) {
          const { initiator } = await replied()
          const token = Buffer.from(hex, 'hex')
          const error = await failure(() =>
            sync ? initiator.stepSync(token) : initiator.step(token),
          )
          assert.equal(error.name, 'GssError', hex)
          assert.equal(initiator.complete, false)
        }
      }
    })

    it(`${mechanism}: a reply with one wrong byte at the front never ends the process`, async () => {
      const { reply } = await replied()
      for (let i = 0; i < Math.min(reply.length, 60); i++) {
        const fresh = await replied()
        try {
          await fresh.initiator.step(flipped(fresh.reply, i, 0x41))
        } catch (error) {
          assert.equal((error as Error).name, 'GssError')
        }
      }
    })

    it(`${mechanism}: a first token of noise is refused`, async () => {
      for (const size of [1, 2, 17, 100, 1000]) {
        const error = await failure(() => new Acceptor().step(pattern(size, 5)))
        assert.equal(error.name, 'GssError')
      }
    })
  }
})
