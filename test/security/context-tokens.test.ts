import assert from 'node:assert/strict'
import { Acceptor, GssError, Initiator, type SecurityContext } from 'gssapi'
import { extended, flipped, positions, truncated } from '../helpers/forge'
import {
  failure,
  firstToken,
  MECHANISMS,
  newPair,
  pattern,
  PRINCIPAL,
  SERVICE,
  SUITE,
} from '../helpers/handshake'
import { useRealm } from '../helpers/realm'

const HUGE = 100_000_000

/** Whether the context refused it, in a way that a caller can handle. */
async function refuses(context: SecurityContext, token: Uint8Array): Promise<boolean> {
  try {
    await context.step(token)
    return false
  } catch (error) {
    assert.ok(error instanceof GssError, String(error))
    assert.match(error.code, /^(GSS_S_|ERR_GSS_)/)
    assert.equal(context.complete, false)
    assert.throws(() => context.wrap(pattern(1)), { name: 'GssError' })
    return true
  }
}

describe('forged context tokens', () => {
  useRealm(SUITE)

  for (const mechanism of MECHANISMS) {
    const begun = async () => {
      const { initiator, acceptor } = newPair({ initiator: { mechanism } })
      const token = await firstToken(initiator)
      return { initiator, acceptor, token }
    }
    const replied = async () => {
      const { initiator, acceptor, token } = await begun()
      const reply = await acceptor.step(token)
      assert.ok(reply)
      return { initiator, reply }
    }

    describe(mechanism, () => {
      it('an acceptor refuses a first token with a flipped bit, or knows whom it is from', async () => {
        const { token } = await begun()
        for (const i of positions(token.length)) {
          const acceptor = new Acceptor()
          if (await refuses(acceptor, flipped(token, i, 0x81))) continue
          // Framing that nobody relies on; what counts is sealed by the KDC or under the session key.
          const name = acceptor.initiatorName?.toString()
          assert.ok(!acceptor.complete || name === 'alice@EXAMPLE.TEST', `byte ${i}`)
        }
      })

      it('an acceptor refuses a first token that is cut', async () => {
        const { token } = await begun()
        for (const forged of truncated(token)) {
          const acceptor = new Acceptor()
          await refuses(acceptor, forged)
          assert.equal(acceptor.complete, false, `${forged.length} of ${token.length}`)
        }
      })

      it('an acceptor that refused a token takes the genuine one in a new context', async () => {
        const { token, acceptor } = await begun()
        assert.ok(await refuses(new Acceptor(), truncated(token)[30] ?? token))
        await acceptor.step(token)
        assert.equal(acceptor.complete, true)
      })

      it('an initiator refuses a reply with a flipped bit, or has the peer’s key all the same', async () => {
        const { reply } = await replied()
        for (const i of positions(reply.length).filter((i) => i % 3 === 0)) {
          const fresh = await replied()
          if (await refuses(fresh.initiator, flipped(fresh.reply, i, 0x41))) continue
          assert.equal(fresh.initiator.acceptorName?.toString(), PRINCIPAL, `byte ${i}`)
        }
      })

      it('an initiator refuses a reply that is cut, and a reply to another', async () => {
        const { reply } = await replied()
        for (const forged of truncated(reply).filter((_, i) => i % 7 === 0)) {
          const { initiator } = await begun()
          assert.ok(await refuses(initiator, forged), `${forged.length} of ${reply.length}`)
        }
        const { initiator } = await begun()
        assert.ok(await refuses(initiator, reply))
      })

      it('an initiator refuses its own token as the reply', async () => {
        const { initiator, token } = await begun()
        assert.ok(await refuses(initiator, token))
      })

      it('an empty token and one byte are refused by both sides', async () => {
        const tokens = [
          Buffer.alloc(0),
          ...[0x60, 0xa1, 0x6f, 0].map((byte) => Buffer.from([byte])),
        ]
        for (const token of tokens) {
          assert.ok(await refuses(new Acceptor(), token))
          const { initiator } = await begun()
          assert.ok(await refuses(initiator, token))
          const sync = await begun()
          assert.throws(() => sync.initiator.stepSync(token), { name: 'GssError' })
          assert.throws(() => new Acceptor().stepSync(token), { name: 'GssError' })
        }
      })

      it('100 MB are refused by both sides, without waiting', async () => {
        const huge = Buffer.alloc(HUGE)
        const { initiator, token } = await begun()
        token.copy(huge)
        assert.ok(await refuses(new Acceptor(), huge))
        assert.ok(await refuses(initiator, huge))
      })

      it('a lengthened first token does not make a context with another', async () => {
        for (const more of [0, 1, 2, 3]) {
          const { token, acceptor } = await begun()
          await refuses(acceptor, extended(token)[more] ?? token)
          const name = acceptor.initiatorName?.toString() ?? null
          assert.ok(!acceptor.complete || name === 'alice@EXAMPLE.TEST')
        }
      })
    })
  }

  it('every short SPNEGO reply is refused without harm', async () => {
    const replies = [
      'a100',
      'a1023000',
      'a1073005a0030a0100',
      'a1073005a0030a0101',
      'a1073005a0030a0102',
    ]
    for (const hex of [...replies, 'a1023005', 'a18400000000', 'a1ff', '3000', '6000', '7f']) {
      const { initiator } = newPair({ initiator: { mechanism: 'spnego' } })
      await firstToken(initiator)
      await refuses(initiator, Buffer.from(hex, 'hex'))
      assert.equal(initiator.complete, false, hex)
    }
  })

  it('noise is refused by an acceptor', async () => {
    for (const start of [
      '',
      '60',
      '6082',
      '606006092a864886f712010202',
      '606006062b0601050502',
      '4e544c4d53535000',
    ]) {
      for (const size of [1, 50, 3000]) {
        const noise = Buffer.concat([Buffer.from(start, 'hex'), pattern(size, 3)])
        assert.ok(await refuses(new Acceptor(), noise), `${start} ${size}`)
      }
    }
  })

  it('an acceptor of one mechanism refuses the other', async () => {
    for (const [offered, accepted] of [
      ['krb5', 'spnego'],
      ['spnego', 'krb5'],
    ] as const) {
      const token = await firstToken(new Initiator({ target: SERVICE, mechanism: offered }))
      const error = await failure(() => new Acceptor({ mechanism: accepted }).step(token))
      assert.equal(error.code, 'GSS_S_BAD_MECH')
    }
  })

  it('a first token replayed to another acceptor is refused', async () => {
    const { initiator, acceptor } = newPair()
    const token = await firstToken(initiator)
    await acceptor.step(token)
    assert.ok(await refuses(new Acceptor(), token))
  })

  it('a context that failed takes no further token', async () => {
    const { acceptor, initiator } = newPair()
    const token = await firstToken(initiator)
    assert.ok(await refuses(acceptor, flipped(token, token.length - 5)))
    const error = await failure(() => acceptor.step(token))
    assert.equal(error.code, 'GSS_S_NO_CONTEXT')
  })

  it('clearing the open flag of mutual authentication gains nothing', async () => {
    const { initiator, acceptor } = newPair()
    const token = await firstToken(initiator)
    const options = token.indexOf(Buffer.from('a20703050020000000', 'hex'))
    assert.ok(options > 0, 'ap-options: mutual-required')
    const reply = await acceptor.step(flipped(token, options + 5, 0x20))
    assert.equal(acceptor.flags.mutual, true)
    assert.ok(reply)
    assert.equal(initiator.complete, false)
    assert.throws(() => initiator.wrap(pattern(1)), { code: 'ERR_GSS_NOT_ESTABLISHED' })
  })

  it('an acceptor that requires a flag holds it against a weaker client', async () => {
    const { initiator, acceptor } = newPair({
      initiator: { replayDetection: false },
      acceptor: { require: { replayDetection: true } },
    })
    assert.ok(await refuses(acceptor, await firstToken(initiator)))
  })
})
