import assert from 'node:assert/strict'
import { runInNewContext } from 'node:vm'
import {
  Acceptor,
  ChannelBindings,
  Credential,
  Initiator,
  mechanisms,
  Name,
  SecurityContext,
  verifyPassword,
} from 'gssapi'
import { bindingsTuple } from '../../lib/context/channel-bindings'
import { optionOf, optionsOf } from '../../lib/base/options'
import { renewingSettings } from '../../lib/credential/renewing-options'
import { converse, established, PASSWORD, SERVICE, SUITE } from '../helpers/handshake'
import { useRealm } from '../helpers/realm'

/** Runs `call` while every object seems to have these properties. */
async function polluted<T>(
  properties: Record<string, unknown>,
  call: () => T | Promise<T>,
  root: object = Object.prototype,
): Promise<T> {
  for (const [key, value] of Object.entries(properties)) {
    const attributes = { value, configurable: true, writable: true, enumerable: true }
    Object.defineProperty(root, key, attributes)
  }
  try {
    return await call()
  } finally {
    for (const key of Object.keys(properties)) Reflect.deleteProperty(root, key)
  }
}

const WEAK = {
  mutual: false,
  integrity: false,
  confidentiality: false,
  replayDetection: false,
  sequenceDetection: false,
  delegation: true,
}

describe('options and Object.prototype', () => {
  const realm = useRealm(SUITE)

  it('an initiator asks for its protections, and delegates nothing', async () => {
    await realm().kinit('alice', { forwardable: true })
    const initiator = await polluted(WEAK, () => new Initiator({ target: SERVICE }))
    const acceptor = new Acceptor()
    await converse({ initiator, acceptor })
    const { flags } = acceptor
    assert.deepEqual(
      [flags.mutual, flags.integrity, flags.confidentiality, flags.delegation],
      [true, true, true, false],
    )
    assert.deepEqual([flags.replayDetection, flags.sequenceDetection], [true, true])
    assert.equal(acceptor.delegatedCredential, null)
  })

  it('messages stay encrypted in every call, with and without options', async () => {
    const { initiator, acceptor } = await established()
    const message = Buffer.from('secret-text')
    const out = Buffer.alloc(500)
    const tokens = await polluted({ confidential: false, qop: 7, signal: 5 }, async () => [
      initiator.wrap(message, {}),
      initiator.wrap(message),
      Buffer.from(out.subarray(0, initiator.wrapInto(message, out, 0, {}))),
      await initiator.wrapAsync(message, {}),
      await initiator.wrapAsync(message),
    ])
    for (const token of tokens) assert.equal(acceptor.unwrap(token).confidential, true)
  })

  it('parts of a message have no memory but their own', async () => {
    const { initiator } = await established()
    const strange = Buffer.alloc(300)
    const parts = await polluted({ buffer: strange, type: 'data', confidential: false }, () =>
      initiator.wrapIov([{ type: 'header' }, { type: 'data', buffer: Buffer.from('x') }], {}),
    )
    assert.deepEqual(strange, Buffer.alloc(300))
    assert.equal(parts.length, 2)
  })

  it('a context is what its constructor makes it, and not imported', async () => {
    const imported = { context: 1, initiator: true }
    const strange = { imported, initiator: {}, checkFirst: 5 }
    const acceptor = await polluted(strange, () => new Acceptor())
    const initiator = await polluted(strange, () => new Initiator({ target: SERVICE }))
    assert.deepEqual([acceptor.isInitiator, initiator.isInitiator], [false, true])
    await polluted({ imported, initiator: {} }, () => converse({ initiator, acceptor }))
    assert.equal(acceptor.complete, true)
    const moved = await polluted({ initiator: {}, checkFirst: 5, required: 0xffff }, async () =>
      SecurityContext.import(await acceptor.export()),
    )
    assert.deepEqual([moved.isInitiator, moved.complete], [false, true])
  })

  it('an exported context has its digest', async () => {
    const { initiator } = await established()
    const bytes = await polluted({ raw: true }, () => initiator.export())
    assert.equal(bytes.subarray(0, 4).toString('latin1'), 'GSSX')
    const back = await polluted({ raw: true, onSequenceError: 'report' }, () =>
      SecurityContext.import(bytes, {}),
    )
    assert.equal(back.complete, true)
  })

  it('a credential comes from where it was asked to come from', async () => {
    const strange = { store: { keytab: '/nonexistent' }, name: 'mallory', usage: 'accept' }
    const credential = await polluted(strange, () => Credential.acquire({}))
    assert.equal(credential.usage, 'initiate')
    assert.equal(String((await credential.inquire()).name), 'alice@EXAMPLE.TEST')
    const keytab = realm().keytab
    const acceptor = await polluted({ ccache: '/nonexistent', rcache: 'x:' }, () =>
      Credential.acquire({ usage: 'accept', store: { keytab } }),
    )
    assert.equal(acceptor.usage, 'accept')
    const elements = { ccache: 'FILE:/nonexistent', clientKeytab: '/nonexistent', password: 'x' }
    const plain = await polluted(elements, () => Credential.acquire({}))
    assert.equal(String((await plain.inquire()).name), 'alice@EXAMPLE.TEST')
  })

  it('an acceptor requires what it was told, and bindings are those given', async () => {
    const acceptor = await polluted({ require: { anonymous: true }, mutual: true }, () => [
      new Acceptor({}),
      new Acceptor({ require: {} }),
    ])
    for (const each of acceptor) {
      const initiator = new Initiator({ target: SERVICE, mutual: false })
      await converse({ initiator, acceptor: each })
      assert.equal(each.complete, true)
    }
    const address = { type: 2, address: Buffer.alloc(4) }
    const bindings = await polluted({ initiatorAddress: address, acceptorAddress: address }, () =>
      bindingsTuple(new ChannelBindings({ applicationData: Buffer.from('x') }), 'x'),
    )
    assert.deepEqual([bindings![0], bindings![2]], [0, 0])
  })

  it('the rest of the calls read none of theirs there', async () => {
    const name = await Name.principal('alice').canonicalize()
    const found = await polluted({ desired: ['1.2.3'], signal: 5, complete: 5, partial: 5 }, () => {
      void name.localName({}).catch(() => undefined)
      return mechanisms({})
    })
    assert.notEqual(found.length, 0)
    const settings = await polluted({ renewAfter: 0.9, ccache: '/nonexistent' }, () =>
      renewingSettings({}),
    )
    assert.deepEqual([settings.renewAfter, settings.ccache], [0.5, undefined])
    const strange = { keytab: '/nonexistent', service: 'HTTP@nowhere', domain: 5 }
    const user = await polluted(strange, () =>
      verifyPassword('alice', PASSWORD, { service: SERVICE }),
    )
    assert.equal(String(user), 'alice@EXAMPLE.TEST')
  })

  it('the test realm reads none of its own there', async () => {
    const cache = await polluted(
      { keytab: '/nonexistent', anonymous: true, maxLife: 'x' },
      async () => {
        await realm().addPrincipal('dora', 'secret-5')
        return realm().kinit('dora', {})
      },
    )
    assert.match(cache, /^FILE:/)
    await realm().kinit('alice')
  })
})

describe('options are read', () => {
  const KEYS = ['confidential', 'qop'] as const

  it('from the object, and from getters of its class, once', () => {
    let reads = 0
    class Options {
      readonly #qop = 3
      get qop() {
        reads++
        return this.#qop
      }
    }
    class Special extends Options {
      confidential = false
    }
    const given = optionsOf(new Special(), KEYS)
    assert.deepEqual({ ...given }, { confidential: false, qop: 3 })
    assert.equal(reads, 1)
    assert.equal(optionOf(new Special(), 'qop', KEYS), 3)
    assert.equal(reads, 2)
    const bare = Object.create(Object.create(null, { qop: { value: 5 } })) as Options
    assert.equal(optionOf(bare, 'qop', ['qop']), 5)
  })

  it('from no prototype of all objects, of this realm or another', async () => {
    const [foreign, root] = runInNewContext('[{}, Object.prototype]') as [object, object]
    const given = foreign as { qop?: number }
    const found = await polluted({ qop: 9 }, () => optionsOf(given, ['qop']), root)
    assert.equal(found.qop, undefined)
    await polluted({ qop: 9 }, () => {
      for (const value of [{}, undefined, new Date(), Object.prototype, { qop: undefined }]) {
        assert.equal(optionOf(value as { qop?: number }, 'qop', ['qop']), undefined)
        assert.equal(optionsOf(value as { qop?: number }, ['qop']).qop, undefined)
      }
    })
  })
})
