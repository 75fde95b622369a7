import assert from 'node:assert/strict'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import * as gssapi from 'gssapi'
import { copyPackage, removeCopy, requireCopy } from '../helpers/addon'
import { established, failure, newPair, pattern, SERVICE, SUITE } from '../helpers/handshake'
import { useRealm } from '../helpers/realm'

const { Acceptor, ChannelBindings, Credential, Initiator, Name } = gssapi

/** Every function on the way from `prototype` up: methods, and getters. */
function* members(prototype: object): Generator<[string, (...values: unknown[]) => unknown]> {
  for (let at = prototype; at !== Object.prototype; at = Object.getPrototypeOf(at) as object) {
    for (const key of Reflect.ownKeys(at)) {
      const { value, get } = Object.getOwnPropertyDescriptor(at, key) ?? {}
      if (key === 'constructor') continue
      for (const member of [value as unknown, get]) {
        if (typeof member === 'function') {
          yield [String(key), member as (...values: unknown[]) => unknown]
        }
      }
    }
  }
}

/** Views whose memory has gone to nobody. */
function detached(size: number): Uint8Array {
  const view = new Uint8Array(size)
  structuredClone(view.buffer, { transfer: [view.buffer] })
  return view
}

/** A second copy of the package in this process. */
async function secondCopy(): Promise<{ copy: typeof gssapi; remove: () => void }> {
  const place = await mkdtemp(join(tmpdir(), 'gssapi-copy-'))
  copyPackage(place)
  const copy = requireCopy(place) as typeof gssapi
  return { copy, remove: () => removeCopy(place) }
}

describe('receivers', () => {
  useRealm(SUITE)

  const classes = { Initiator, Acceptor, Credential, Name, ChannelBindings }
  for (const [title, { prototype }] of Object.entries(classes)) {
    it(`a method of ${title} on another object is an Error, never foreign memory`, async () => {
      const foreign = [
        undefined,
        null,
        {},
        5,
        'x',
        prototype,
        Object.create(prototype),
        new Proxy(prototype, {}),
      ]
      for (const [key, member] of members(prototype)) {
        for (const receiver of [
          ...foreign,
          ...Object.values(classes).map((each) => each.prototype),
        ]) {
          try {
            await member.call(receiver, Buffer.alloc(1), Buffer.alloc(1))
          } catch (error) {
            assert.ok(error instanceof Error, key)
          }
        }
      }
    })
  }

  it('a method on an object of another class is a TypeError', async () => {
    const { initiator } = await established()
    const credential = await Credential.acquire()
    const name = Name.service(SERVICE)
    const calls: [(...values: never[]) => unknown, unknown][] = [
      [Initiator.prototype.wrap, credential],
      [Initiator.prototype.step, name],
      [Name.prototype.export, initiator],
      [Name.prototype.toString, credential],
      [Credential.prototype.inquire, name],
      [Credential.prototype.dispose, initiator],
      [Initiator.prototype.dispose, credential],
    ]
    for (const [call, receiver] of calls) {
      const error = await failure(() => call.call(receiver, Buffer.alloc(1) as never))
      assert.ok(error instanceof TypeError, String(error))
    }
    assert.equal((await established({ initiator: { credential } })).initiator.complete, true)
  })

  it('objects of a second copy of the package are a TypeError', async function () {
    this.timeout(60_000) // it is copied, file by file
    const { copy, remove } = await secondCopy()
    try {
      const name = copy.Name.service(SERVICE)
      const credential = await copy.Credential.acquire()
      const code = 'ERR_INVALID_ARG_TYPE'
      assert.throws(() => new Initiator({ target: name }), { name: 'TypeError', code })
      assert.throws(() => new Initiator({ target: SERVICE, credential }), { code })
      assert.throws(() => new Acceptor({ credential }), { code })
      assert.throws(() => Name.service(SERVICE).equals(name), { code })
      assert.throws(() => Name.prototype.toString.call(name), TypeError)
      const initiator = new copy.Initiator({ target: SERVICE })
      assert.throws(() => Initiator.prototype.stepSync.call(initiator), TypeError)
      const token = await initiator.step()
      assert.ok(token)
      assert.ok(await newPair().acceptor.step(token), 'tokens are for anybody')
    } finally {
      remove()
    }
  })

  it('a disposed context refuses every call by its code, and stays readable', async () => {
    const { initiator, acceptor } = await established()
    const token = acceptor.wrap(pattern(10))
    const mic = acceptor.getMic(pattern(10))
    initiator.dispose()
    initiator.dispose()
    const out = Buffer.alloc(500)
    const calls: (() => unknown)[] = [
      () => initiator.step(token),
      () => initiator.stepSync(token),
      () => initiator.wrap(token),
      () => initiator.wrapAsync(token),
      () => initiator.wrapInto(token, out),
      () => initiator.unwrap(token),
      () => initiator.unwrap(pattern(20_000)),
      () => initiator.unwrapAsync(token),
      () => initiator.unwrapInto(token, out),
      () => initiator.getMic(token),
      () => initiator.getMicAsync(token),
      () => initiator.verifyMic(pattern(10), mic),
      () => initiator.verifyMicAsync(pattern(10), mic),
      () => initiator.overhead(),
      () => initiator.wrapSizeLimit(100),
      () => initiator.sessionKey(),
    ]
    for (const call of calls) assert.equal((await failure(call)).code, 'ERR_GSS_DISPOSED')
    assert.equal(initiator.flags.mutual, true)
    assert.equal(initiator.mechanism, 'krb5')
    assert.equal(typeof initiator.lifetime, 'number')
    assert.equal(initiator.delegatedCredential, null)
    assert.match(inspect(initiator), /Initiator/)
  })

  it('dispose while calls are pending lets them end', async () => {
    const { initiator, acceptor } = await established()
    const pending = Array.from({ length: 20 }, () => initiator.wrapAsync(pattern(100_000)))
    initiator.dispose()
    for (const token of await Promise.all(pending)) {
      assert.ok(acceptor.unwrap(token).message.equals(pattern(100_000)))
    }
  })

  it('a detached buffer is a TypeError in every call, and uses up nothing', async () => {
    const { initiator, acceptor } = await established()
    const gone = detached(10)
    const code = 'ERR_INVALID_ARG_VALUE'
    const calls: (() => unknown)[] = [
      () => initiator.wrap(gone),
      () => initiator.wrapAsync(gone),
      () => initiator.wrapInto(pattern(1), gone),
      () => initiator.wrapInto(gone, Buffer.alloc(100)),
      () => initiator.unwrap(gone),
      () => initiator.unwrapAsync(gone),
      () => initiator.unwrapInto(gone, Buffer.alloc(10)),
      () => initiator.getMic(gone),
      () => initiator.verifyMic(gone, pattern(28)),
      () => initiator.verifyMic(pattern(1), gone),
      () => new Acceptor().step(gone),
      () => new Acceptor().stepSync(gone),
      () => Name.exported(gone),
      () => Name.import(gone),
      () => new ChannelBindings({ applicationData: gone }),
    ]
    for (const call of calls) assert.equal((await failure(call)).code, code)
    assert.equal(acceptor.unwrap(initiator.wrap(pattern(3))).sequence, 'ok')
  })
})
