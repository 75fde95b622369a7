import assert from 'node:assert/strict'
import { Acceptor, Credential, Initiator } from 'gssapi'
import { useRealm } from '../helpers/realm'
import { dispose, establish, PAIR_REALM, SERVICE } from '../helpers/pair'

const DISPOSED = { name: 'GssError', code: 'ERR_GSS_DISPOSED' }
const MESSAGE = Buffer.from('a message')

describe('dispose', function () {
  this.timeout(30_000)
  useRealm(PAIR_REALM)

  it('pending messages are lost by dispose', async () => {
    const { client, server } = await establish()
    const pending = Array.from({ length: 50 }, () => client.wrapAsync(MESSAGE))
    client.dispose()
    for (const token of await Promise.all(pending)) {
      assert.ok(server.unwrap(token).message.equals(MESSAGE))
    }
    server.dispose()
  })

  it('a pending step ends without an answer, or completes a disposed context', async () => {
    const client = new Initiator({ target: SERVICE })
    const server = new Acceptor()
    const pending = client.step()
    client.dispose()
    const token = await pending
    assert.ok(token && token.length > 0)
    const reply = await server.step(token)
    assert.ok(server.complete)
    assert.equal(client.complete, false)
    await assert.rejects(client.step(reply), DISPOSED)
    server.dispose()
  })

  it('a second dispose does harm', async () => {
    const { client, server } = await establish()
    for (let i = 0; i < 3; i++) {
      dispose({ client, server })
      client[Symbol.dispose]()
    }
    assert.throws(() => client.wrap(MESSAGE), DISPOSED)
  })

  it('a disposed context is used', async () => {
    const { client, server } = await establish()
    const token = server.wrap(MESSAGE)
    const mic = server.getMic(MESSAGE)
    const calls: Record<string, () => unknown> = {
      step: () => client.step(token),
      stepSync: () => client.stepSync(token),
      wrap: () => client.wrap(MESSAGE),
      wrapInto: () => client.wrapInto(MESSAGE, Buffer.alloc(1000)),
      unwrap: () => client.unwrap(token),
      unwrapInto: () => client.unwrapInto(token, Buffer.alloc(1000)),
      getMic: () => client.getMic(MESSAGE),
      verifyMic: () => client.verifyMic(MESSAGE, mic),
      wrapAsync: () => client.wrapAsync(MESSAGE),
      unwrapAsync: () => client.unwrapAsync(token),
      getMicAsync: () => client.getMicAsync(MESSAGE),
      verifyMicAsync: () => client.verifyMicAsync(MESSAGE, mic),
      overhead: () => client.overhead(),
      wrapSizeLimit: () => client.wrapSizeLimit(1000),
      sessionKey: () => client.sessionKey(),
      inquireByOid: () => client.inquireByOid('1.2.840.113554.1.2.2.5.5'),
    }
    client.dispose()
    for (const [name, call] of Object.entries(calls)) {
      await assert.rejects(async () => call(), DISPOSED, name)
    }
    server.dispose()
  })

  it('what was agreed, and who it was, if anybody asked, cannot be read any more after dispose', async () => {
    const { client, server } = await establish()
    assert.ok(server.initiatorName)
    dispose({ client, server })
    assert.equal(client.initiatorName, null)
    assert.equal(server.complete, true)
    assert.equal(server.initiatorName.toString(), 'alice@EXAMPLE.TEST')
    assert.equal(client.mechanism, 'krb5')
    assert.equal(client.flags.confidentiality, true)
    assert.ok(client.lifetime !== null && client.lifetime >= 0)
  })

  it('a context loses its credential when that is disposed of', async () => {
    const credential = await Credential.acquire()
    const client = new Initiator({ target: SERVICE, credential })
    const pending = client.step()
    credential.dispose()
    credential.dispose()
    const server = new Acceptor()
    await client.step(await server.step(await pending))
    assert.ok(client.complete)
    assert.throws(() => new Initiator({ target: SERVICE, credential }), DISPOSED)
    dispose({ client, server })
  })

  it('an enquiry about a credential ends badly when that is disposed of meanwhile', async () => {
    const credential = await Credential.acquire()
    const pending = Array.from({ length: 10 }, () => credential.inquire())
    credential.dispose()
    for (const { name } of await Promise.all(pending)) {
      assert.equal(name?.toString(), 'alice@EXAMPLE.TEST')
    }
    await assert.rejects(() => credential.inquire(), DISPOSED)
  })
})
