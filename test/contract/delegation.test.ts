import assert from 'node:assert/strict'
import { Credential } from 'gssapi'
import { ALICE, established, heimdal, itUnless, MECHANISMS, SUITE } from '../helpers/handshake'
import { useRealm } from '../helpers/realm'

const TRUSTED = 'trusted@server.example.test'

describe('delegation', () => {
  const realm = useRealm({ ...SUITE, principals: { ...SUITE.principals, bob: 'a-password' } })

  before('a service that the realm trusts', async () => {
    await realm().addService(TRUSTED, { attributes: ['+ok_as_delegate'] })
  })

  for (const mechanism of MECHANISMS) {
    // A delegated credential is of krb5 alone, also where SPNEGO brought it.
    const again = { mechanism: 'krb5', target: TRUSTED }

    describe(mechanism, () => {
      it('the delegated credential is that of the user, and initiates again', async () => {
        const first = await established({ initiator: { mechanism, delegation: true } })
        assert.equal(first.initiator.flags.delegation, true)
        assert.equal(first.acceptor.flags.delegation, true)
        const credential = first.acceptor.delegatedCredential
        assert.ok(credential)
        assert.equal(String((await credential.inquire()).name), ALICE)
        await realm().kinit('bob')
        const second = await established({ initiator: { ...again, credential } })
        await realm().kinit('alice')
        assert.equal(second.acceptor.initiatorName?.toString(), ALICE)
      })

      it('the delegated credential outlives its context', async () => {
        const { acceptor } = await established({ initiator: { mechanism, delegation: true } })
        const credential = acceptor.delegatedCredential
        acceptor.dispose()
        assert.ok(credential)
        await established({ initiator: { ...again, credential } })
      })

      it('nothing is delegated unless asked for', async () => {
        const { acceptor } = await established({ initiator: { mechanism, target: TRUSTED } })
        assert.equal(acceptor.flags.delegation, false)
        assert.equal(acceptor.delegatedCredential, null)
      })

      it("'policy' does not delegate to a service that the realm does not trust", async () => {
        const { initiator, acceptor } = await established({
          initiator: { mechanism, delegation: 'policy' },
        })
        assert.equal(initiator.flags.delegation, false)
        assert.equal(acceptor.delegatedCredential, null)
      })

      it("'policy' delegates to a service that the realm trusts", async () => {
        const { initiator, acceptor } = await established({
          initiator: { mechanism, delegation: 'policy', target: TRUSTED },
        })
        assert.equal(initiator.flags.delegation, true)
        assert.ok(acceptor.delegatedCredential)
      })
    })
  }

  itUnless(
    heimdal('7.8 lacks gss_acquire_cred_from'),
    'a ticket that is not forwardable is not delegated, and says so in the flags',
    async () => {
      const ccache = await realm().kinit('alice', { ccache: 'fixed', forwardable: false })
      const credential = await Credential.acquire({ store: { ccache } })
      const { initiator, acceptor } = await established({
        initiator: { credential, delegation: true },
      })
      assert.equal(initiator.flags.delegation, false)
      assert.equal(acceptor.delegatedCredential, null)
    },
  )
})
