import assert from 'node:assert/strict'
import { inspect } from 'node:util'
import { Acceptor, Initiator, type IovBuffer, type SecurityContext } from 'gssapi'
import { established, type Pair, pattern, SERVICE, SUITE } from '../helpers/handshake'
import { useRealm } from '../helpers/realm'

type Call = (context: SecurityContext, buffers: never) => unknown
const CALLS: Record<string, Call> = {
  wrapIov: (context, buffers) => context.wrapIov(buffers),
  wrapIovLength: (context, buffers) => context.wrapIovLength(buffers),
  unwrapIov: (context, buffers) => context.unwrapIov(buffers),
  getMicIov: (context, buffers) => context.getMicIov(buffers),
  verifyMicIov: (context, buffers) => context.verifyMicIov(buffers),
}

const TYPE = { name: 'TypeError', code: /^ERR_INVALID_ARG_(TYPE|VALUE)$/ }
const data = (size = 10): IovBuffer => ({ type: 'data', buffer: pattern(size) })
const header = (size = 100): IovBuffer => ({ type: 'header', buffer: Buffer.alloc(size) })
const mic: IovBuffer = { type: 'mic', buffer: Buffer.alloc(600) }

function shared(bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.length))
  copy.set(bytes)
  return copy
}

describe('arguments of messages in parts', () => {
  useRealm(SUITE)
  let pair: Pair
  before(async () => {
    pair = await established()
  })
  afterEach('messages go on', () => {
    const { initiator, acceptor } = pair
    assert.equal(acceptor.unwrap(initiator.wrap(pattern(5))).sequence, 'ok')
  })

  for (const [name, call] of Object.entries(CALLS)) {
    it(`${name}: what is no array of parts is a mistake`, () => {
      const wrong: unknown[] = [
        ...[undefined, null, 0, NaN, 2 ** 53, 'x', {}, Symbol('s'), () => 0, new Uint8Array(3)],
        ...[[null], [undefined], [1], ['header'], [[]], [new Array(3)], new Array(3)],
        { length: 2, 0: header(), 1: data() },
      ]
      for (const value of wrong) {
        assert.throws(() => call(pair.initiator, value as never), TYPE, String(value))
      }
    })

    it(`${name}: no parts, and none that matters, are a mistake`, () => {
      for (const parts of [[], [{ type: 'empty' }], [data()], [data(), data()]]) {
        assert.throws(() => call(pair.initiator, parts as never), TYPE)
      }
    })

    it(`${name}: unknown kinds, kinds without a place and second ones are mistakes`, () => {
      const kinds = [
        undefined,
        null,
        1,
        2,
        '',
        'Header',
        'HEADER',
        'constructor',
        '__proto__',
        'toString',
        {},
        [],
      ]
      for (const type of kinds) {
        const parts = [header(), data(), mic, { type, buffer: pattern(3) }]
        assert.throws(() => call(pair.initiator, parts as never), TYPE, inspect(type))
      }
      for (const twice of [header(), mic, { type: 'padding' }, { type: 'trailer' }]) {
        const parts = name.includes('Mic') ? [mic, data(), twice] : [header(), data(), twice, twice]
        assert.throws(() => call(pair.initiator, parts as never), TYPE)
      }
      const streams = [header(), { type: 'stream', buffer: pattern(80) }, { type: 'data' }, mic]
      assert.throws(() => call(pair.initiator, streams as never), TYPE)
    })

    it(`${name}: memory of the wrong kind, and memory that is gone, are mistakes`, () => {
      const gone = new Uint8Array(8)
      structuredClone(gone.buffer, { transfer: [gone.buffer] })
      const wrong = [null, 0, 5, 'text', {}, [], [1, 2], new ArrayBuffer(4), gone]
      for (const buffer of wrong) {
        for (const type of ['header', 'data', 'signOnly', 'mic', 'padding', 'trailer', 'empty']) {
          const rest = [header(), data(), mic].filter((part) => part.type !== type)
          const own = rest.filter(
            (part) => name.includes('Mic') === (part.type === 'mic') || part.type === 'data',
          )
          assert.throws(() => call(pair.initiator, [...own, { type, buffer }] as never), TYPE)
        }
      }
    })

    it(`${name}: a getter that throws is heard, and one that changes its mind is read once`, async () => {
      const { initiator } = await established()
      const own = new Error('its own')
      const throws = {
        type: 'data',
        get buffer(): never {
          throw own
        },
      }
      const parts = name.includes('Mic') ? [mic, throws] : [header(), throws]
      assert.throws(() => call(initiator, parts as never), own)
      let reads = 0
      const moody = {
        get type() {
          return reads++ === 0 ? 'data' : 'stream'
        },
        buffer: pattern(4),
      }
      try {
        call(initiator, (name.includes('Mic') ? [mic, moody] : [header(), moody]) as never)
      } catch (error) {
        assert.equal((error as Error).name, 'GssError')
      }
      assert.equal(reads, 1)
    })

    it(`${name}: too many parts, and too long ones, are a RangeError`, () => {
      const range = { name: 'RangeError', code: 'ERR_OUT_OF_RANGE' }
      const base = name.includes('Mic') ? mic : header()
      const many = [base, ...Array.from({ length: 65536 }, () => data(1))]
      assert.throws(() => call(pair.initiator, many as never), range)
      const large = new Uint8Array(1 << 28)
      const long = [
        base,
        ...Array.from({ length: 20 }, () => ({ type: 'signOnly', buffer: large })),
      ]
      if (!name.includes('Mic')) long.push(data())
      assert.throws(() => call(pair.initiator, long as never), range)
      const holes = [base, data()]
      holes.length = 2 ** 32 - 1
      assert.throws(() => call(pair.initiator, holes as never), range)
    })

    it(`${name}: before the end of establishment, after dispose and beside a pending call it is refused`, async () => {
      const parts = (name.includes('Mic') ? [mic, data()] : [header(), data()]) as never
      const fresh = new Initiator({ target: SERVICE })
      assert.throws(() => call(fresh, parts), { code: 'ERR_GSS_NOT_ESTABLISHED' })
      assert.throws(() => call(new Acceptor(), parts), { code: 'ERR_GSS_NOT_ESTABLISHED' })
      fresh.dispose()
      assert.throws(() => call(fresh, parts), { code: 'ERR_GSS_DISPOSED' })
      const busy = await established()
      const pending = busy.initiator.wrapAsync(pattern(1 << 20))
      assert.throws(() => call(busy.initiator, parts), { code: 'ERR_GSS_CONTEXT_BUSY' })
      assert.equal(busy.acceptor.unwrap(await pending).sequence, 'ok')
    })

    it(`${name}: borrowed by another object it is a TypeError`, () => {
      const borrowed = (pair.initiator as unknown as Record<string, unknown>)[name] as () => unknown
      for (const thief of [{}, null, undefined, Object.create(pair.initiator)]) {
        assert.throws(() => Reflect.apply(borrowed, thief, [[header(), data()]]), TypeError)
      }
    })
  }

  const OWN = { own: () => Buffer.alloc(4000) }
  const SHARED = { shared: () => Buffer.from(new SharedArrayBuffer(5000), 500, 4000) }
  for (const [whose, memoryOf] of Object.entries({ ...OWN, ...SHARED })) {
    it(`parts of ${whose} memory that they share are refused by number, and nothing is consumed`, () => {
      refuseShared(memoryOf())
    })
  }

  function refuseShared(memory: Buffer): void {
    const { initiator } = pair
    const at = (start: number, end: number) => memory.subarray(start, end)
    const code = 'ERR_INVALID_ARG_VALUE'
    const wrong: [IovBuffer[], RegExp][] = [
      [
        [
          { type: 'header', buffer: at(0, 100) },
          { type: 'data', buffer: at(99, 200) },
        ],
        /0 and 1/,
      ],
      [
        [
          { type: 'data', buffer: at(0, 100) },
          { type: 'data', buffer: at(0, 100) },
          { type: 'header' },
        ],
        /0 and 1/,
      ],
      [
        [
          { type: 'header' },
          { type: 'signOnly', buffer: at(0, 1000) },
          { type: 'data', buffer: at(500, 501) },
        ],
        /1 and 2/,
      ],
      [
        [
          { type: 'header', buffer: at(0, 3000) },
          { type: 'signOnly', buffer: at(10, 20) },
          { type: 'data', buffer: at(3500, 3600) },
        ],
        /0 and 1/,
      ],
      [
        [
          { type: 'signOnly', buffer: at(0, 2000) },
          { type: 'signOnly', buffer: at(10, 20) },
          { type: 'header' },
          { type: 'data', buffer: at(1999, 2005) },
        ],
        /0 and 3/,
      ],
    ]
    for (const [parts, message] of wrong) {
      assert.throws(() => initiator.wrapIov(parts), { name: 'TypeError', code, message })
      assert.throws(() => initiator.wrapIov(parts, { confidential: false }), { code, message })
    }
    const overMic: IovBuffer[] = [
      { type: 'data', buffer: at(0, 1000) },
      { type: 'mic', buffer: at(999, 3000) },
    ]
    assert.throws(() => initiator.getMicIov(overMic), { code, message: /0 and 1/ })
    assert.ok(memory.every((byte) => byte === 0))
  }

  it('what is only read may share memory', () => {
    readShared(pattern(50))
    const shared = Buffer.from(new SharedArrayBuffer(50))
    shared.set(pattern(50))
    readShared(shared)
  })

  function readShared(same: Buffer): void {
    const { initiator, acceptor } = pair
    const parts = (buffers: Buffer[] = []): IovBuffer[] => [
      { type: 'signOnly', buffer: same },
      { type: 'header', ...(buffers[1] && { buffer: buffers[1] }) },
      { type: 'signOnly', buffer: same.subarray(5) },
      { type: 'data', buffer: buffers[3] ?? pattern(9) },
    ]
    const { buffers } = acceptor.unwrapIov(parts(initiator.wrapIov(parts())))
    assert.ok(buffers[3]?.equals(pattern(9)))
    const twice: IovBuffer[] = [data(5), data(5)].map(() => ({ type: 'data', buffer: same }))
    acceptor.verifyMic(
      Buffer.concat([same, same]),
      initiator.getMicIov([...twice, { type: 'mic' }]),
    )
  }

  it('neighbours in one ArrayBuffer do not share memory', () => {
    const { initiator, acceptor } = pair
    const memory = Buffer.alloc(60 + 32 + 5)
    memory.set(pattern(32), 60)
    initiator.wrapIov([
      { type: 'header', buffer: memory.subarray(0, 60) },
      { type: 'data', buffer: memory.subarray(60, 92) },
      { type: 'signOnly', buffer: memory.subarray(92, 92) },
    ])
    assert.ok(acceptor.unwrap(memory.subarray(0, 92)).message.equals(pattern(32)))
  })

  it('memory that other threads share is written on success only, and beside it nothing', () => {
    const { initiator, acceptor } = pair
    for (const size of [0, 10, 5000]) {
      const [head, body] = [shared(Buffer.alloc(60)), shared(pattern(size))]
      const used = initiator.wrapIov([
        { type: 'header', buffer: head },
        { type: 'data', buffer: body },
      ])
      assert.equal(used[1]?.buffer, body.buffer)
      assert.ok(size === 0 || !Buffer.from(body).equals(pattern(size)))
      const found = acceptor.unwrapIov([
        { type: 'header', buffer: head },
        { type: 'data', buffer: body },
      ])
      assert.ok(Buffer.from(body).equals(pattern(size)))
      assert.ok(found.buffers[1]?.equals(pattern(size)))
      const token = shared(initiator.wrap(pattern(size)))
      const stream = acceptor.unwrapIov([{ type: 'stream', buffer: token }, { type: 'data' }])
      assert.ok(stream.buffers[1]?.equals(pattern(size)))
      assert.ok(size === 0 || stream.buffers[1]?.buffer === token.buffer)
      const code = shared(Buffer.alloc(600))
      const made = initiator.getMicIov([
        { type: 'mic', buffer: code },
        { type: 'data', buffer: shared(pattern(size)) },
      ])
      assert.equal(made.buffer, code.buffer)
      acceptor.verifyMicIov([
        { type: 'mic', buffer: shared(made) },
        { type: 'data', buffer: shared(pattern(size)) },
      ])
    }
  })

  it('thousands of parts arrive', () => {
    const { initiator, acceptor } = pair
    const count = 20_000
    const parts: IovBuffer[] = [{ type: 'header' }]
    for (let i = 0; i < count; i++) {
      parts.push(i % 2 === 0 ? data(i % 5) : { type: 'signOnly', buffer: pattern(i % 7) })
    }
    const used = initiator.wrapIov(parts)
    const { buffers } = acceptor.unwrapIov(
      parts.map(({ type }, i) => ({ type, buffer: used[i] ?? Buffer.alloc(0) }) as IovBuffer),
    )
    buffers.slice(1).forEach((each, i) => {
      assert.ok(each.equals(pattern(i % 2 === 0 ? i % 5 : i % 7)), `part ${i}`)
    })
  })

  it('associated data and the pseudo-random function take no wrong argument', () => {
    const { initiator } = pair
    for (const wrong of [undefined, null, 'text', 5, {}, [], new ArrayBuffer(3)] as never[]) {
      assert.throws(() => initiator.wrapAead(wrong, pattern(1)), TYPE)
      assert.throws(() => initiator.wrapAead(pattern(1), wrong), TYPE)
      assert.throws(() => initiator.unwrapAead(wrong, pattern(1)), TYPE)
      assert.throws(() => initiator.unwrapAead(pattern(80), wrong), TYPE)
      assert.throws(() => initiator.prf(wrong, 10), TYPE)
    }
    for (const partial of [null, 'text', 1, {}] as never[]) {
      assert.throws(() => initiator.prf(pattern(1), 1, { partial }), TYPE)
      assert.throws(() => initiator.prf(pattern(1), 1, [partial] as never), TYPE)
    }
    for (const wrong of [undefined, null, '5', {}, 5n] as never[]) {
      assert.throws(() => initiator.prf(pattern(1), wrong), TYPE)
    }
    for (const wrong of [-1, NaN, 1.5, Infinity, 2 ** 30 + 1, 2 ** 32, 2 ** 53]) {
      assert.throws(() => initiator.prf(pattern(1), wrong), { code: 'ERR_OUT_OF_RANGE' })
    }
    const fresh = new Initiator({ target: SERVICE })
    assert.throws(() => fresh.prf(pattern(1), 1), { code: 'ERR_GSS_NOT_ESTABLISHED' })
    assert.throws(() => fresh.wrapAead(pattern(1), pattern(1)), { code: 'ERR_GSS_NOT_ESTABLISHED' })
    fresh.dispose()
    assert.throws(() => fresh.prf(pattern(1), 1), { code: 'ERR_GSS_DISPOSED' })
  })
})
