/** Names of contexts and credentials under SPNEGO are the mechanism's, so that access lists by exported names match. */
import assert from 'node:assert/strict'
import { Credential, library, Name } from 'gssapi'
import {
  ALICE,
  established,
  heimdal,
  itUnless,
  onHeimdal,
  PRINCIPAL,
  SERVICE,
  SUITE,
} from '../helpers/handshake'
import { useRealm } from '../helpers/realm'

const WINDOWS = library().backend === 'sspi' && 'SSPI exports no names'
const NO_MECHANISM = heimdal('7.8 does not say whose a name is') || WINDOWS

const canonical = async (principal: string) =>
  (await Name.principal(principal).canonicalize()).export()

describe('names under SPNEGO', () => {
  const realm = useRealm(SUITE)

  itUnless(WINDOWS, 'a context’s are exported as krb5’s, on both sides', async () => {
    const { initiator, acceptor } = await established({ initiator: { mechanism: 'spnego' } })
    for (const context of [initiator, acceptor]) {
      assert.deepEqual(context.initiatorName?.export(), await canonical(ALICE))
      assert.deepEqual(context.acceptorName?.export(), await canonical(PRINCIPAL))
      assert.equal(context.initiatorName.toString(), ALICE)
      assert.equal(context.initiatorName.type, 'principal')
    }
  })

  itUnless(WINDOWS, 'an exported one is read again, and equal', async () => {
    const { acceptor } = await established({ initiator: { mechanism: 'spnego' } })
    const { initiatorName } = acceptor
    assert.ok(initiatorName)
    if (!onHeimdal) assert.ok(Name.exported(initiatorName.export()).equals(initiatorName))
    assert.ok(initiatorName.equals(Name.principal(ALICE)))
  })

  itUnless(NO_MECHANISM, 'a context’s are of krb5, with its attributes', async () => {
    const krb5 = await established({ initiator: { mechanism: 'krb5' } })
    const spnego = await established({ initiator: { mechanism: 'spnego' } })
    for (const side of ['initiator', 'acceptor'] as const) {
      const [one, other] = [spnego[side].initiatorName, krb5[side].initiatorName]
      assert.ok(one && other)
      assert.equal(one.mechanism, 'krb5')
      assert.deepEqual(one.attributes(), other.attributes())
      for (const name of other.attributes()) {
        assert.deepEqual(one.getAttribute(name), other.getAttribute(name))
      }
    }
  })

  itUnless(WINDOWS, 'a credential’s are exported as krb5’s', async () => {
    const initiating = await Credential.acquire({ mechanisms: ['spnego'] })
    const { name } = await initiating.inquire()
    assert.deepEqual(name?.export(), await canonical(ALICE))
    if (onHeimdal) return // it does not say whose an acceptor's is
    const accepting = await Credential.acquire({
      ...{ usage: 'accept', name: SERVICE, mechanisms: ['spnego'] },
    })
    assert.deepEqual((await accepting.inquire()).name?.export(), await canonical(PRINCIPAL))
  })

  itUnless(NO_MECHANISM, 'a delegated credential’s is krb5’s', async () => {
    await realm().kinit('alice', { forwardable: true })
    const { acceptor } = await established({ initiator: { mechanism: 'spnego', delegation: true } })
    const delegated = await acceptor.delegatedCredential?.inquire()
    assert.equal(delegated?.name?.mechanism, 'krb5')
    assert.deepEqual(delegated.name.export(), await canonical(ALICE))
  })
})
