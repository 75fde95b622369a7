import assert from 'node:assert/strict'
import { Credential } from 'gssapi'
import { established, heimdal, itUnless, MECHANISMS, SUITE } from '../helpers/handshake'
import { useRealm } from '../helpers/realm'

const YEARS = 31_536_000
const GAP = heimdal('7.8 reads the times of a cache as signed 32-bit numbers')
const LONG = 30 * YEARS

describe('lifetimes past 2038', () => {
  useRealm({ ...SUITE, ticketLifetime: LONG })

  itUnless(GAP, 'a credential tells them', async () => {
    const { lifetime } = await (await Credential.acquire()).inquire()
    assert.ok(lifetime !== null && lifetime > LONG - 600 && lifetime <= LONG, String(lifetime))
  })

  for (const mechanism of MECHANISMS) {
    itUnless(GAP, `${mechanism}: both sides of a context tell them`, async () => {
      const { initiator, acceptor } = await established({ initiator: { mechanism } })
      for (const { lifetime } of [initiator, acceptor]) {
        assert.ok(lifetime > LONG - 600 && lifetime <= LONG + 300, String(lifetime))
      }
    })
  }
})
