import assert from 'node:assert/strict'
import { Credential, Initiator } from 'gssapi'
import {
  established,
  failure,
  firstToken,
  heimdal,
  itUnless,
  SERVICE,
  SUITE,
} from '../helpers/handshake'
import { useRealm } from '../helpers/realm'

const NO_NEGOTIABLE = heimdal('7.8 lacks gss_set_neg_mechs')
const NO_ADD = heimdal('adding is not tried there')
const NOBODY_HAS = '1.3.9999.1'
const NO_CI_FLAGS = '1.2.752.43.13.29'

/** The library's own token of a credential, and its copies, hold neither. */
describe('what a credential is held to', () => {
  useRealm(SUITE)

  const travelled = async (credential: Credential) => Credential.import(await credential.export())

  async function assertNegotiatesNothing(credential: Credential): Promise<void> {
    assert.deepEqual(credential.negotiableMechanisms, [NOBODY_HAS])
    const begin = () =>
      firstToken(new Initiator({ target: SERVICE, mechanism: 'spnego', credential }))
    assert.match((await failure(begin)).code, /^GSS_S_/)
  }

  async function assertClaimsNothing(credential: Credential): Promise<void> {
    const unasked = { integrity: false, confidentiality: false }
    const { acceptor } = await established({ initiator: { credential, ...unasked } })
    const { integrity, confidentiality } = acceptor.flags
    assert.deepEqual({ integrity, confidentiality }, unasked)
  }

  itUnless(NO_NEGOTIABLE, 'what SPNEGO may negotiate is forgotten on a journey', async () => {
    const credential = await Credential.acquire({ mechanisms: ['krb5', 'spnego'] })
    credential.setNegotiableMechanisms([NOBODY_HAS])
    const copy = await travelled(credential)
    await assertNegotiatesNothing(copy)
    await assertNegotiatesNothing(await travelled(copy))
  })

  itUnless(NO_ADD, 'what SPNEGO may negotiate is forgotten in a sum', async () => {
    const credential = await Credential.acquire({ mechanisms: ['spnego'] })
    credential.setNegotiableMechanisms([NOBODY_HAS])
    await assertNegotiatesNothing(await credential.add({ mechanism: 'krb5' }))
  })

  it('noCiFlags is forgotten on a journey', async () => {
    await assertClaimsNothing(await travelled(await Credential.acquire({ noCiFlags: true })))
    const credential = await Credential.acquire()
    credential.setOption(NO_CI_FLAGS)
    await assertClaimsNothing(await travelled(credential))
  })

  itUnless(NO_ADD, 'noCiFlags is forgotten in a sum', async () => {
    const credential = await Credential.acquire({ mechanisms: ['krb5'], noCiFlags: true })
    await assertClaimsNothing(await credential.add({ mechanism: 'spnego' }))
  })
})
