/** A credential of the other side is refused as such, before the library sees it: Heimdal 7.8 dies of one. */
import assert from 'node:assert/strict'
import { Acceptor, Credential, GssError, Initiator } from 'gssapi'
import {
  established,
  failure,
  heimdal,
  itUnless,
  MECHANISMS,
  SERVICE,
  SUITE,
} from '../helpers/handshake'
import { useRealm } from '../helpers/realm'

describe('the usage of a credential', () => {
  useRealm(SUITE)

  for (const mechanism of MECHANISMS) {
    it(`to accept is refused by an initiator, which says so (${mechanism})`, async () => {
      const credential = await Credential.acquire({ usage: 'accept' })
      const error = await failure(() =>
        new Initiator({ target: SERVICE, mechanism, credential }).step(),
      )
      assert.ok(error instanceof GssError)
      assert.equal(error.code, 'GSS_S_NO_CRED')
      assert.match(error.message, /the credential is to accept, and not to initiate$/)
      assert.equal(
        error.hint,
        "Acquire the credential with usage 'initiate', or 'both' where it serves both sides.",
      )
    })
  }

  it('to initiate is refused by an acceptor, which says so', async () => {
    const credential = await Credential.acquire({ usage: 'initiate' })
    const error = await failure(() => new Acceptor({ credential }))
    assert.equal(error.code, 'GSS_S_NO_CRED')
    assert.match(error.message, /the credential is to initiate, and not to accept$/)
    assert.equal(
      error.hint,
      "Acquire the credential with usage 'accept', or 'both' where it serves both sides.",
    )
  })

  itUnless(
    heimdal('7.8 acquires none for both sides here'),
    'for both sides serves both',
    async () => {
      await established({ initiator: { credential: await Credential.acquire({ usage: 'both' }) } })
    },
  )
})
