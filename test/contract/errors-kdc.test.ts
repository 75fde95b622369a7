import assert from 'node:assert/strict'
import { Credential, GssError } from 'gssapi'
import { checkError as check } from '../helpers/errors'
import { externalKdc } from '../helpers/external-realm'
import {
  ALICE,
  established,
  failure,
  itUnless,
  newPair,
  onHeimdal,
  PASSWORD,
  SERVICE,
  withEnv,
} from '../helpers/handshake'
import { useRealm } from '../helpers/realm'

describe('errors of the KDC', () => {
  const realm = useRealm({
    principals: {
      alice: PASSWORD,
      guarded: { password: 'x-y-z', attributes: ['+requires_preauth'] },
    },
    services: [SERVICE],
    kinit: 'alice',
  })

  describe('a password that is wrong', () => {
    for (const name of [ALICE, 'guarded@EXAMPLE.TEST']) {
      it(`is told for ${name}`, async () => {
        const error = await failure(() =>
          Credential.acquire({ name, password: 'not this one', mechanisms: ['krb5'] }).then(
            (credential) => established({ initiator: { credential } }),
          ),
        )
        assert.ok(error instanceof GssError)
        assert.match(error.hint ?? '', /password/)
      })
    }
  })

  it('a user that the KDC does not know', async () => {
    const name = 'nobody@EXAMPLE.TEST'
    const error = await failure(() =>
      Credential.acquire({ name, password: 'x', mechanisms: ['krb5'] }),
    )
    check(error, {
      code: 'GSS_S_NO_CRED',
      minorName: 'KRB5KDC_ERR_C_PRINCIPAL_UNKNOWN',
      hint: /client/,
    })
  })

  it('a realm that nobody told this machine of', async () => {
    const name = 'alice@NOWHERE.TEST'
    const error = await failure(() =>
      Credential.acquire({ name, password: 'x', mechanisms: ['krb5'] }),
    )
    assert.equal(error.name, 'GssError')
    if (!onHeimdal) assert.match(error.minorName ?? '', /^KRB5_REALM_/)
    assert.match(error.hint ?? '', /realm/)
  })

  const others = externalKdc() !== undefined && 'it needs a KDC of its own, to end it'
  itUnless(others, 'a KDC that does not run', async () => {
    const ccache = await realm().kinit('alice', { ccache: 'before-stop' })
    await realm().stopKdc()
    try {
      const error = await withEnv({ KRB5CCNAME: ccache }, () =>
        failure(() => newPair().initiator.step()),
      )
      check(error, { code: 'GSS_S_FAILURE', minorName: 'KRB5_KDC_UNREACH', hint: /KDC/ })
    } finally {
      await realm().startKdc()
    }
  })
})
