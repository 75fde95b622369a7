import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { Credential, Name, verifyPassword, type VerifyPasswordOptions } from 'gssapi'
import { Realm } from 'gssapi/testing'
import {
  ALICE,
  established,
  failure,
  heimdal,
  itUnless,
  onHeimdal,
  PASSWORD,
  PRINCIPAL,
  SERVICE,
  SUITE,
  withEnv,
} from '../helpers/handshake'
import { useRealm } from '../helpers/realm'

const HOST_SERVICE = `host@${hostname()}`

describe('checking a password', () => {
  const realm = useRealm({
    principals: {
      alice: { password: PASSWORD, attributes: ['+requires_preauth'] },
      bob: 'without-preauthentication',
      locked: { password: PASSWORD, attributes: ['-allow_tix'] },
      expired: PASSWORD,
      gone: PASSWORD,
      card: { password: PASSWORD, attributes: ['+requires_hwauth'] },
    },
    services: [...SUITE.services, HOST_SERVICE],
  })
  const ours = (): VerifyPasswordOptions => ({ keytab: realm().keytab, service: SERVICE })
  const verdict = async (user: string, password: string | Uint8Array, options = ours()) =>
    (await failure(() => verifyPassword(user, password, options))).code

  before('accounts that have ended', async () => {
    await realm().kadmin('modify_principal -pwexpire "1 hour ago" expired')
    await realm().kadmin('modify_principal -expire "1 hour ago" gone')
  })

  it('the right one gives the user’s name as the KDC has it', async () => {
    for (const user of ['alice', ALICE, Name.user('alice'), Name.principal(ALICE)]) {
      const name = await verifyPassword(user, PASSWORD, ours())
      assert.equal(String(name), ALICE)
    }
    await verifyPassword('bob', Buffer.from('without-preauthentication'), ours())
  })

  it('the service may be a principal; without one it is this host’s', async () => {
    const { keytab } = realm()
    await verifyPassword(ALICE, PASSWORD, { keytab, service: PRINCIPAL })
    await verifyPassword(ALICE, PASSWORD, { keytab })
    await withEnv({ KRB5_KTNAME: keytab }, () => verifyPassword(ALICE, PASSWORD, {}))
  })

  it('every failure of the account or password has its own code', async () => {
    assert.equal(await verdict('alice', 'mistyped'), 'ERR_GSS_PASSWORD_WRONG')
    assert.equal(await verdict('bob', 'mistyped'), 'ERR_GSS_PASSWORD_WRONG')
    assert.equal(await verdict('alice', ''), 'ERR_GSS_PASSWORD_WRONG')
    assert.equal(await verdict('alice', new Uint8Array()), 'ERR_GSS_PASSWORD_WRONG')
    assert.equal(await verdict('alice', `${PASSWORD} `), 'ERR_GSS_PASSWORD_WRONG')
    assert.equal(await verdict('nobody', PASSWORD), 'ERR_GSS_USER_UNKNOWN')
    assert.equal(await verdict('locked', PASSWORD), 'ERR_GSS_ACCOUNT_LOCKED')
    assert.equal(await verdict('expired', PASSWORD), 'ERR_GSS_PASSWORD_EXPIRED')
    assert.equal(await verdict('gone', PASSWORD), 'ERR_GSS_ACCOUNT_EXPIRED')
  })

  it('a right password that is not enough is not called wrong', async () => {
    const error = await failure(() => verifyPassword('card', PASSWORD, ours()))
    assert.equal(error.code, 'ERR_GSS_PASSWORD_INSUFFICIENT')
    assert.match(error.hint ?? '', /^A password alone is not enough.*second factor.*may lock/)
    const mistyped = await verdict('card', 'mistyped')
    // MIT cannot tell, and Heimdal can.
    const wrong = onHeimdal ? 'ERR_GSS_PASSWORD_WRONG' : 'ERR_GSS_PASSWORD_INSUFFICIENT'
    assert.equal(mistyped, wrong)
  })

  it('a hint speaks of the password, and not of a keytab', async () => {
    for (const user of ['alice', 'bob']) {
      for (const password of ['mistyped', '']) {
        const error = await failure(() => verifyPassword(user, password, ours()))
        assert.equal(error.code, 'ERR_GSS_PASSWORD_WRONG')
        const hint = 'The password is wrong: it is not this user’s, or not any longer.'
        assert.equal(error.hint, hint)
      }
    }
    const unknown = await failure(() => verifyPassword('nobody', PASSWORD, ours()))
    assert.match(unknown.hint ?? '', /^The realm has no such user/)
  })

  itUnless(
    heimdal('7.8 keeps its replay cache elsewhere'),
    'no replay cache is written',
    async () => {
      const folder = mkdtempSync(`${realm().dir}/rcache-`)
      await withEnv({ KRB5RCACHEDIR: folder, KRB5RCACHENAME: undefined }, async () => {
        await verifyPassword(ALICE, PASSWORD, ours())
        assert.deepEqual(readdirSync(folder), [])
        // That the library would have written one here.
        const credential = await Credential.acquire({ name: ALICE, password: PASSWORD })
        await established({ initiator: { credential }, acceptor: {} })
        assert.equal(readdirSync(folder).length, 1)
      })
    },
  )

  it('the error has the library’s own as its cause, a hint, and no password', async () => {
    const error = await failure(() => verifyPassword(ALICE, 'mistyped-1', ours()))
    assert.equal((error.cause as { name?: unknown }).name, 'GssError')
    assert.equal(error.call, 'gss_acquire_cred_with_password')
    assert.match(error.minorName ?? '', /PREAUTH_FAILED|BAD_INTEGRITY/)
    assert.match(error.hint ?? '', /password/)
    assert.ok(error.stack?.includes('password-verify.test'), 'the stack is the caller’s')
    assert.doesNotMatch(JSON.stringify(error) + String(error.stack), /mistyped/)
  })

  it('a forged KDC that takes the password is refused', async () => {
    // Of the same name, and with the same principals: the keytab is what the forger does not have.
    const genuine = await Realm.create({ principals: { alice: 'other' }, services: [SERVICE] })
    try {
      const options = { keytab: genuine.keytab, service: SERVICE }
      await Credential.acquire({ name: ALICE, password: PASSWORD })
      assert.equal(await verdict(ALICE, PASSWORD, options), 'ERR_GSS_KDC_NOT_TRUSTED')
    } finally {
      await genuine.dispose()
    }
  })

  it('a keytab without the service’s key proves nothing', async () => {
    const keytab = `${realm().dir}/others.keytab`
    await realm().addService('others@server.example.test', { keytab })
    assert.equal(
      await verdict(ALICE, PASSWORD, { keytab, service: SERVICE }),
      'ERR_GSS_KDC_NOT_TRUSTED',
    )
  })

  it('where it cannot be found out the library says why', async () => {
    const missing = { keytab: `${realm().dir}/missing.keytab`, service: SERVICE }
    // Heimdal looks for the keytab only when it decrypts the ticket.
    const noKeytab = onHeimdal ? 'ERR_GSS_KDC_NOT_TRUSTED' : 'GSS_S_NO_CRED'
    assert.equal(await verdict(ALICE, PASSWORD, missing), noKeytab)
    const unknown = { ...ours(), service: 'unknown@server.example.test' }
    const error = await failure(() => verifyPassword(ALICE, PASSWORD, unknown))
    assert.equal(error.code, 'GSS_S_FAILURE')
    assert.equal(error.minorName, 'KRB5KDC_ERR_S_PRINCIPAL_UNKNOWN')
  })

  itUnless(
    heimdal('it writes no trace'),
    'no ticket is left behind, in a file or in memory',
    async () => {
      const trace = `${realm().dir}/trace`
      await withEnv({ KRB5_TRACE: trace }, async () => {
        await verifyPassword(ALICE, PASSWORD, ours())
        await verdict(ALICE, 'mistyped')
        await verdict(ALICE, PASSWORD, { ...ours(), service: 'unknown@server.example.test' })
        await verdict(ALICE, PASSWORD, { ...ours(), keytab: `${realm().dir}/missing` })
      })
      const said = readFileSync(trace, 'utf8')
      const caches = (pattern: RegExp) => [...said.matchAll(pattern)].map(([, name]) => name).sort()
      const made = caches(/Initializing (\S+) with/g)
      assert.ok(made.length >= 2)
      assert.ok(made.every((name) => name?.startsWith('MEMORY:')))
      const destroyed = new Set(caches(/Destroying ccache (\S+)/g))
      assert.deepEqual(
        made.filter((name) => !destroyed.has(name)),
        [],
      )
      assert.ok(!existsSync(`${realm().dir}/ccache`))
    },
  )

  it('twenty at once do not mix up their users', async () => {
    const users = Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? 'alice' : 'bob'))
    const passwords: Record<string, string> = { alice: PASSWORD, bob: 'without-preauthentication' }
    const names = await Promise.all(
      users.map((user) => verifyPassword(user, passwords[user]!, ours())),
    )
    assert.deepEqual(
      names.map(String),
      users.map((user) => `${user}@EXAMPLE.TEST`),
    )
  })

  it('an aborted check rejects with AbortError', async () => {
    const signal = AbortSignal.abort()
    await assert.rejects(verifyPassword(ALICE, PASSWORD, { ...ours(), signal }), {
      name: 'AbortError',
    })
  })

  it('mistakes in the arguments are rejections, without the password', async () => {
    const wrong: [unknown[], RegExp][] = [
      [[null, PASSWORD], /"user"/],
      [['', PASSWORD], /"user"/],
      [['a\0b', PASSWORD], /"user"/],
      [[ALICE, null], /"password"/],
      [[ALICE, 5], /"password"/],
      [[ALICE, `${PASSWORD}\0junk`], /"password"/],
      [[ALICE, Buffer.from(`${PASSWORD}\0junk`)], /"password"/],
      [[ALICE, PASSWORD, null], /"options"/],
      [[ALICE, PASSWORD, { keytab: '' }], /"options.keytab"/],
      [[ALICE, PASSWORD, { keytab: 5 }], /"options.keytab"/],
      [[ALICE, PASSWORD, { service: 5 }], /"options.service"/],
      [[ALICE, PASSWORD, { domain: null }], /"options.domain"/],
      [[ALICE, PASSWORD, { signal: {} }], /"options.signal"/],
    ]
    for (const [args, message] of wrong) {
      const checked = Reflect.apply(verifyPassword, undefined, args) as Promise<unknown>
      await assert.rejects(checked, (error: Error) => {
        assert.match(error.message, message)
        assert.ok(!error.message.includes(PASSWORD))
        return true
      })
    }
  })
})
