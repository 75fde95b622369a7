import assert from 'node:assert/strict'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as ours from 'gssapi'
import { copyPackage, removeCopy, requireCopy } from '../helpers/addon'
import { useRealm } from '../helpers/realm'
import { PAIR_REALM, SERVICE } from '../helpers/pair'

describe('two copies of the package', function () {
  this.timeout(30_000)
  useRealm(PAIR_REALM)
  const dir = mkdtempSync(join(tmpdir(), 'gssapi-copy-'))
  let theirs: typeof ours
  before(() => {
    copyPackage(dir)
    theirs = requireCopy(dir) as typeof ours
  })
  after(() => removeCopy(dir))

  it('two copies cannot live, work and talk to each other in one process', async () => {
    assert.notEqual(theirs.Initiator, ours.Initiator)
    const talk = async (one: typeof ours, other: typeof ours): Promise<void> => {
      const client = new one.Initiator({ target: SERVICE })
      const server = new other.Acceptor()
      await client.step(await server.step(await client.step()))
      const tokens = await Promise.all([1, 2, 3].map((n) => client.wrapAsync(Buffer.from([n]))))
      const results = await Promise.all(tokens.map((token) => server.unwrapAsync(token)))
      assert.deepEqual(Buffer.concat(results.map(({ message }) => message)), Buffer.from([1, 2, 3]))
    }
    const both = Array.from({ length: 10 }, () => [talk(ours, theirs), talk(theirs, ours)])
    await Promise.all(both.flat())
  })

  it('an object of one copy is followed by the other', async () => {
    const credential = await theirs.Credential.acquire()
    const name = theirs.Name.service(SERVICE)
    const wrong = (value: unknown): never => value as never
    assert.throws(
      () => new ours.Initiator({ target: SERVICE, credential: wrong(credential) }),
      TypeError,
    )
    assert.throws(() => new ours.Initiator({ target: wrong(name) }), TypeError)
    assert.throws(() => ours.Name.service(SERVICE).equals(wrong(name)), TypeError)
    const acceptor = new theirs.Acceptor()
    assert.throws(
      () => ours.Acceptor.prototype.step.call(acceptor as never, Buffer.from('x')),
      TypeError,
    )
  })
})
