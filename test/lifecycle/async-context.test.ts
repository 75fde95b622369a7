import assert from 'node:assert/strict'
import { AsyncLocalStorage, createHook } from 'node:async_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { Credential, Name } from 'gssapi'
import { useRealm } from '../helpers/realm'
import { dispose, establish, PAIR_REALM, type Pair } from '../helpers/pair'

const MESSAGE = Buffer.from('a message')

/** What async_hooks sees of this package's resources while `task` runs: type by number, and which ended. */
async function observe(task: () => Promise<unknown>) {
  const types = new Map<number, string>()
  const ran = new Set<number>()
  const destroyed = new Set<number>()
  const hook = createHook({
    init: (id, type) => {
      if (type.startsWith('gssapi:')) types.set(id, type)
    },
    before: (id) => void ran.add(id),
    destroy: (id) => void destroyed.add(id),
  }).enable()
  await task()
  for (let i = 0; i < 100 && ![...types.keys()].every((id) => destroyed.has(id)); i++)
    await sleep(10)
  hook.disable()
  return { types, ran, destroyed }
}

async function everyCall({ client, server }: Pair): Promise<void> {
  server.unwrap(await client.wrapAsync(MESSAGE))
  await server.unwrapAsync(client.wrap(MESSAGE))
  await server.verifyMicAsync(MESSAGE, await client.getMicAsync(MESSAGE))
  const credential = await Credential.acquire()
  await credential.inquire()
  const name = await Name.principal('alice@EXAMPLE.TEST').canonicalize({ mechanism: 'krb5' })
  await name.localName({ mechanism: 'krb5' }).catch(() => undefined)
  dispose(await establish())
}

describe('asynchronous context', function () {
  this.timeout(30_000)
  useRealm(PAIR_REALM)

  it('async_hooks cannot tell this package’s calls, or sees them never end', async () => {
    const pair = await establish()
    const { types, ran, destroyed } = await observe(() => everyCall(pair))
    assert.deepEqual([...new Set(types.values())].sort(), [
      'gssapi:AcquireCredential',
      'gssapi:CanonicalizeName',
      'gssapi:GetMic',
      'gssapi:InquireCredential',
      'gssapi:LocalName',
      'gssapi:StepContext',
      'gssapi:Unwrap',
      'gssapi:VerifyMic',
      'gssapi:Wrap',
    ])
    for (const [id, type] of types) {
      assert.ok(ran.has(id), `${type} answered outside its context`)
      assert.ok(destroyed.has(id), `${type} was never destroyed`)
    }
    dispose(pair)
  })

  it('AsyncLocalStorage is lost or mixed up over an await', async () => {
    const storage = new AsyncLocalStorage<number>()
    const conversation = async (index: number): Promise<void> => {
      const pair = await establish()
      assert.equal(storage.getStore(), index)
      await everyCall(pair)
      assert.equal(storage.getStore(), index)
      await assert.rejects(pair.client.unwrapAsync(Buffer.from('no token')))
      assert.equal(storage.getStore(), index)
      dispose(pair)
    }
    const all = Array.from({ length: 20 }, (_, index) => storage.run(index, conversation, index))
    await Promise.all(all)
    assert.equal(storage.getStore(), undefined)
  })
})
