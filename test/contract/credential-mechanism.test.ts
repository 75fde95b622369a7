import assert from 'node:assert/strict'
import { Credential, Initiator } from 'gssapi'
import { assertHint } from '../helpers/failure'
import {
  ALICE,
  established,
  failure,
  heimdal,
  itUnless,
  MECHANISMS,
  PASSWORD,
  SERVICE,
  SUITE,
} from '../helpers/handshake'
import { useRealm } from '../helpers/realm'

const OTHER = { krb5: 'spnego', spnego: 'krb5' } as const
const NO_STORE = heimdal('7.8 lacks gss_acquire_cred_from')

/** The process's own ticket is somebody else's here, so that it shows where it is taken instead. */
describe('a credential and the mechanism that it is used with', () => {
  const realm = useRealm({
    ...SUITE,
    principals: { ...SUITE.principals, service: 'a-password' },
    kinit: 'service',
  })
  let ccache = ''

  before(async () => {
    ccache = await realm().kinit('alice', { ccache: 'alice' })
  })

  for (const mechanism of MECHANISMS) {
    itUnless(
      NO_STORE,
      `${mechanism}: a credential for the other one is refused, and nobody else's taken instead`,
      async () => {
        const credential = await Credential.acquire({
          store: { ccache },
          mechanisms: [OTHER[mechanism]],
        })
        const error = await failure(() =>
          new Initiator({ credential, mechanism, target: SERVICE }).step(),
        )
        assert.equal(error.code, 'GSS_S_NO_CRED')
        assert.match(error.message, new RegExp(`for ${OTHER[mechanism]}, and not for ${mechanism}`))
        assertHint(error, /both mechanisms/)
      },
    )

    itUnless(NO_STORE, `${mechanism}: one for both initiates as its owner`, async () => {
      const credential = await Credential.acquire({
        store: { ccache },
        mechanisms: ['krb5', 'spnego'],
      })
      const { acceptor } = await established({ initiator: { credential, mechanism } })
      assert.equal(String(acceptor.initiatorName), ALICE)
    })

    itUnless(
      NO_STORE,
      `what was delegated over ${mechanism} is refused where it is of no use, not replaced`,
      async () => {
        const own = await Credential.acquire({ store: { ccache } })
        const { acceptor } = await established({
          initiator: { credential: own, mechanism, delegation: true },
        })
        const credential = acceptor.delegatedCredential
        assert.ok(credential)
        const error = await failure(() =>
          new Initiator({ credential, mechanism: 'spnego', target: SERVICE }).step(),
        )
        assert.equal(error.code, 'GSS_S_NO_CRED')
        assertHint(error, /store\(\)/)
      },
    )
  }

  for (const mechanism of MECHANISMS) {
    const gap = mechanism === 'spnego' && heimdal('7.8 makes it for krb5 alone')
    itUnless(gap, `${mechanism}: a password without a mechanism's name is for both`, async () => {
      const credential = await Credential.acquire({ name: ALICE, password: PASSWORD })
      const { acceptor } = await established({ initiator: { credential, mechanism } })
      assert.equal(String(acceptor.initiatorName), ALICE)
    })
  }

  itUnless(
    NO_STORE,
    'a delegated credential, stored and acquired again, goes by SPNEGO',
    async () => {
      const own = await Credential.acquire({ store: { ccache } })
      const { acceptor } = await established({ initiator: { credential: own, delegation: true } })
      const cache = `FILE:${realm().dir}/delegated`
      await acceptor.delegatedCredential?.store({ store: { ccache: cache } })
      const credential = await Credential.acquire({ store: { ccache: cache } })
      const again = await established({ initiator: { credential, mechanism: 'spnego' } })
      assert.equal(String(again.acceptor.initiatorName), ALICE)
    },
  )
})
