/** What the options' getters do to the bytes that they stand beside: they are read first. */
import assert from 'node:assert/strict'
import { Acceptor, ChannelBindings, Name, type SecurityContext } from 'gssapi'
import { established, failure, pattern, SUITE } from '../helpers/handshake'
import { useRealm } from '../helpers/realm'

const GONE = { name: 'TypeError', code: 'ERR_INVALID_ARG_VALUE' }
const NO_VIEW = { name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE' }

type Options = Record<string, unknown>
type Call = (context: SecurityContext, bytes: Uint8Array, options: Options) => unknown

/** Every call of bytes and options, with the options that it reads. */
const CALLS: Record<string, [call: Call, ...options: string[]]> = {
  wrap: [(c, b, o) => c.wrap(b, o), 'confidential', 'qop'],
  wrapInto: [(c, b, o) => c.wrapInto(b, Buffer.alloc(300), 0, o), 'confidential', 'qop'],
  'wrapInto out': [(c, b, o) => c.wrapInto(pattern(1), b, 0, o), 'confidential', 'qop'],
  wrapAsync: [(c, b, o) => c.wrapAsync(b, o), 'confidential', 'qop', 'signal'],
  unwrapAsync: [(c, b, o) => c.unwrapAsync(b, o), 'signal'],
  getMic: [(c, b, o) => c.getMic(b, o), 'qop'],
  getMicInto: [(c, b, o) => c.getMicInto(b, Buffer.alloc(300), 0, o), 'qop'],
  'getMicInto out': [(c, b, o) => c.getMicInto(pattern(1), b, 0, o), 'qop'],
  getMicAsync: [(c, b, o) => c.getMicAsync(b, o), 'qop', 'signal'],
  'verifyMicAsync message': [(c, b, o) => c.verifyMicAsync(b, pattern(28), o), 'signal'],
  'verifyMicAsync mic': [(c, b, o) => c.verifyMicAsync(pattern(1), b, o), 'signal'],
  wrapIov: [
    (c, b, o) => c.wrapIov([{ type: 'header' }, { type: 'data', buffer: b }], o),
    'confidential',
    'qop',
  ],
  getMicIov: [(c, b, o) => c.getMicIov([{ type: 'mic' }, { type: 'data', buffer: b }], o), 'qop'],
  wrapAead: [(c, b, o) => c.wrapAead(b, pattern(3), o), 'confidential', 'qop'],
  'wrapAead associated data': [(c, b, o) => c.wrapAead(pattern(3), b, o), 'confidential', 'qop'],
  prf: [(c, b, o) => c.prf(b, 10, o), 'partial'],
  step: [(_, b, o) => new Acceptor().step(b, o), 'signal'],
}

/** An option that is not there, and whose look does something. */
const looked = (name: string, act: () => void): Options =>
  Object.defineProperty({}, name, {
    enumerable: true,
    get() {
      act()
      return undefined
    },
  })

const detach = (view: Uint8Array) => {
  const buffer = view.buffer as ArrayBuffer
  structuredClone(buffer, { transfer: [buffer] })
}

type Resizable = ArrayBuffer & { resize(size: number): void }
const resizable = (size: number, most: number) =>
  new (ArrayBuffer as unknown as new (size: number, options: object) => Resizable)(size, {
    maxByteLength: most,
  })

/** Stands for a signal, and acts when it is asked. */
const signalThat = (act: () => void) => ({
  get aborted() {
    act()
    return false
  },
  addEventListener: () => undefined,
  removeEventListener: () => undefined,
})

describe('options and the bytes beside them', () => {
  useRealm(SUITE)

  for (const [name, [call, ...options]] of Object.entries(CALLS)) {
    for (const option of options) {
      it(`${name}: memory that a getter of ${option} takes away is a TypeError`, async () => {
        const { initiator, acceptor } = await established()
        const bytes = Uint8Array.from(pattern(40))
        const act = () => {
          if (bytes.length > 0) detach(bytes)
        }
        await assert.rejects(async () => call(initiator, bytes, looked(option, act)), GONE)
        assert.equal(acceptor.unwrap(initiator.wrap(pattern(3))).sequence, 'ok')
      })

      it(`${name}: a context that a getter of ${option} disposes of is disposed of`, async () => {
        const { initiator } = await established()
        const error = await failure(() =>
          call(
            initiator,
            pattern(300),
            looked(option, () => {
              initiator.dispose()
            }),
          ),
        )
        if (name !== 'step') assert.equal(error.code, 'ERR_GSS_DISPOSED')
      })
    }
  }

  it('what passes for a signal, and takes the memory away when it is asked, is a TypeError', async () => {
    const { initiator, acceptor } = await established()
    const asynchronous = Object.entries(CALLS).filter(
      ([, [, ...options]]) => options.at(-1) === 'signal',
    )
    assert.equal(asynchronous.length, 6)
    for (const [name, [call]] of asynchronous) {
      if (name === 'step') continue
      const bytes = Uint8Array.from(pattern(40))
      let asked = 0
      // The option is checked by a first look.
      const signal = signalThat(() => {
        if (++asked === 2) detach(bytes)
      })
      await assert.rejects(async () => call(initiator, bytes, { signal }), GONE, name)
    }
    assert.equal(acceptor.unwrap(initiator.wrap(pattern(3))).sequence, 'ok')
  })

  it('a message that shrinks or grows in a getter is protected as it then is', async () => {
    const { initiator, acceptor } = await established()
    for (const [from, to] of [
      [4096, 16],
      [16, 70_000],
    ] as const) {
      for (const name of ['wrap', 'wrapAsync', 'wrapAead']) {
        const buffer = resizable(from, 1 << 20)
        const view = new Uint8Array(buffer).fill(66)
        const options = looked('qop', () => {
          buffer.resize(to)
        })
        const token = (await CALLS[name]![0](initiator, view, options)) as Buffer
        const found =
          name === 'wrapAead' ? acceptor.unwrapAead(token, pattern(3)) : acceptor.unwrap(token)
        assert.equal(found.message.length, to, name)
      }
    }
  })

  it('a view that its buffer no longer holds is a TypeError, and not an empty message', async () => {
    const { initiator } = await established()
    for (const [name, [call]] of Object.entries(CALLS)) {
      const buffer = resizable(6000, 6000)
      const view = new Uint8Array(buffer, 1000, 4000)
      buffer.resize(10)
      await assert.rejects(async () => call(initiator, view, {}), GONE, name)
    }
  })

  it('what only looks like a Uint8Array is a TypeError in every call', async () => {
    const { initiator } = await established()
    const bytes: Record<string, (fake: Uint8Array) => unknown> = {
      unwrap: (fake) => initiator.unwrap(fake),
      verifyMic: (fake) => initiator.verifyMic(fake, pattern(28)),
      'verifyMic mic': (fake) => initiator.verifyMic(pattern(1), fake),
      unwrapInto: (fake) => initiator.unwrapInto(pattern(60), fake),
      unwrapAead: (fake) => initiator.unwrapAead(fake, pattern(1)),
      exported: (fake) => Name.exported(fake),
      bindings: (fake) => new ChannelBindings({ applicationData: fake }),
    }
    for (const fake of [
      Object.create(Uint8Array.prototype),
      Object.create(Uint8Array.prototype, { length: { value: 7 } }),
      Object.create(Buffer.from('abc')),
      new Proxy(Buffer.from('abc'), {}),
    ] as Uint8Array[]) {
      for (const [name, [call]] of Object.entries(CALLS)) {
        await assert.rejects(async () => call(initiator, fake, {}), NO_VIEW, name)
      }
      for (const [name, call] of Object.entries(bytes)) {
        assert.throws(() => call(fake), NO_VIEW, name)
      }
    }
  })
})
