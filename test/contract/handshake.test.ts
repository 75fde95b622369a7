import assert from 'node:assert/strict'
import { Acceptor, Initiator } from 'gssapi'
import {
  ALICE,
  converse,
  established,
  failure,
  firstToken,
  heimdal,
  itUnless,
  MECHANISMS,
  newPair,
  type Pair,
  PRINCIPAL,
  SERVICE,
  SUITE,
  secondsLeft,
} from '../helpers/handshake'
import { useRealm } from '../helpers/realm'

const PROTECTIONS = [
  'mutual',
  'integrity',
  'confidentiality',
  'replayDetection',
  'sequenceDetection',
] as const

function converseSync({ initiator, acceptor }: Pair): void {
  let token = initiator.stepSync()
  while (token !== null) {
    const reply = acceptor.stepSync(token)
    token = reply === null ? null : initiator.stepSync(reply)
  }
}

describe('handshake', () => {
  const realm = useRealm(SUITE)

  for (const mechanism of MECHANISMS) {
    describe(mechanism, () => {
      it('the shortest call gives every protection, and nothing that was not asked for', async () => {
        const { initiator, acceptor } = await established({ initiator: { mechanism } })
        for (const context of [initiator, acceptor]) {
          for (const flag of PROTECTIONS) assert.equal(context.flags[flag], true, flag)
          assert.equal(context.flags.delegation, false)
          assert.equal(context.flags.anonymous, false)
          assert.equal(context.flags.dceStyle, false)
          assert.equal(context.flags.channelBound, false)
        }
      })

      it('each side knows who the other is', async () => {
        const { initiator, acceptor } = await established({ initiator: { mechanism } })
        for (const context of [initiator, acceptor]) {
          assert.equal(context.initiatorName?.toString(), ALICE)
          assert.equal(context.acceptorName?.toString(), PRINCIPAL)
          assert.equal(context.mechanism, 'krb5')
        }
        assert.equal(initiator.isInitiator, true)
        assert.equal(acceptor.isInitiator, false)
        assert.equal(acceptor.delegatedCredential, null)
      })

      it('lifetime is that of the ticket', async () => {
        const { initiator, acceptor } = await established({ initiator: { mechanism } })
        for (const lifetime of [initiator, acceptor].map(secondsLeft)) {
          assert.ok(lifetime > 86000 && lifetime <= 86400 + 300, String(lifetime))
        }
      })

      it('complete is not true before the last token', async () => {
        const { initiator, acceptor } = newPair({ initiator: { mechanism } })
        assert.equal(initiator.complete, false)
        const token = await firstToken(initiator)
        assert.equal(initiator.complete, false)
        assert.equal(acceptor.complete, false)
        const reply = await acceptor.step(token)
        assert.ok(reply)
        assert.equal(initiator.complete, false)
        await initiator.step(reply)
        assert.equal(initiator.complete, true)
      })

      it('stepSync establishes the same context', () => {
        const pair = newPair({ initiator: { mechanism } })
        converseSync(pair)
        assert.equal(pair.initiator.complete, true)
        assert.equal(pair.acceptor.complete, true)
        const token = pair.initiator.wrap(Buffer.from('hello'))
        assert.equal(pair.acceptor.unwrap(token).message.toString(), 'hello')
      })

      it('protectionReady is true once the context is complete', async () => {
        const { initiator, acceptor } = await established({ initiator: { mechanism } })
        assert.equal(initiator.flags.protectionReady, true)
        assert.equal(acceptor.flags.protectionReady, true)
      })

      it('mutual: false is granted as such, and messages pass', async () => {
        const { initiator, acceptor } = await established({
          initiator: { mechanism, mutual: false },
        })
        assert.equal(initiator.flags.mutual, false)
        assert.equal(acceptor.flags.mutual, false)
        assert.equal(acceptor.unwrap(initiator.wrap(Buffer.from('a'))).message.toString(), 'a')
      })

      itUnless(
        heimdal("7.8 does not tell a non-mutual initiator the acceptor's first number: a gap"),
        'mutual: false lets messages pass to the initiator',
        async () => {
          const { initiator, acceptor } = await established({
            initiator: { mechanism, mutual: false },
          })
          assert.equal(initiator.unwrap(acceptor.wrap(Buffer.from('b'))).message.toString(), 'b')
        },
      )

      for (const flag of ['replayDetection', 'sequenceDetection'] as const) {
        it(`${flag}: false is off on both sides`, async () => {
          const { initiator, acceptor } = await established({
            initiator: { mechanism, [flag]: false },
          })
          assert.equal(initiator.flags[flag], false)
          assert.equal(acceptor.flags[flag], false)
        })
      }

      for (const flag of ['identify', 'extendedError'] as const) {
        it(`${flag} reaches the acceptor`, async () => {
          const { acceptor } = await established({ initiator: { mechanism, [flag]: true } })
          assert.equal(acceptor.flags[flag], true)
        })
      }

      it('dceStyle has a second token from the initiator', async () => {
        const pair = newPair({ initiator: { mechanism, dceStyle: true } })
        const [sent] = await converse(pair)
        assert.equal(sent, 2)
        assert.equal(pair.acceptor.complete, true)
        assert.equal(pair.acceptor.flags.dceStyle, true)
        for (const not of ['delegation', 'anonymous', 'identify', 'extendedError'] as const) {
          assert.equal(pair.acceptor.flags[not], false, not)
        }
        const token = pair.initiator.wrap(Buffer.from('dce'))
        assert.equal(pair.acceptor.unwrap(token).message.toString(), 'dce')
      })

      it('a lifetime asked for does not fail, nor lengthen the ticket', async () => {
        const { initiator } = await established({ initiator: { mechanism, lifetime: 600 } })
        const left = secondsLeft(initiator)
        assert.ok(left > 0 && left <= 86400)
      })

      it('both sides hold the same session key', async () => {
        const { initiator, acceptor } = await established({ initiator: { mechanism } })
        const [one, other] = [initiator.sessionKey(), acceptor.sessionKey()]
        assert.equal(one.type, other.type)
        assert.ok(one.key.length >= 16)
        assert.ok(one.key.equals(other.key))
        const next = await established({ initiator: { mechanism } })
        assert.ok(!next.initiator.sessionKey().key.equals(one.key), 'a key of its own')
      })
    })
  }

  it('krb5 with mutual: false is complete with the first token', async () => {
    const { initiator, acceptor } = newPair({ initiator: { mutual: false } })
    const token = await firstToken(initiator)
    assert.equal(initiator.complete, true)
    assert.equal(await acceptor.step(token), null)
    assert.equal(acceptor.complete, true)
  })

  it('krb5 is the default mechanism; an object identifier is the same', async () => {
    const byDefault = await firstToken(new Initiator({ target: SERVICE }))
    const oid = '1.2.840.113554.1.2.2'
    const byOid = await firstToken(new Initiator({ target: SERVICE, mechanism: oid }))
    assert.ok(byDefault.includes(Buffer.from('06092a864886f712010202', 'hex')))
    assert.deepEqual(byDefault.subarray(4, 17), byOid.subarray(4, 17))
  })

  it('an unknown mechanism is GSS_S_BAD_MECH', async () => {
    const error = await failure(() =>
      new Initiator({ target: SERVICE, mechanism: '1.3.6.1.4.1.99999.1' }).step(),
    )
    assert.equal(error.code, 'GSS_S_BAD_MECH')
  })

  it('a step after the last is refused, and the context stays good', async () => {
    const { initiator, acceptor } = await established()
    for (const context of [initiator, acceptor]) {
      const error = await failure(() => context.step(Buffer.from('more')))
      assert.equal(error.code, 'ERR_GSS_ALREADY_ESTABLISHED')
      assert.equal(context.complete, true)
    }
    assert.equal(acceptor.unwrap(initiator.wrap(Buffer.from('on'))).message.toString(), 'on')
  })

  it('messages before the context is established are refused', async () => {
    const initiator = new Initiator({ target: SERVICE })
    assert.throws(() => initiator.wrap(Buffer.from('x')), { code: 'ERR_GSS_NOT_ESTABLISHED' })
    await initiator.step()
    assert.throws(() => initiator.getMic(Buffer.from('x')), { code: 'ERR_GSS_NOT_ESTABLISHED' })
    const early = await failure(() => initiator.wrapAsync(Buffer.from('x')))
    assert.equal(early.code, 'ERR_GSS_NOT_ESTABLISHED')
  })

  it('an acceptor without a token is a TypeError', async () => {
    const error = await failure(() => new Acceptor().step())
    assert.ok(error instanceof TypeError)
  })

  it('the target may be given as service@host, service/host and principal', async () => {
    for (const target of [SERVICE, 'test/server.example.test', PRINCIPAL]) {
      const { acceptor } = await established({ initiator: { target } })
      assert.equal(acceptor.acceptorName?.toString(), PRINCIPAL)
    }
    assert.equal(realm().realm, 'EXAMPLE.TEST')
  })
})
