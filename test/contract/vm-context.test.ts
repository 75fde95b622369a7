/** The package where a test runner loads it into a context of its own: other intrinsics, other symbols, a copy of process.env. */
import assert from 'node:assert/strict'
import { changePassword, Credential, GssError, Name, verifyPassword } from 'gssapi'
import { failure, PASSWORD, SERVICE, SUITE } from '../helpers/handshake'
import { useRealm } from '../helpers/realm'
import { loadInContext, type VmPackage } from '../helpers/vm-package'

describe('in a vm context, as in Jest', () => {
  const realm = useRealm({ ...SUITE, principals: { alice: PASSWORD }, kinit: 'alice' })
  let there: VmPackage
  before(() => {
    there = loadInContext()
  })

  const theirBytes = () => there.run('Uint8Array') as typeof Uint8Array
  const bytes = (text: string) => theirBytes().from(Buffer.from(text))

  it('contexts are established and protect messages in that context’s own arrays', async () => {
    const { Initiator, Acceptor } = there.gssapi
    const client = new Initiator({ target: SERVICE })
    const server = new Acceptor()
    let token = await client.step()
    while (token) {
      const reply = await server.step(theirBytes().from(token))
      token = reply && (await client.step(reply))
    }
    assert.ok(!(bytes('x') instanceof Uint8Array))
    assert.equal(server.unwrap(client.wrap(bytes('hello'))).message.toString(), 'hello')
    client.dispose()
    server.dispose()
  })

  it('a password is verified: nothing needs Symbol.dispose, which Node 20 and 22 lack there', async () => {
    const options = { keytab: realm().keytab, service: SERVICE }
    const name = await there.gssapi.verifyPassword('alice', PASSWORD, options)
    assert.equal(String(name), 'alice@EXAMPLE.TEST')
    const error = await failure(() => there.gssapi.verifyPassword('alice', 'wrong', options))
    assert.equal(error.code, 'ERR_GSS_PASSWORD_WRONG')
    assert.ok(error instanceof there.gssapi.GssError)
  })

  it('its bytes are bytes in every call that takes text or bytes', async () => {
    const options = { keytab: realm().keytab, service: SERVICE }
    assert.equal(
      String(await verifyPassword('alice', bytes(PASSWORD), options)),
      'alice@EXAMPLE.TEST',
    )
    const credential = await Credential.acquire({ name: 'alice', password: bytes(PASSWORD) })
    assert.equal(credential.usage, 'initiate')
    assert.ok(Name.import(bytes('alice'), 'principal').equals(Name.principal('alice')))
    const wrong = await failure(() => changePassword('alice', bytes('wrong'), bytes('newer')))
    assert.equal(wrong.code, 'ERR_GSS_PASSWORD_WRONG')
    const name = await Name.principal('alice').canonicalize()
    const refused = await failure(async () => name.setAttribute('urn:x', bytes('x')))
    assert.ok(refused instanceof GssError, String(refused))
  })

  it('what is disposable is so by the context’s symbol, or by the one that compilers put in its place', async () => {
    const symbols = there.run(
      '[Symbol.dispose ?? Symbol.for("Symbol.dispose"), Symbol.asyncDispose ?? Symbol.for("Symbol.asyncDispose")]',
    ) as [typeof Symbol.dispose, typeof Symbol.asyncDispose]
    const { Acceptor } = there.gssapi
    const credential = await there.gssapi.Credential.acquire()
    for (const each of [credential, new Acceptor()]) {
      assert.equal(typeof each[symbols[0]], 'function')
      assert.ok(!('undefined' in each))
    }
    credential[symbols[0]]()
    assert.equal((await failure(() => credential.inquire())).code, 'ERR_GSS_DISPOSED')
    const { prototype } = there.testing.Realm
    assert.equal(typeof prototype[symbols[1]], 'function')
    assert.ok(!('undefined' in prototype))
  })
})
