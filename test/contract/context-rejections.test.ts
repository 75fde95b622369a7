import assert from 'node:assert/strict'
import { Acceptor, Initiator, SecurityContext, verifyPassword } from 'gssapi'
import { established, newPair, pattern, SERVICE, SUITE } from '../helpers/handshake'
import { useRealm } from '../helpers/realm'

type Call = (context: SecurityContext, argument: unknown, options: unknown) => unknown

const CALLS: Record<string, Call> = {
  step: (context, token, options) => context.step(token as never, options as never),
  wrapAsync: (context, message, options) => context.wrapAsync(message as never, options as never),
  unwrapAsync: (context, token, options) => context.unwrapAsync(token as never, options as never),
  getMicAsync: (context, message, options) =>
    context.getMicAsync(message as never, options as never),
  verifyMicAsync: (context, message, options) =>
    context.verifyMicAsync(message as never, pattern(28), options as never),
  export: (context, _, options) => context.export(options as never),
  import: (_, token, options) => SecurityContext.import(token as never, options as never),
}

/** The rejection; fails where the call throws. */
async function rejection(call: () => unknown): Promise<Error & { code?: string }> {
  const promise = call()
  assert.ok(promise instanceof Promise)
  return promise.then(
    () => assert.fail('it resolved'),
    (error: unknown) => error as Error,
  )
}

describe('a call of a context that returns a promise rejects, and never throws', () => {
  useRealm(SUITE)

  for (const [name, call] of Object.entries(CALLS)) {
    it(`${name}: options or a signal of another type`, async () => {
      const { initiator } = await established()
      for (const options of [null, 5, 'x', [], { signal: 5 }, { signal: {} }]) {
        const { code } = await rejection(() => call(initiator, pattern(3), options))
        assert.equal(code, 'ERR_INVALID_ARG_TYPE')
      }
    })

    if (name === 'export') continue
    it(`${name}: what is no bytes`, async () => {
      const { initiator } = name === 'step' ? newPair() : await established()
      for (const wrong of ['text', 5, {}, [], new ArrayBuffer(3)]) {
        const { code } = await rejection(() => call(initiator, wrong, undefined))
        assert.equal(code, 'ERR_INVALID_ARG_TYPE')
      }
    })
  }

  for (const [name, call] of Object.entries(CALLS)) {
    if (name === 'import') continue
    it(`${name}: a disposed context, with a frame of the caller's in the stack`, async function usedDisposed() {
      const { initiator } = await established()
      initiator.dispose()
      const error = await rejection(() => call(initiator, pattern(3), undefined))
      assert.equal(error.code, 'ERR_GSS_DISPOSED')
      assert.match(error.stack ?? '', /context-rejections/)
    })

    it(`${name}: what is no context`, async () => {
      const method = Initiator.prototype[name as 'step'] as (...args: unknown[]) => unknown
      for (const receiver of [undefined, {}, Object.create(Initiator.prototype)]) {
        const error = await rejection(() => Reflect.apply(method, receiver, [pattern(3)]))
        assert.ok(error instanceof TypeError)
      }
    })
  }

  it('a context that is not established, and one that is already', async () => {
    for (const name of ['wrapAsync', 'unwrapAsync', 'getMicAsync', 'verifyMicAsync', 'export']) {
      const early = new Initiator({ target: SERVICE })
      const { code } = await rejection(() => CALLS[name]!(early, pattern(3), undefined))
      assert.equal(code, 'ERR_GSS_NOT_ESTABLISHED', name)
    }
    const { initiator } = await established()
    const { code } = await rejection(() => initiator.step(pattern(3)))
    assert.equal(code, 'ERR_GSS_ALREADY_ESTABLISHED')
    assert.equal((await rejection(() => new Acceptor().step())).name, 'TypeError')
  })

  it('verifyPassword: arguments of another type', async () => {
    for (const [user, password, options] of [
      [5, 'x', {}],
      ['alice', 5, {}],
      ['alice', 'x', null],
      ['alice', 'x', { realms: 5 }],
    ]) {
      const error = await rejection(() =>
        verifyPassword(user as never, password as never, options as never),
      )
      assert.equal(error.code, 'ERR_INVALID_ARG_TYPE')
    }
  })
})
