import assert from 'node:assert/strict'
import { changePassword, Credential, Name } from 'gssapi'
import { ALICE, failure, PASSWORD, SUITE } from '../helpers/handshake'
import { Kadmind } from '../helpers/kadmind'
import { useRealm } from '../helpers/realm'

const PRINCIPALS = {
  alice: PASSWORD,
  bob: PASSWORD,
  carol: PASSWORD,
  locked: { password: PASSWORD, attributes: ['-allow_tix'] },
  card: { password: PASSWORD, attributes: ['+requires_hwauth'] },
}

describe('changing a password', () => {
  const kadmind = new Kadmind()
  const realm = useRealm({ ...SUITE, principals: PRINCIPALS, ...kadmind.options })

  before('kadmind', async () => {
    await realm().kadmin('add_policy -minlength 8 -minclasses 2 strict')
    await realm().kadmin('modify_principal -policy strict carol')
    await kadmind.start(realm())
  })
  after('kadmind', () => kadmind.stop())

  const works = (name: string, password: string) => Credential.acquire({ name, password })
  const refusal = async (...args: Parameters<typeof changePassword>) =>
    failure(() => changePassword(...args))

  it('the new one works afterwards, the old one does not', async () => {
    await changePassword(ALICE, PASSWORD, 'new-Password-1')
    await works(ALICE, 'new-Password-1')
    assert.match((await failure(() => works(ALICE, PASSWORD))).code, /^GSS_S_/)
    await changePassword(Name.user('alice'), Buffer.from('new-Password-1'), Buffer.from(PASSWORD))
    await works(ALICE, PASSWORD)
  })

  it('one that has expired is changed all the same', async () => {
    await realm().kadmin('modify_principal -pwexpire "1 hour ago" bob')
    await failure(() => works('bob', PASSWORD))
    await changePassword('bob', PASSWORD, 'fresh-Password-1')
    await works('bob', 'fresh-Password-1')
  })

  it('a new one that breaks the realm’s rules is refused in the realm’s words', async () => {
    const error = await refusal('carol', PASSWORD, 'Short-1')
    assert.equal(error.code, 'ERR_GSS_PASSWORD_REFUSED')
    assert.equal(error.minor, 4) // KRB5_KPASSWD_SOFTERROR
    assert.equal(error.call, 'krb5_change_password')
    assert.match(error.minorMessages.join(), /too short/)
    assert.match(error.hint ?? '', /rules/)
    assert.doesNotMatch(JSON.stringify(error) + String(error.stack), /Short-1|Rabbit/)
    await works('carol', PASSWORD)
    await changePassword('carol', PASSWORD, 'long-enough-1')
    await works('carol', 'long-enough-1')
  })

  it('who does not know the old one changes nothing', async () => {
    const codes: [string, string, string][] = [
      ['alice', 'mistyped', 'ERR_GSS_PASSWORD_WRONG'],
      ['alice', '', 'ERR_GSS_PASSWORD_WRONG'],
      ['nobody', PASSWORD, 'ERR_GSS_USER_UNKNOWN'],
      ['locked', PASSWORD, 'ERR_GSS_ACCOUNT_LOCKED'],
      ['card', PASSWORD, 'ERR_GSS_PASSWORD_INSUFFICIENT'],
    ]
    for (const [user, old, code] of codes) {
      assert.equal((await refusal(user, old, 'new-Password-2')).code, code)
    }
    await works(ALICE, PASSWORD)
  })

  it('a password of many bytes, of any script, arrives whole', async () => {
    const long = 'þ💧'.repeat(40)
    await changePassword(ALICE, PASSWORD, long)
    await works(ALICE, long)
    await failure(() => works(ALICE, long.slice(0, -2)))
    await changePassword(ALICE, long, PASSWORD)
  })

  it('an aborted change rejects with AbortError', async () => {
    const signal = AbortSignal.abort()
    await assert.rejects(changePassword(ALICE, PASSWORD, 'x', { signal }), { name: 'AbortError' })
    await works(ALICE, PASSWORD)
  })

  it('mistakes are rejections, without the passwords', async () => {
    const wrong: [unknown[], RegExp][] = [
      [[null, PASSWORD, PASSWORD], /"user"/],
      [['', PASSWORD, PASSWORD], /"user"/],
      [[Name.service('a@b'), PASSWORD, PASSWORD], /"user"/],
      [[ALICE, 5, PASSWORD], /"oldPassword"/],
      [[ALICE, `${PASSWORD}\0`, PASSWORD], /"oldPassword"/],
      [[ALICE, PASSWORD, undefined], /"newPassword"/],
      [[ALICE, PASSWORD, ''], /"newPassword"/],
      [[ALICE, PASSWORD, Buffer.from(`${PASSWORD}\0junk`)], /"newPassword"/],
      [[ALICE, PASSWORD, 'x'.repeat(100_000)], /"newPassword"/],
      [[ALICE, PASSWORD, PASSWORD, null], /"options"/],
      [[ALICE, PASSWORD, PASSWORD, { domain: 5 }], /"options.domain"/],
    ]
    for (const [args, message] of wrong) {
      const call = () => Reflect.apply(changePassword, undefined, args) as Promise<void>
      await assert.rejects(call, (error: Error) => {
        assert.match(error.message, message)
        assert.ok(!error.message.includes(PASSWORD))
        return true
      })
    }
  })

  // Last, since it ends the service.
  it('a service that is not there is an error of its own', async () => {
    await kadmind.stop()
    const error = await refusal(ALICE, PASSWORD, 'new-Password-3')
    assert.equal(error.code, 'GSS_S_FAILURE')
    assert.doesNotMatch(JSON.stringify(error) + String(error.stack), /new-Password-3/)
  })
})
