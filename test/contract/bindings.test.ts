import assert from 'node:assert/strict'
import { ChannelBindings } from 'gssapi'
import {
  established,
  failure,
  firstToken,
  heimdal,
  itUnless,
  MECHANISMS,
  newPair,
  SUITE,
} from '../helpers/handshake'
import { useRealm } from '../helpers/realm'

const bindings = (text: string) => new ChannelBindings({ applicationData: Buffer.from(text) })
const address = (last: number) => ({ type: 2, address: Buffer.from([127, 0, 0, last]) })

describe('channel bindings', () => {
  useRealm(SUITE)

  for (const mechanism of MECHANISMS) {
    describe(mechanism, () => {
      const pairOf = (one?: ChannelBindings, other?: ChannelBindings) => ({
        initiator: { mechanism, ...(one && { channelBindings: one }) },
        acceptor: other ? { channelBindings: other } : {},
      })
      const refused = async (one: ChannelBindings, other: ChannelBindings) => {
        const { initiator, acceptor } = newPair(pairOf(one, other))
        const token = await firstToken(initiator)
        const error = await failure(() => acceptor.step(token))
        assert.equal(acceptor.complete, false)
        return error
      }

      it('equal ones are accepted', async () => {
        const one = bindings('tls-unique:abc')
        await established(pairOf(one, bindings('tls-unique:abc')))
      })

      itUnless(heimdal('7.8 has no CHANNEL_BOUND'), 'equal ones are told by the flag', async () => {
        const { acceptor } = await established(pairOf(bindings('same'), bindings('same')))
        assert.equal(acceptor.flags.channelBound, true)
      })

      it('unequal ones are GSS_S_BAD_BINDINGS, with a hint', async () => {
        const error = await refused(bindings('tls-unique:abc'), bindings('tls-unique:abd'))
        assert.equal(error.code, 'GSS_S_BAD_BINDINGS')
        assert.match(error.hint ?? '', /channel/)
      })

      it('unequal addresses are GSS_S_BAD_BINDINGS', async () => {
        const one = new ChannelBindings({ initiatorAddress: address(1) })
        const error = await refused(one, new ChannelBindings({ initiatorAddress: address(2) }))
        assert.equal(error.code, 'GSS_S_BAD_BINDINGS')
      })

      it('equal addresses are accepted; the acceptor address is not the initiator address', async () => {
        const both = () =>
          new ChannelBindings({ initiatorAddress: address(1), acceptorAddress: address(2) })
        const swapped = new ChannelBindings({
          initiatorAddress: address(2),
          acceptorAddress: address(1),
        })
        await established(pairOf(both(), both()))
        assert.equal((await refused(both(), swapped)).code, 'GSS_S_BAD_BINDINGS')
      })

      it('an acceptor address counts by itself', async () => {
        const only = (place: 'initiatorAddress' | 'acceptorAddress', last: number) =>
          new ChannelBindings({ [place]: address(last) })
        const acceptor = () => only('acceptorAddress', 1)
        await established(pairOf(acceptor(), acceptor()))
        for (const other of [only('acceptorAddress', 2), only('initiatorAddress', 1)]) {
          assert.equal((await refused(acceptor(), other)).code, 'GSS_S_BAD_BINDINGS')
        }
      })

      it('an acceptor without accepts an initiator with, and is not bound', async () => {
        const { acceptor } = await established(pairOf(bindings('abc')))
        assert.equal(acceptor.flags.channelBound, false)
      })

      it('an acceptor with accepts an initiator without, unless it requires channelBound', async () => {
        const { acceptor } = await established(pairOf(undefined, bindings('abc')))
        assert.equal(acceptor.flags.channelBound, false)
        const strict = newPair({
          initiator: { mechanism },
          acceptor: { channelBindings: bindings('abc'), require: { channelBound: true } },
        })
        const token = await firstToken(strict.initiator)
        const error = await failure(() => strict.acceptor.step(token))
        assert.equal(error.code, 'ERR_GSS_PROTECTION_NOT_GRANTED')
        assert.equal(strict.acceptor.complete, false)
      })

      it('what the caller writes into its buffer afterwards changes nothing', async () => {
        const data = Buffer.from('abc')
        const one = new ChannelBindings({ applicationData: data })
        data.fill(0)
        await established(pairOf(one, bindings('abc')))
      })
    })
  }
})
