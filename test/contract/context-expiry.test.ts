import assert from 'node:assert/strict'
import { inspect } from 'node:util'
import { SecurityContext } from 'gssapi'
import {
  ALICE,
  delay,
  established,
  failure,
  heimdal,
  itUnless,
  MECHANISMS,
  onHeimdal,
  PASSWORD,
  type Pair,
  SUITE,
  secondsLeft,
} from '../helpers/handshake'
import { useRealm } from '../helpers/realm'

const LIFE = 6
const SKEW = 1
const OVER = (LIFE + SKEW + 1.5) * 1000

/** A real ticket that ends while contexts made with it are in use. */
describe('contexts that expire while in use', function () {
  this.timeout(60_000)
  useRealm({
    ...SUITE,
    principals: { alice: { password: PASSWORD, maxLife: LIFE } },
    libdefaults: { clockskew: SKEW },
  })

  const pairs: Record<string, Pair> = {}
  const fresh: Record<string, Pair> = {}
  const exported: Record<string, Buffer> = {}
  const early: Record<string, Buffer> = {}
  const lifetimes: number[] = []

  before('contexts, until they have expired', async () => {
    const began = performance.now()
    for (const mechanism of MECHANISMS) {
      pairs[mechanism] = await established({ initiator: { mechanism } })
      const { initiator, acceptor } = pairs[mechanism]
      lifetimes.push(secondsLeft(initiator), secondsLeft(acceptor))
      assert.equal(initiator.initiatorName?.toString(), ALICE)
      early[mechanism] = initiator.wrap(Buffer.from('in time'))
      fresh[mechanism] = await established({ initiator: { mechanism } })
      const other = await established({ initiator: { mechanism } })
      exported[mechanism] = await other.initiator.export().catch(() => Buffer.alloc(0))
    }
    await delay(Math.max(0, OVER - (performance.now() - began)))
  })

  it('lifetime was that of the ticket, and the clock skew on the acceptor', () => {
    for (const lifetime of lifetimes) {
      assert.ok(lifetime <= LIFE + SKEW, String(lifetime))
    }
  })

  for (const mechanism of MECHANISMS) {
    it(`${mechanism}: lifetime is 0, and never negative or endless`, () => {
      const { initiator, acceptor } = pairs[mechanism]!
      assert.deepEqual([initiator.lifetime, acceptor.lifetime], [0, 0])
    })

    it(`${mechanism}: what was agreed stays readable`, () => {
      const { initiator } = pairs[mechanism]!
      assert.equal(initiator.complete, true)
      assert.equal(initiator.flags.mutual, true)
      assert.equal(initiator.mechanism, 'krb5')
      assert.equal(initiator.initiatorName?.toString(), ALICE)
    })

    itUnless(
      heimdal('7.8 tells names as before'),
      `${mechanism}: names that nobody asked for in time are an error with its own code`,
      async () => {
        const { acceptor } = pairs[mechanism]!
        const error = await failure(() => acceptor.initiatorName)
        assert.equal(error.code, 'GSS_S_CONTEXT_EXPIRED')
      },
    )

    it(`${mechanism}: messages go on, as both libraries have it`, () => {
      const { initiator, acceptor } = pairs[mechanism]!
      assert.equal(acceptor.unwrap(early[mechanism]!).message.toString(), 'in time')
      const late = acceptor.unwrap(initiator.wrap(Buffer.from('late')))
      assert.equal(late.message.toString(), 'late')
    })

    it(`${mechanism}: asynchronous calls go on as the synchronous ones do, also the first`, async () => {
      const { initiator, acceptor } = fresh[mechanism]!
      const token = await initiator.wrapAsync(Buffer.from('late'))
      assert.equal((await acceptor.unwrapAsync(token)).message.toString(), 'late')
      const mic = await initiator.getMicAsync(Buffer.from('late'))
      assert.equal((await acceptor.verifyMicAsync(Buffer.from('late'), mic)).sequence, 'ok')
    })

    it(`${mechanism}: every other call on messages goes on`, () => {
      const { initiator, acceptor } = pairs[mechanism]!
      const message = Buffer.from('late')
      const out = Buffer.alloc(200)
      const written = initiator.wrapInto(message, out)
      const read = Buffer.alloc(200)
      const { length } = acceptor.unwrapInto(out.subarray(0, written), read)
      assert.ok(read.subarray(0, length).equals(message))
      acceptor.verifyMic(message, initiator.getMic(message))
      const sealed = initiator.wrapAead(message, Buffer.from('a'))
      assert.ok(acceptor.unwrapAead(sealed, Buffer.from('a')).message.equals(message))
      assert.ok(initiator.wrapSizeLimit(1000) > 800 && initiator.overhead() > 0)
      assert.ok(acceptor.prf(message, 20).equals(initiator.prf(message, 20)))
      assert.match(inspect(acceptor), /mechanism/)
    })

    itUnless(
      heimdal('7.8 tells names as before'),
      `${mechanism}: names that cannot be told are no null while a call is pending`,
      async () => {
        const { acceptor } = fresh[mechanism]!
        const pending = acceptor.wrapAsync(Buffer.alloc(1 << 20))
        assert.throws(() => acceptor.initiatorName, { code: 'GSS_S_CONTEXT_EXPIRED' })
        await pending
      },
    )

    it(`${mechanism}: imported, it is expired too`, async () => {
      const token = exported[mechanism]!
      if (onHeimdal) {
        assert.equal((await SecurityContext.import(token)).lifetime, 0)
        return
      }
      const error = await failure(() => SecurityContext.import(token))
      const code = mechanism === 'krb5' ? 'GSS_S_CONTEXT_EXPIRED' : 'GSS_S_FAILURE'
      assert.equal(error.code, code)
    })

    it(`${mechanism}: a new one is not made with that ticket`, async () => {
      const error = await failure(() => established({ initiator: { mechanism } }))
      assert.equal(error.name, 'GssError')
    })
  }
})
