import assert from 'node:assert/strict'
import { Credential, GssError } from 'gssapi'
import {
  ALICE,
  failure,
  firstToken,
  heimdal,
  itUnless,
  MECHANISMS,
  newPair,
  onHeimdal,
  PASSWORD,
  SUITE,
} from '../helpers/handshake'
import { useRealm } from '../helpers/realm'

for (const clockOffset of [1200, -1200]) {
  const where = clockOffset > 0 ? 'ahead' : 'behind'

  describe(`a KDC whose clock is 20 minutes ${where}`, () => {
    useRealm({ principals: { alice: PASSWORD }, clockOffset, libdefaults: { kdc_timesync: 0 } })

    it('is named as the reason by code and hint', async () => {
      const error = await failure(() =>
        Credential.acquire({ name: ALICE, password: PASSWORD, mechanisms: ['krb5'] }),
      )
      assert.ok(error instanceof GssError)
      if (onHeimdal) return
      assert.equal(error.minorName, 'KRB5_KDCREP_SKEW')
      assert.match(error.hint ?? '', /clock/)
    })
  })
}

describe('a client that keeps the KDC’s time', () => {
  useRealm({ ...SUITE, clockOffset: 1200 })

  for (const mechanism of MECHANISMS) {
    itUnless(
      heimdal('7.8 does not read the offset in the cache'),
      `${mechanism}: is refused by an acceptor with another clock, by name and hint`,
      async () => {
        const { initiator, acceptor } = newPair({ initiator: { mechanism } })
        const token = await firstToken(initiator)
        const error = await failure(() => acceptor.step(token))
        assert.equal(acceptor.complete, false)
        // MIT's SPNEGO has numbers of its own for krb5's minor codes.
        if (mechanism === 'spnego') {
          assert.match(error.message, /Clock skew|not yet valid/)
          return
        }
        assert.match(error.minorName ?? '', /^KRB5KRB_AP_ERR_(SKEW|TKT_NYV)$/)
        assert.match(error.hint ?? '', /clock/)
      },
    )
  }
})
