/** What docs/errors.md says of passwords and accounts, by each call that takes a password: the code, and the whole hint. */
import assert from 'node:assert/strict'
import { changePassword, Credential, library, verifyPassword } from 'gssapi'
import { Realm } from 'gssapi/testing'
import { externalKdc } from '../helpers/external-realm'
import { ALICE, failure, onHeimdal, PASSWORD, SERVICE, SUITE } from '../helpers/handshake'
import { Kadmind } from '../helpers/kadmind'
import { useRealm } from '../helpers/realm'

/** By code, as `verifyPassword` and `changePassword` tell it. */
const HINTS: Record<string, string> = {
  ERR_GSS_PASSWORD_WRONG: 'The password is wrong: it is not this user’s, or not any longer.',
  ERR_GSS_PASSWORD_INSUFFICIENT:
    'A password alone is not enough for this account, whether it is right or not: the KDC asks for a second factor (a one-time code, a smart card), or allows another way only. Do not try again with a password: that may lock the account.',
  ERR_GSS_USER_UNKNOWN:
    'The realm has no such user: check the name and its realm. Tell whoever logs on the same as for a wrong password.',
  ERR_GSS_PASSWORD_EXPIRED: 'The password has expired: it must be changed first (changePassword).',
  ERR_GSS_ACCOUNT_LOCKED: 'The account is locked or disabled: its administrator must unlock it.',
  ERR_GSS_ACCOUNT_EXPIRED: 'The account has expired: its administrator must extend it.',
  ERR_GSS_PASSWORD_REFUSED:
    'The realm does not take the new password: minorMessages has its rules, if the realm sent them.',
  ERR_GSS_KDC_NOT_TRUSTED:
    'Whoever answered as the KDC does not know the key in the keytab: make the keytab anew where it is out of date; otherwise somebody forges the KDC.',
  ERR_GSS_REALM_NOT_ALLOWED:
    'The name is of none of the realms in options.realms: give a name of one of these, or add its realm where its users are to be let in.',
}

/** By the minor status, as `Credential.acquire` tells it. */
const ACQUIRED: Record<string, string> = {
  KRB5KRB_AP_ERR_BAD_INTEGRITY:
    'The password is wrong, or not the password any longer: check it, with the user and the realm.',
  KRB5KDC_ERR_PREAUTH_FAILED:
    'The password is wrong, or not the password any longer: check it, with the user and the realm.',
  KRB5_PREAUTH_FAILED:
    'No way to prove who the client is was left; the message tells why the last one failed. With a password: check it. With a certificate (PKINIT): pkinit_identities must name it and its key, its CA must be among the pkinit_anchors of both sides, and the plugin must be installed (the package krb5-pkinit).',
  KRB5KDC_ERR_C_PRINCIPAL_UNKNOWN:
    "The KDC does not know the client's principal: check the user's name and realm, and default_realm in krb5.conf.",
  KRB5KDC_ERR_KEY_EXP: 'The password has expired: change it with kpasswd.',
  KRB5KDC_ERR_CLIENT_REVOKED:
    "The client's account is locked or disabled: its administrator must unlock it.",
  KRB5KDC_ERR_NAME_EXP: "The client's account has expired: its administrator must extend it.",
}

type Situation = [what: string, user: string, password: string, code: string, minorName: string]

const SITUATIONS: Situation[] = [
  ['a wrong one', 'plain', 'wrong', 'PASSWORD_WRONG', 'KRB5KRB_AP_ERR_BAD_INTEGRITY'],
  ['a wrong one, proved first', 'alice', 'wrong', 'PASSWORD_WRONG', 'KRB5KDC_ERR_PREAUTH_FAILED'],
  ['one that is not enough', 'card', PASSWORD, 'PASSWORD_INSUFFICIENT', 'KRB5_PREAUTH_FAILED'],
  ['an unknown user', 'nobody', PASSWORD, 'USER_UNKNOWN', 'KRB5KDC_ERR_C_PRINCIPAL_UNKNOWN'],
  ['one that has expired', 'expired', PASSWORD, 'PASSWORD_EXPIRED', 'KRB5KDC_ERR_KEY_EXP'],
  ['a locked account', 'locked', PASSWORD, 'ACCOUNT_LOCKED', 'KRB5KDC_ERR_CLIENT_REVOKED'],
  ['an expired account', 'ended', PASSWORD, 'ACCOUNT_EXPIRED', 'KRB5KDC_ERR_NAME_EXP'],
]

const missing =
  (library().backend === 'sspi' && 'SSPI has no keytabs, and other statuses') ||
  (externalKdc() !== undefined && 'it needs a KDC of its own')
const suite = missing === false ? describe : describe.skip

suite(`hints of passwords${missing === false ? '' : ` [${missing}]`}`, () => {
  const kadmind = new Kadmind()
  const realm = useRealm({
    ...SUITE,
    principals: {
      alice: { password: PASSWORD, attributes: ['+requires_preauth'] },
      ...{ plain: PASSWORD, expired: PASSWORD, ended: PASSWORD, strict: PASSWORD },
      locked: { password: PASSWORD, attributes: ['-allow_tix'] },
      card: { password: PASSWORD, attributes: ['+requires_hwauth'] },
    },
    ...kadmind.options,
  })

  before('what has ended, and kadmind', async () => {
    await realm().kadmin('modify_principal -pwexpire "1 hour ago" expired')
    await realm().kadmin('modify_principal -expire "1 hour ago" ended')
    await realm().kadmin('add_policy -minlength 20 strict')
    await realm().kadmin('modify_principal -policy strict strict')
    await kadmind.start(realm())
  })
  after('kadmind', () => kadmind.stop())

  const ours = () => ({ keytab: realm().keytab, service: SERVICE })

  async function told(code: string, call: () => Promise<unknown>): Promise<void> {
    const error = await failure(call)
    assert.deepEqual([error.code, error.hint], [`ERR_GSS_${code}`, HINTS[`ERR_GSS_${code}`]])
  }

  describe('verifyPassword', () => {
    for (const [what, user, password, code] of SITUATIONS) {
      it(what, () => told(code, () => verifyPassword(user, password, ours())))
    }
    it('an empty one', () => told('PASSWORD_WRONG', () => verifyPassword('alice', '', ours())))
    it('a realm that is not allowed', () =>
      told('REALM_NOT_ALLOWED', () =>
        verifyPassword('alice', PASSWORD, { ...ours(), realms: ['OTHER.TEST'] }),
      ))
    it('a KDC that does not know the key in the keytab', async () => {
      const genuine = await Realm.create({ services: [SERVICE] })
      try {
        const { keytab } = genuine
        await told('KDC_NOT_TRUSTED', () => verifyPassword(ALICE, PASSWORD, { ...ours(), keytab }))
      } finally {
        await genuine.dispose()
      }
    })
  })

  describe('changePassword', () => {
    for (const [what, user, password, code] of SITUATIONS) {
      if (user === 'expired') continue
      it(what, () => told(code, () => changePassword(user, password, 'new-Password-1')))
    }
    it('an empty one', () =>
      told('PASSWORD_WRONG', () => changePassword('alice', '', 'new-Password-1')))
    it('a new one that the realm does not take', () =>
      told('PASSWORD_REFUSED', () => changePassword('strict', PASSWORD, 'short')))
  })

  for (const mechanism of ['krb5', 'spnego'] as const) {
    const gap = onHeimdal
    describe(`Credential.acquire, ${mechanism}${gap ? ' [Heimdal: other statuses]' : ''}`, () => {
      before(function () {
        if (gap) this.skip()
      })
      const acquire = (name: string, password: string, more = {}) =>
        Credential.acquire({ mechanisms: [mechanism], name, password, ...more })

      for (const [what, user, password, , minorName] of SITUATIONS) {
        it(what, async () => {
          const error = await failure(() => acquire(user, password))
          assert.match(error.code, /^GSS_S_/)
          assert.deepEqual([error.minorName, error.hint], [minorName, ACQUIRED[minorName]])
        })
      }
      it('a realm that is not allowed', () =>
        told('REALM_NOT_ALLOWED', () => acquire('alice', PASSWORD, { realms: ['OTHER.TEST'] })))
    })
  }
})
