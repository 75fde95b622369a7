import assert from 'node:assert/strict'
import { Credential } from 'gssapi'
import {
  established,
  heimdal,
  itUnless,
  MECHANISMS,
  SUITE,
  secondsLeft,
} from '../helpers/handshake'
import { useRealm } from '../helpers/realm'

const YEARS = 31_536_000
const GAP = heimdal('7.8 reads the times of a cache as signed 32-bit numbers')
const LONG = 30 * YEARS

describe('lifetimes past 2038', () => {
  const realm = useRealm({ ...SUITE, ticketLifetime: LONG })

  itUnless(GAP, 'a credential tells them', async () => {
    const { lifetime } = await (await Credential.acquire()).inquire()
    assert.ok(lifetime !== null && lifetime > LONG - 600 && lifetime <= LONG, String(lifetime))
  })

  for (const mechanism of MECHANISMS) {
    itUnless(GAP, `${mechanism}: both sides of a context tell them`, async () => {
      const { initiator, acceptor } = await established({ initiator: { mechanism } })
      for (const lifetime of [initiator, acceptor].map(secondsLeft)) {
        assert.ok(lifetime > LONG - 600 && lifetime <= LONG + 300, String(lifetime))
      }
    })

    // MIT's t_lifetime: it is asked of the KDC, so a ticket for the service that is there already has its own.
    itUnless(GAP, `${mechanism}: a context lives as long as its initiator asked for`, async () => {
      for (const lifetime of [60, 3600, YEARS, LONG - 7200, 2 ** 32 - 2]) {
        const ccache = await realm().kinit('alice', { ccache: `${mechanism}-${lifetime}` })
        const credential = await Credential.acquire({ store: { ccache }, mechanisms: [mechanism] })
        const options = { mechanism, lifetime, credential }
        const { initiator, acceptor } = await established({ initiator: options })
        const most = Math.min(lifetime, LONG)
        for (const [side, skew] of [
          [initiator, 0],
          [acceptor, 300],
        ] as const) {
          const left = secondsLeft(side)
          assert.ok(left <= most + skew, `${left} of ${lifetime}`)
          assert.ok(left > 0 && left > most - 600, String(left))
        }
        const again = await established({ initiator: { ...options, lifetime: 30 } })
        assert.ok(secondsLeft(again.initiator) > most - 600, 'its ticket is there')
      }
    })
  }
})
