import assert from 'node:assert/strict'
import { ChannelBindings } from 'gssapi'
import {
  converse,
  failure,
  firstToken,
  heimdal,
  itUnless,
  MECHANISMS,
  newPair,
  onHeimdal,
  SUITE,
} from '../helpers/handshake'
import { useRealm } from '../helpers/realm'

const NO_CBT = heimdal('7.8 does not tell an acceptor of it')
const bindings = (text: string) => new ChannelBindings({ applicationData: Buffer.from(text) })

/** MS-KILE's KERB_AP_OPTIONS_CBT: the initiator tells that it knows of channel bindings. */
describe('channel bindings with client_aware_channel_bindings', () => {
  useRealm({ ...SUITE, libdefaults: { client_aware_channel_bindings: true } })
  const pairOf = (mechanism: string, one?: string, other?: string) =>
    newPair({
      initiator: { mechanism, ...(one && { channelBindings: bindings(one) }) },
      acceptor: other ? { channelBindings: bindings(other) } : {},
    })

  for (const mechanism of MECHANISMS) {
    it(`${mechanism}: equal ones are accepted, and told by the flag`, async () => {
      const pair = pairOf(mechanism, 'a', 'a')
      await converse(pair)
      assert.equal(pair.acceptor.flags.channelBound, !onHeimdal)
    })

    it(`${mechanism}: an acceptor without any accepts`, async () => {
      for (const one of [undefined, 'a']) {
        const pair = pairOf(mechanism, one)
        await converse(pair)
        assert.equal(pair.acceptor.complete, true)
        assert.equal(pair.acceptor.flags.channelBound, false)
      }
    })

    itUnless(NO_CBT, `${mechanism}: an acceptor with some refuses one without`, async () => {
      const { initiator, acceptor } = pairOf(mechanism, undefined, 'a')
      const token = await firstToken(initiator)
      const error = await failure(() => acceptor.step(token))
      assert.equal(error.code, 'GSS_S_BAD_BINDINGS')
      assert.equal(acceptor.complete, false)
    })

    it(`${mechanism}: unequal ones are refused`, async () => {
      const { initiator, acceptor } = pairOf(mechanism, 'b', 'a')
      const token = await firstToken(initiator)
      assert.equal((await failure(() => acceptor.step(token))).code, 'GSS_S_BAD_BINDINGS')
    })
  }
})
