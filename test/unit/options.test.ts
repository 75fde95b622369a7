import assert from 'node:assert/strict'
import { inspect } from 'node:util'
import {
  Acceptor,
  type AcquireOptions,
  ChannelBindings,
  configure,
  Credential,
  GssError,
  Initiator,
  library,
  SecurityContext,
} from 'gssapi'
import { bytes, isDelicate, message, outView, viewed } from '../../lib/base/bytes'
import { Slab } from '../../lib/base/slab'

const TYPE = { name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE' }
const VALUE = { name: 'TypeError', code: 'ERR_INVALID_ARG_VALUE' }
const RANGE = { name: 'RangeError', code: 'ERR_OUT_OF_RANGE' }

type Case = [options: unknown, expected: object, message?: RegExp]

function refuses(call: (options: never) => unknown, cases: Case[]): void {
  for (const [options, expected, text] of cases) {
    const shown = inspect(options)
    assert.throws(() => call(options as never), expected, shown)
    if (text) assert.throws(() => call(options as never), text, shown)
  }
}

async function refusesLater(
  call: (options: never) => Promise<unknown>,
  cases: Case[],
): Promise<void> {
  for (const [options, expected, text] of cases) {
    const shown = inspect(options)
    await assert.rejects(() => call(options as never), expected, shown)
    if (text) await assert.rejects(() => call(options as never), text, shown)
  }
}

const COMMON: Case[] = [
  [null, TYPE],
  ['x', TYPE],
  [[], TYPE],
  [{ credential: {} }, TYPE, /"options\.credential" property must be an instance of Credential/],
  [{ credential: null }, TYPE],
  [{ mechanism: 5 }, TYPE],
  [{ mechanism: 'kerberos' }, VALUE],
  [{ channelBindings: Buffer.alloc(1) }, TYPE],
  [{ onSequenceError: 'ignore' }, VALUE, /one of 'throw', 'report'/],
  [{ onSequenceError: 1 }, TYPE],
]

function withTarget(cases: Case[]): Case[] {
  return cases.map(([options, ...rest]) =>
    typeof options === 'object' && options !== null && !Array.isArray(options)
      ? [{ target: 'HTTP@host', ...options }, ...rest]
      : [options, ...rest],
  )
}

describe('options', () => {
  it("a mistake in an initiator's options passes", () => {
    refuses(
      (options) => new Initiator(options),
      [
        ...withTarget(COMMON),
        [undefined, TYPE],
        [{}, TYPE, /"options\.target" property must be of type string or an instance of Name/],
        [{ target: '' }, VALUE],
        [{ target: 'a\0b' }, VALUE],
        [{ target: '\ud800' }, VALUE],
        [{ target: 'x'.repeat(70000) }, RANGE],
        [{ target: 5 }, TYPE, /Received type number \(5\)/],
      ],
    )
    const each = ['mutual', 'integrity', 'confidentiality', 'replayDetection', 'sequenceDetection']
    for (const name of [...each, 'anonymous', 'dceStyle', 'identify', 'extendedError']) {
      refuses(
        (options) => new Initiator(options),
        withTarget([
          [{ [name]: 1 }, TYPE, new RegExp(`"options\\.${name}" property must be of type boolean`)],
          [{ [name]: null }, TYPE],
          [{ [name]: 'yes' }, TYPE],
        ]),
      )
    }
    refuses(
      (options) => new Initiator(options),
      withTarget([
        [{ delegation: 'always' }, TYPE],
        [{ delegation: null }, TYPE],
        [{ lifetime: '5' }, TYPE],
        [{ lifetime: 0 }, RANGE],
        [{ lifetime: -1 }, RANGE],
        [{ lifetime: NaN }, RANGE],
        [{ lifetime: 1.5 }, RANGE],
        [{ lifetime: 2 ** 32 }, RANGE],
        [{ lifetime: 2 ** 53 }, RANGE],
      ]),
    )
  })

  it("a mistake in an acceptor's options passes", () => {
    refuses(
      (options) => new Acceptor(options),
      [
        ...COMMON,
        [{ require: true }, TYPE],
        [{ require: { mutual: 1 } }, TYPE, /"options\.require\.mutual"/],
        [{ require: null }, TYPE],
        [{ require: { confidental: true } }, VALUE],
      ],
    )
  })

  it('refuses an option of the other side', () => {
    const text = 'Unknown option "require"'
    refuses((options) => new Initiator(options), withTarget([[{ require: {} }, VALUE]]))
    assert.throws(() => new Initiator({ target: 'HTTP@host', require: {} } as never), {
      message: text,
    })
    new Acceptor({ require: {} }).dispose()
  })

  it("a mistake in a credential's options is a rejection", async () => {
    const secret = 'white-Rabbit-7'
    await refusesLater(
      (options) => Credential.acquire(options),
      [
        [null, TYPE],
        [{ name: 5 }, TYPE],
        [{ name: '' }, VALUE],
        [{ name: {} }, TYPE],
        [{ usage: 'initate' }, VALUE],
        [{ usage: 1 }, TYPE],
        [{ mechanisms: 'krb5' }, TYPE],
        [{ mechanisms: ['krb5', ''] }, VALUE],
        [{ lifetime: 0 }, RANGE],
        [{ store: 'FILE:x' }, TYPE],
        [{ store: { ccache: 5 } }, TYPE, /"options\.store\.ccache"/],
        [{ store: { ccache: 'a\0b' } }, VALUE],
        [{ store: { keytab: 'x'.repeat(70000) } }, RANGE],
        [{ password: 5 }, TYPE],
        [{ password: `${secret}\0` }, VALUE],
        [{ domain: 5 }, TYPE],
        [{ signal: {} }, TYPE],
        [{ signal: null }, TYPE],
      ],
    )
  })

  it('an element of a credential store that is not known is a mistake, and the one that is meant is named', async () => {
    await refusesLater(
      (options) => Credential.acquire(options),
      [
        ...['toString', '__proto__', '', 'place', 'own', 'k'.repeat(100_000)].map(
          (element): Case => [
            { store: Object.fromEntries([[element, 'FILE:x']]) },
            VALUE,
            /Unknown option "store\.[^"]{0,64}"$/,
          ],
        ),
        ...Object.entries({
          keytabs: 'keytab',
          keyTab: 'keytab',
          KEYTAB: 'keytab',
          ketyab: 'keytab',
          client_keytab: 'clientKeytab',
          clientKeyTab: 'clientKeytab',
          ccaches: 'ccache',
          cache: 'ccache',
          pasword: 'password',
        }).map(([element, meant]): Case => [
          { store: { [element]: undefined } },
          {
            ...VALUE,
            message: `Unknown option "store.${element}" (did you mean "store.${meant}"?)`,
          },
        ]),
      ],
    )
  })

  it('a secret stands in the error for a mistake', async () => {
    const secret = 31415926535
    for (const options of [{ password: secret }, { store: { password: secret } }]) {
      await assert.rejects(
        () => Credential.acquire(options as unknown as AcquireOptions),
        (error) => !inspect(error).includes('314'),
      )
    }
    for (const password of ['white-Rabbit\0', 'white-Rabbit\ud800', 'white-Rabbit'.repeat(9000)]) {
      for (const options of [{ password }, { store: { password } }]) {
        await assert.rejects(
          () => Credential.acquire(options),
          (error) => !inspect(error).includes('Rabbit'),
        )
      }
    }
  })

  it("a mistake in channel bindings' options passes", () => {
    refuses(
      (options) => new ChannelBindings(options),
      [
        [undefined, TYPE],
        [null, TYPE],
        [{ applicationData: 'x' }, TYPE],
        [{ initiatorAddress: 5 }, TYPE],
        [{ initiatorAddress: { address: Buffer.alloc(4) } }, TYPE],
        [{ initiatorAddress: { type: -1, address: Buffer.alloc(4) } }, RANGE],
        [{ acceptorAddress: { type: 2, address: '127.0.0.1' } }, TYPE],
        [{ acceptorAddress: { type: 2 } }, TYPE],
      ],
    )
  })

  it('a mistake in the configuration passes, or a second library is loaded', () => {
    refuses(configure, [
      [null, TYPE],
      [{ library: 5 }, TYPE],
      [{ library: '' }, VALUE],
      [{ threads: 0 }, RANGE],
      [{ threads: 1.5 }, RANGE],
      [{ threads: 1e9 }, RANGE],
      [{ threads: '4' }, TYPE],
    ])
    assert.ok(library().path)
    assert.throws(
      () => configure({ library: '/nonexistent/libgssapi.so' }),
      (error) => error instanceof GssError && error.code === 'ERR_INVALID_STATE',
    )
  })

  it('the abstract class makes contexts', () => {
    const Constructor = SecurityContext as unknown as new (...args: unknown[]) => SecurityContext
    for (const args of [[], [null], [{}], [{ initiator: {} }], [5]]) {
      assert.throws(() => new Constructor(...args).wrap(Buffer.alloc(1)))
    }
  })
})

describe('calls out of order', () => {
  it('messages before establishment, or after disposal, are taken', async () => {
    const context = new Acceptor()
    const calls: ((data: Buffer) => unknown)[] = [
      (data) => context.wrap(data),
      (data) => context.unwrap(data),
      (data) => context.getMic(data),
      (data) => context.verifyMic(data, data),
      (data) => context.wrapInto(data, Buffer.alloc(100)),
      (data) => context.unwrapInto(data, Buffer.alloc(100)),
      (data) => context.getMicInto(data, Buffer.alloc(100)),
      (data) => context.wrapAsync(data),
      (data) => context.unwrapAsync(data),
      (data) => context.getMicAsync(data),
      (data) => context.verifyMicAsync(data, data),
      () => context.overhead(),
      () => context.wrapSizeLimit(100),
      () => context.sessionKey(),
    ]
    const data = Buffer.from('x')
    for (const call of calls) {
      await assert.rejects(async () => call(data), { code: 'ERR_GSS_NOT_ESTABLISHED' })
    }
    context.dispose()
    context.dispose()
    context[Symbol.dispose]()
    for (const call of calls) {
      await assert.rejects(async () => call(data), { code: 'ERR_GSS_DISPOSED' })
    }
    await assert.rejects(context.step(data), { code: 'ERR_GSS_DISPOSED' })
    assert.throws(() => context.stepSync(data), { code: 'ERR_GSS_DISPOSED' })
    assert.equal(context.complete, false)
    assert.equal(context.initiatorName, null)
    assert.equal(context.acceptorName, null)
    assert.equal(context.mechanism, null)
    assert.equal(context.lifetime, null)
    assert.equal(context.delegatedCredential, null)
    assert.equal(context.flags.mutual, false)
    assert.equal(context.isInitiator, false)
  })

  it('an acceptor begins without a token', async () => {
    const context = new Acceptor()
    await assert.rejects(context.step(), TYPE)
    await assert.rejects(context.step(null), TYPE)
    assert.throws(() => context.stepSync(), TYPE)
    await assert.rejects(context.step('x' as unknown as Buffer), TYPE)
    await assert.rejects(context.step(Buffer.from('x'), { signal: 5 as never }), TYPE)
    await assert.rejects(context.step(Buffer.alloc(0)), { code: 'GSS_S_DEFECTIVE_TOKEN' })
    assert.throws(() => context.stepSync(Buffer.alloc(0)), { code: 'GSS_S_DEFECTIVE_TOKEN' })
  })

  it('an initiator begins with a token', async () => {
    const context = new Initiator({ target: 'HTTP@host' })
    await assert.rejects(context.step(5 as unknown as Buffer), TYPE)
    await assert.rejects(context.step(Buffer.from('x')), { code: 'GSS_S_DEFECTIVE_TOKEN' })
    assert.throws(() => context.stepSync(Buffer.from('x')), { code: 'GSS_S_DEFECTIVE_TOKEN' })
  })

  it('a token of 100 MB, or of another mechanism than asked for, reaches the library', async () => {
    const huge = Buffer.alloc(100e6)
    const refused = { code: 'GSS_S_DEFECTIVE_TOKEN', message: /the token has more than 16 MiB/ }
    const most = huge.subarray(0, 2 ** 24 + 1)
    for (const token of [huge, most]) {
      await assert.rejects(new Acceptor().step(token), refused)
      assert.throws(() => new Acceptor().stepSync(token), refused)
      assert.throws(() => new Acceptor().processContextToken(token), refused)
      for (const raw of [true, false]) {
        await assert.rejects(SecurityContext.import(token, { raw }), refused)
      }
    }
    const spnego = Buffer.from('600806062b0601050502', 'hex')
    await assert.rejects(new Acceptor({ mechanism: 'krb5' }).step(spnego), {
      code: 'GSS_S_BAD_MECH',
    })
  })

  it('an aborted step harms the context, or runs', async () => {
    const context = new Initiator({ target: 'HTTP@host' })
    await assert.rejects(context.step(null, { signal: AbortSignal.abort() }), { code: 'ABORT_ERR' })
    await assert.rejects(context.step(Buffer.from('x')), /begins without a token/)
    context.dispose()
  })
})

describe('bytes', () => {
  it('what is no view on memory is taken', () => {
    const others = [new ArrayBuffer(1), [1], 'x', 5, null, undefined, {}]
    const impostors = [{ length: 1, 0: 1 }, Object.create(Buffer.prototype)] as unknown[]
    for (const value of [...others, ...impostors]) {
      assert.throws(() => viewed(value, 'token'), TYPE)
    }
    viewed(Buffer.alloc(0), 'token')
    viewed(new (class extends Uint8Array {})(3), 'token')
  })

  it('every view stands for the bytes of its memory', () => {
    const { buffer } = new Uint8Array([0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 253, 254, 5, 6, 7, 8])
    const views = [
      new Uint8Array(buffer, 8, 4),
      new Int8Array(buffer, 8, 4),
      new Uint8ClampedArray(buffer, 8, 4),
      new Uint16Array(buffer, 8, 2),
      new Float32Array(buffer, 8, 1),
      new DataView(buffer, 8, 4),
      Buffer.from(buffer, 8, 4),
    ]
    for (const view of views) {
      assert.deepEqual([...viewed(view, 'token')], [1, 2, 253, 254])
      assert.equal(viewed(view, 'token').buffer, buffer)
    }
    assert.equal(outView(new Uint16Array(buffer), 16).length, 16)
  })

  it('a detached buffer passes for an empty one', () => {
    const view = new Uint8Array(8)
    structuredClone(view.buffer, { transfer: [view.buffer] })
    assert.throws(() => viewed(view, 'message'), VALUE)
    assert.throws(() => outView(view, 0), VALUE)
    const other = new DataView(new ArrayBuffer(8), 4)
    structuredClone(other.buffer, { transfer: [other.buffer] })
    assert.throws(() => viewed(other, 'message'), VALUE)
  })

  it('memory that another thread may change goes to the library', () => {
    const shared = new Uint8Array(new SharedArrayBuffer(600), 8, 512).fill(7)
    for (const copy of [bytes(shared, 'token'), message(shared, 'message')]) {
      assert.notEqual(copy.buffer, shared.buffer)
      assert.deepEqual(copy, new Uint8Array(512).fill(7))
    }
    assert.ok(isDelicate(new Uint8Array(512), shared))
    const whole = Buffer.alloc(2000)
    assert.ok(!isDelicate(whole.subarray(0, 1000), whole)) // the addon sees to overlaps itself
    assert.ok(!isDelicate(whole, Buffer.allocUnsafeSlow(2000)))
    const own = Buffer.alloc(5)
    assert.equal(bytes(own, 'token'), own)
  })

  it('an offset outside passes', () => {
    const out = Buffer.alloc(10)
    outView(out, 0)
    outView(out, 10)
    for (const offset of [11, -1, 1.5, NaN, Infinity, 2 ** 32, 2 ** 32 + 1, 2 ** 53]) {
      assert.throws(() => outView(out, offset), RANGE, String(offset))
    }
    for (const offset of ['0', null, true, 0n]) assert.throws(() => outView(out, offset), TYPE)
    assert.throws(() => outView([], 0), TYPE)
  })

  it('results in one slab overlap, are misaligned or can be carried off', () => {
    const slab = new Slab(64)
    const taken: Buffer[] = []
    for (let i = 0; i < 2000; i++) {
      const memory = slab.reserve(13)
      memory.fill(i & 0xff, slab.used, slab.used + 13)
      taken.push(slab.take(5 + (i % 9)))
    }
    for (const [i, buffer] of taken.entries()) {
      assert.ok(Buffer.isBuffer(buffer))
      assert.equal(Object.getPrototypeOf(buffer), Buffer.prototype)
      assert.equal(buffer.length, 5 + (i % 9))
      assert.equal(buffer.byteOffset % 8, 0)
      assert.ok(buffer.every((byte) => byte === (i & 0xff)))
    }
    assert.ok(taken.at(-1)!.buffer.byteLength <= 65536)
    const { buffer } = taken[0]!
    // Node 20 copies what is untransferable, later ones throw.
    try {
      structuredClone(buffer, { transfer: [buffer as ArrayBuffer] })
    } catch (error) {
      assert.equal((error as Error).name, 'DataCloneError')
    }
    assert.notEqual(buffer.byteLength, 0)
    assert.equal(slab.reserve(100_000).length >= 100_000, true)
  })
})
