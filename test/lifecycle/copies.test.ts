import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, realpathSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as ours from 'gssapi'
import { copyPackage, packageRoot, removeCopy, requireCopy } from '../helpers/addon'
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

  it('an error of one copy is no GssError of the other, or a class of one’s own takes it for its own', async () => {
    class Own extends ours.GssError {}
    const thrown: unknown = await new theirs.Acceptor()
      .step(Buffer.from('x'))
      .catch((e: unknown) => e)
    assert.ok(!Object.prototype.isPrototypeOf.call(ours.GssError.prototype, thrown as object))
    assert.ok(thrown instanceof ours.GssError)
    assert.ok(thrown instanceof theirs.GssError)
    assert.ok(!(thrown instanceof Own))
    for (const other of [new Error('x'), null, undefined, 1, 'x', {}]) {
      assert.ok(!(other instanceof ours.GssError))
    }
    assert.ok(Object.create(Own.prototype) instanceof Own)
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
    const bindings = new theirs.ChannelBindings({ applicationData: Buffer.from('x') })
    const refusals: [string, () => unknown][] = [
      ['Credential', () => new ours.Initiator({ target: SERVICE, credential: wrong(credential) })],
      ['Name', () => new ours.Initiator({ target: wrong(name) })],
      ['Name', () => ours.Name.service(SERVICE).equals(wrong(name))],
      ['ChannelBindings', () => new ours.Acceptor({ channelBindings: wrong(bindings) })],
      ['Acceptor', () => ours.wrapWinrm(wrong(new theirs.Acceptor()), Buffer.from('x'))],
    ]
    for (const [type, call] of refusals) {
      assert.throws(call, (error: Error & { code?: string }) => {
        assert.equal(error.code, 'ERR_INVALID_ARG_TYPE')
        const { version } = JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8')) as {
          version: string
        }
        const said = `Received an instance of ${type} of another copy of gssapi: ${version} in ${realpathSync(dir)}, while this one is ${version} in ${packageRoot}`
        assert.ok(error.message.includes(said), error.message)
        return true
      })
    }
    assert.throws(
      () => new ours.Initiator({ target: SERVICE, credential: wrong(new Date()) }),
      /Received an instance of Date$/,
    )
    const acceptor = new theirs.Acceptor()
    await assert.rejects(
      () => ours.Acceptor.prototype.step.call(acceptor as never, Buffer.from('x')),
      TypeError,
    )
  })
})
