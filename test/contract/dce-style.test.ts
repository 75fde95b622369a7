import assert from 'node:assert/strict'
import { ChannelBindings } from 'gssapi'
import { flipped } from '../helpers/forge'
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
  onHeimdal,
  type Pair,
} from '../helpers/handshake'
import { SUITE } from '../helpers/handshake'
import { useRealm } from '../helpers/realm'

/** Up to the third leg, which is returned. */
async function thirdLeg({ initiator, acceptor }: Pair): Promise<Buffer> {
  const reply = await acceptor.step(await firstToken(initiator))
  assert.ok(reply)
  const third = await initiator.step(reply)
  assert.ok(third, 'DCE style has a third leg')
  return third
}

describe('DCE style', () => {
  useRealm(SUITE)

  const krb5 = () => newPair({ initiator: { dceStyle: true } })

  it('the acceptor is not complete before the third leg, the initiator with it', async () => {
    const pair = krb5()
    const third = await thirdLeg(pair)
    assert.equal(pair.initiator.complete, true)
    assert.equal(pair.acceptor.complete, false)
    assert.throws(() => pair.acceptor.wrap(Buffer.from('early')), {
      code: 'ERR_GSS_NOT_ESTABLISHED',
    })
    assert.equal(await pair.acceptor.step(third), null)
    assert.equal(pair.acceptor.complete, true)
  })

  it('krb5’s tokens stand without the frame of RFC 2743 §3.1', async () => {
    const pair = krb5()
    const token = await firstToken(pair.initiator)
    assert.equal(token[0], 0x6e) // AP-REQ
    const reply = await pair.acceptor.step(token)
    assert.equal(reply?.[0], 0x6f) // AP-REP
    assert.equal((await pair.initiator.step(reply))?.[0], 0x6f)
  })

  it('a third leg that is altered, cut or of another context is refused', async () => {
    const other = await thirdLeg(krb5())
    const forgeries: ((third: Buffer) => Buffer)[] = [
      (third) => flipped(third, third.length - 1, 1),
      (third) => flipped(third, Math.floor(third.length / 2), 0x80),
      (third) => third.subarray(0, third.length - 1),
      () => other,
      () => Buffer.from('nonsense'),
    ]
    for (const forge of forgeries) {
      const pair = krb5()
      const third = await thirdLeg(pair)
      const error = await failure(() => pair.acceptor.step(forge(third)))
      assert.match(error.code, /^GSS_S_/)
      assert.equal(pair.acceptor.complete, false)
      assert.throws(() => pair.acceptor.wrap(Buffer.from('x')), {
        code: 'ERR_GSS_NOT_ESTABLISHED',
      })
    }
  })

  it('flags are those that were asked for, on both sides', async () => {
    const asked = { dceStyle: true, identify: true, extendedError: false, delegation: false }
    const { initiator, acceptor } = await established({ initiator: asked })
    for (const { flags } of [initiator, acceptor]) {
      assert.equal(flags.dceStyle, true)
      assert.equal(flags.mutual, true)
      assert.equal(flags.extendedError, false)
      assert.equal(flags.delegation, false)
      assert.equal(flags.anonymous, false)
    }
    assert.equal(acceptor.flags.identify, true)
  })

  for (const mechanism of MECHANISMS) {
    it(`${mechanism}: messages pass both ways, and the user is known`, async () => {
      const { initiator, acceptor } = await established({
        initiator: { mechanism, dceStyle: true },
      })
      assert.equal(acceptor.initiatorName?.toString(), ALICE)
      for (const [from, to] of [
        [initiator, acceptor],
        [acceptor, initiator],
      ] as const) {
        assert.equal(to.unwrap(from.wrap(Buffer.from('dce'))).message.toString(), 'dce')
      }
    })
  }

  it('delegation is granted; MIT loses the credential in the second step', async () => {
    const { acceptor } = await established({ initiator: { dceStyle: true, delegation: true } })
    assert.equal(acceptor.flags.delegation, true)
    assert.equal(acceptor.delegatedCredential === null, !onHeimdal)
  })

  const bindings = (text: string) => new ChannelBindings({ applicationData: Buffer.from(text) })

  itUnless(heimdal('7.8 has no CHANNEL_BOUND'), 'equal channel bindings are told', async () => {
    const channelBindings = bindings('a')
    const pair = newPair({
      initiator: { dceStyle: true, channelBindings },
      acceptor: { channelBindings },
    })
    await converse(pair)
    assert.equal(pair.acceptor.flags.channelBound, true)
  })

  it('channel bindings hold in the DCE style', async () => {
    const unlike = newPair({
      initiator: { dceStyle: true, channelBindings: bindings('a') },
      acceptor: { channelBindings: bindings('b') },
    })
    const token = await firstToken(unlike.initiator)
    const error = await failure(() => unlike.acceptor.step(token))
    assert.equal(error.code, 'GSS_S_BAD_BINDINGS')
  })
})
