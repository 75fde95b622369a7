import assert from 'node:assert/strict'
import { Credential, Initiator } from 'gssapi'
import {
  ALICE,
  established,
  failure,
  firstToken,
  heimdal,
  itUnless,
  PASSWORD,
  SERVICE,
  SUITE,
} from '../helpers/handshake'
import { useRealm } from '../helpers/realm'

const NO_COPY = heimdal('adding is refused there, untried')

describe('adding to a credential, and what SPNEGO may negotiate', () => {
  const realm = useRealm({
    ...SUITE,
    principals: { ...SUITE.principals, bob: 'a-password-nobody-uses' },
  })

  itUnless(NO_COPY, 'the sum has both mechanisms, and the first stays as it was', async () => {
    const base = await Credential.acquire({ mechanisms: ['krb5'] })
    const sum = await base.add({ mechanism: 'spnego' })
    assert.deepEqual((await base.inquire()).mechanisms, ['krb5'])
    assert.deepEqual((await sum.inquire()).mechanisms.sort(), ['krb5', 'spnego'])
    const { acceptor } = await established({ initiator: { mechanism: 'spnego', credential: sum } })
    assert.equal(String(acceptor.initiatorName), ALICE)
  })

  itUnless(NO_COPY, 'what is added comes from a store or a password', async () => {
    const base = await Credential.acquire({ mechanisms: ['spnego'] })
    const ccache = await realm().kinit('alice', { ccache: 'for-add' })
    for (const from of [{ store: { ccache } }, { password: PASSWORD, name: ALICE }]) {
      const sum = await base.add({ mechanism: 'krb5', ...from })
      const { acceptor } = await established({ initiator: { credential: sum } })
      assert.equal(String(acceptor.initiatorName), ALICE)
    }
    const wrong = await failure(() =>
      base.add({ mechanism: 'krb5', name: ALICE, password: 'mistyped' }),
    )
    assert.match(wrong.minorName ?? '', /PREAUTH_FAILED|BAD_INTEGRITY/)
    assert.doesNotMatch(String(wrong), /mistyped/)
  })

  itUnless(NO_COPY, 'a user may be impersonated into the sum', async () => {
    const base = await Credential.acquire({ mechanisms: ['spnego'] })
    const impersonator = await Credential.acquire({ mechanisms: ['krb5'] })
    const sum = await base.add({ mechanism: 'krb5', name: 'bob', impersonator })
    assert.equal(String((await sum.inquire({ mechanism: 'krb5' })).name), 'bob@EXAMPLE.TEST')
  })

  itUnless(NO_COPY, 'a mechanism that is there is not added twice', async () => {
    const base = await Credential.acquire({ mechanisms: ['krb5'] })
    const error = await failure(() => base.add({ mechanism: 'krb5' }))
    assert.equal(error.code, 'GSS_S_DUPLICATE_ELEMENT')
  })

  it('an impersonator beside a store or password is a mistake', async () => {
    const base = await Credential.acquire({ mechanisms: ['krb5'] })
    for (const other of [{ store: { ccache: 'x' } }, { password: 'x' }]) {
      const call = () => base.add({ mechanism: 'krb5', impersonator: base, ...other })
      await assert.rejects(call, { code: 'ERR_INVALID_ARG_VALUE' })
    }
  })

  itUnless(
    heimdal('7.8 lacks gss_set_neg_mechs'),
    'SPNEGO offers the mechanisms that were set, and no others',
    async () => {
      const credential = await Credential.acquire({ mechanisms: ['spnego', 'krb5'] })
      assert.equal(credential.negotiableMechanisms, null)
      const begin = () =>
        firstToken(new Initiator({ target: SERVICE, mechanism: 'spnego', credential }))
      credential.setNegotiableMechanisms(['1.3.9999.1'])
      assert.deepEqual(credential.negotiableMechanisms, ['1.3.9999.1'])
      assert.match((await failure(begin)).code, /^GSS_S_/)
      credential.setNegotiableMechanisms(['krb5'])
      const token = await begin()
      assert.ok(token.includes(Buffer.from('06092a864886f712010202', 'hex')))
      assert.throws(() => credential.setNegotiableMechanisms([]), { code: 'ERR_INVALID_ARG_VALUE' })
    },
  )

  itUnless(
    heimdal('7.8 lacks gss_set_neg_mechs'),
    'a credential without SPNEGO says that it negotiates nothing',
    async () => {
      const credential = await Credential.acquire({ mechanisms: ['krb5'] })
      const set = () => credential.setNegotiableMechanisms(['krb5'])
      assert.throws(set, { name: 'GssError', code: 'GSS_S_UNAVAILABLE' })
      assert.equal(credential.negotiableMechanisms, null)
    },
  )
})
