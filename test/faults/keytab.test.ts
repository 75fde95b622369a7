import assert from 'node:assert/strict'
import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Acceptor, Credential, Initiator } from 'gssapi'
import { Realm } from 'gssapi/testing'
import { assertHint, failure } from '../helpers/failure'
import { useRealm } from '../helpers/realm'
import { PAIR_REALM, SERVICE } from '../helpers/pair'

describe('a keytab that is of no use', function () {
  this.timeout(30_000)
  const realm = useRealm(PAIR_REALM)

  function file(name: string, content: string | Uint8Array): string {
    const path = join(realm().dir, name)
    writeFileSync(path, content)
    return path
  }

  const acquire = (keytab: string) => Credential.acquire({ usage: 'accept', store: { keytab } })

  async function accept(keytab: string): Promise<void> {
    const credential = await acquire(keytab)
    const token = await new Initiator({ target: SERVICE }).step()
    await new Acceptor({ credential }).step(token)
  }

  const unreadable: Record<string, () => string> = {
    missing: () => join(realm().dir, 'no-such.keytab'),
    empty: () => file('empty.keytab', ''),
    'other data': () => file('text.keytab', 'this is no keytab'),
    'cut in its first entry': () =>
      file('cut.keytab', readFileSync(realm().keytab).subarray(0, 20)),
    'a directory': () => realm().dir,
  }
  for (const [what, keytab] of Object.entries(unreadable)) {
    it(`a keytab that is ${what} is not named`, async () => {
      const path = keytab()
      const error = await failure(() => acquire(path))
      assert.equal(error.code, 'GSS_S_NO_CRED')
      assert.equal(error.minorName, 'KRB5_KT_NOTFOUND')
      assert.ok(error.message.includes(path), error.message)
      assert.ok(error.hint?.includes(path), error.hint)
      assertHint(error, /klist -k/)
    })
  }

  it('a keytab that this user may not read is not named [root may read everything]', async function () {
    if (process.getuid?.() === 0) this.skip() // root may read everything
    const path = file('forbidden.keytab', readFileSync(realm().keytab))
    chmodSync(path, 0)
    const error = await failure(() => acquire(path))
    assert.equal(error.code, 'GSS_S_NO_CRED')
    assert.ok(error.hint?.includes(path), error.hint)
  })

  for (const mechanisms of [['krb5'], ['spnego'], ['krb5', 'spnego']]) {
    it(`a credential of ${mechanisms.join(' and ')} answers after its keytab lost its keys`, async () => {
      const path = file('emptied.keytab', readFileSync(realm().keytab))
      const store = { keytab: path }
      const credential = await Credential.acquire({ usage: 'accept', store, mechanisms })
      const { name } = await credential.inquire()
      assert.equal(name?.toString(), `${SERVICE.replace('@', '/')}@EXAMPLE.TEST`)
      writeFileSync(path, Buffer.from([5, 2])) // a keytab's head, and no entry
      assert.equal((await credential.inquire()).name, null)
      if (mechanisms.includes('krb5')) {
        assert.equal((await credential.inquire({ mechanism: 'krb5' })).name, null)
      }
      rmSync(path)
      const { code, minorMessages } = await failure(() => credential.inquire())
      assert.equal(code, 'GSS_S_FAILURE')
      assert.ok(minorMessages.join().includes(path), minorMessages.join())
    })
  }

  it('a service whose default keytab is missing is told to run kinit', async () => {
    const before = process.env['KRB5_KTNAME']
    process.env['KRB5_KTNAME'] = join(realm().dir, 'no-such.keytab')
    try {
      const error = await failure(() => Credential.acquire({ usage: 'accept', name: SERVICE }))
      assert.equal(error.code, 'GSS_S_NO_CRED')
      assertHint(error, /klist -k/)
    } finally {
      process.env['KRB5_KTNAME'] = before
    }
  })

  it('a keytab of an unknown type crashes, or has a hint with a hole', async () => {
    const error = await failure(() => acquire('NONSENSE:somewhere'))
    assert.equal(error.minorName, 'KRB5_KT_UNKNOWN_TYPE')
    assertHint(error, /keytab/)
  })

  it('a keytab with another key of the same name is taken for a forgery', async () => {
    await using other = await Realm.create({ services: [SERVICE] })
    const error = await failure(() => accept(other.keytab))
    assert.equal(error.code, 'GSS_S_FAILURE')
    assert.equal(error.minorName, 'KRB5KRB_AP_ERR_BAD_INTEGRITY')
    assertHint(error, /key in the keytab/)
  })

  it('a keytab without the service does not say which is wanted', async () => {
    const keytab = join(realm().dir, 'other-service.keytab')
    await realm().addService('imap@server.example.test', { keytab })
    const error = await failure(() => accept(keytab))
    assert.equal(error.minorName, 'KRB5KRB_AP_ERR_NOT_US')
    assert.match(error.message, /HTTP\/server\.example\.test@EXAMPLE\.TEST/)
    assertHint(error, /another service/)
  })

  it('a keytab that is older than the key does not say so, or works again when it is new', async () => {
    const service = 'ldap@server.example.test'
    const keytab = join(realm().dir, 'ldap.keytab')
    await realm().addService(service, { keytab })
    await realm().changeKeys('ldap/server.example.test')
    const credential = await acquire(keytab)
    const token = await new Initiator({ target: service }).step()
    const error = await failure(() => new Acceptor({ credential }).step(token))
    assert.equal(error.minorName, 'KRB5KRB_AP_ERR_BADKEYVER')
    assertHint(error, /Make the keytab anew/)
    await realm().extractKeytab('ldap/server.example.test', keytab)
    const server = new Acceptor({ credential: await acquire(keytab) })
    await server.step(await new Initiator({ target: service }).step())
    assert.equal(server.complete, true)
  })

  it('an acceptor without any keytab does not say so', async () => {
    const before = process.env['KRB5_KTNAME']
    process.env['KRB5_KTNAME'] = `FILE:${join(realm().dir, 'none')}`
    const token = await new Initiator({ target: SERVICE }).step()
    const error = await failure(() => new Acceptor().step(token))
    process.env['KRB5_KTNAME'] = before
    assert.equal(error.code, 'GSS_S_NO_CRED')
    assertHint(error, /service's key/)
  })
})
