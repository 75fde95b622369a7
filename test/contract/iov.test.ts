import assert from 'node:assert/strict'
import type { IovBuffer, SecurityContext } from 'gssapi'
import {
  established,
  heimdal,
  itUnless,
  MECHANISMS,
  type Pair,
  pattern,
  SUITE,
} from '../helpers/handshake'
import { useRealm } from '../helpers/realm'

const SIZES = [0, 1, 13, 1024, 65536]
const CALLER_DATA = pattern(13, 5)

/** A message of `size` bytes in memory of its own, and what stands around it. */
type Shape = (data: Buffer) => IovBuffer[]
const SHAPES: Record<string, Shape> = {
  'header, data, padding, trailer': (data) => [
    { type: 'header' },
    { type: 'data', buffer: data },
    { type: 'padding' },
    { type: 'trailer' },
  ],
  'header, data': (data) => [{ type: 'header' }, { type: 'data', buffer: data }],
  'header, data in three pieces, one of them empty, padding': (data) => [
    { type: 'header' },
    { type: 'data', buffer: data.subarray(0, data.length >> 1) },
    { type: 'data', buffer: data.subarray(0, 0) },
    { type: 'data', buffer: data.subarray(data.length >> 1) },
    { type: 'padding' },
  ],
  'header, a place held, data': (data) => [
    { type: 'header' },
    { type: 'empty' },
    { type: 'data', buffer: data },
  ],
}
const SIGNED_AROUND: Shape = (data) => [
  { type: 'signOnly', buffer: CALLER_DATA },
  { type: 'header' },
  { type: 'data', buffer: data },
  { type: 'signOnly', buffer: CALLER_DATA },
]

/** As they arrive: the same kinds of parts, in memory of the receiver's. */
function arrived(parts: readonly IovBuffer[], used: readonly Buffer[]): IovBuffer[] {
  return parts.map(({ type }, i) =>
    type === 'empty' ? { type } : { type, buffer: Buffer.from(used[i] ?? Buffer.alloc(0)) },
  )
}

/** What travels: all but what is signed only. */
function wire(parts: readonly IovBuffer[], used: readonly Buffer[]): Buffer {
  return Buffer.concat(used.filter((_, i) => parts[i]?.type !== 'signOnly'))
}

/** The data of all parts, one after the other. */
function dataOf(parts: readonly IovBuffer[], used: readonly Buffer[]): Buffer {
  return Buffer.concat(used.filter((_, i) => parts[i]?.type === 'data'))
}

describe('messages in parts', () => {
  useRealm(SUITE)

  for (const mechanism of MECHANISMS) {
    describe(mechanism, () => {
      let pair: Pair
      beforeEach(async () => {
        pair = await established({ initiator: { mechanism } })
      })
      const bothWays = (): [SecurityContext, SecurityContext][] => [
        [pair.initiator, pair.acceptor],
        [pair.acceptor, pair.initiator],
      ]

      for (const confidential of [true, false]) {
        const what = confidential ? 'encrypted' : 'sealed'

        for (const [title, shape] of Object.entries({
          ...SHAPES,
          'signed around': SIGNED_AROUND,
        })) {
          it(`${what}: ${title}: parts arrive as parts, both ways`, () => {
            for (const [from, to] of bothWays()) {
              for (const size of SIZES) {
                const parts = shape(pattern(size))
                const used = from.wrapIov(parts, { confidential })
                const sent = arrived(parts, used)
                const found = to.unwrapIov(sent)
                assert.ok(dataOf(sent, found.buffers).equals(pattern(size)), `${size} bytes`)
                assert.equal(found.confidential, confidential)
                assert.equal(found.qop, 0)
                assert.equal(found.sequence, 'ok')
              }
            }
          })
        }

        for (const [title, shape] of Object.entries(SHAPES)) {
          it(`${what}: ${title}: parts in a row are what unwrap reads, both ways`, () => {
            for (const [from, to] of bothWays()) {
              for (const size of SIZES) {
                const parts = shape(pattern(size))
                const found = to.unwrap(wire(parts, from.wrapIov(parts, { confidential })))
                assert.ok(found.message.equals(pattern(size)), `${size} bytes`)
                assert.equal(found.confidential, confidential)
              }
            }
          })
        }

        it(`${what}: what wrap made is read as a stream, in place, both ways`, () => {
          for (const [from, to] of bothWays()) {
            for (const size of SIZES) {
              const token = from.wrap(pattern(size), { confidential })
              const found = to.unwrapIov([{ type: 'stream', buffer: token }, { type: 'data' }])
              const [, data = Buffer.alloc(1)] = found.buffers
              assert.ok(data.equals(pattern(size)), `${size} bytes`)
              assert.equal(found.confidential, confidential)
              if (size === 0) continue
              const start = data.byteOffset - token.byteOffset
              assert.ok(token.subarray(start, start + size).equals(data), 'a view of the stream')
              data.fill(7)
              assert.ok(token.subarray(start, start + size).every((byte) => byte === 7))
            }
          }
        })

        it(`${what}: wrapIovLength is what wrapIov then uses`, () => {
          for (const shape of [...Object.values(SHAPES), SIGNED_AROUND]) {
            for (const size of SIZES) {
              const parts = shape(pattern(size))
              const lengths = pair.initiator.wrapIovLength(parts, { confidential })
              const used = pair.initiator.wrapIov(parts, { confidential })
              assert.deepEqual(
                lengths,
                used.map(({ length }) => length),
              )
            }
          }
        })

        it(`${what}: everything happens in the caller's memory, and nothing beside it`, () => {
          for (const size of SIZES) {
            const memory = Buffer.alloc(size + 600, 0xee)
            const header = memory.subarray(50, 250)
            const data = memory.subarray(300, 300 + size)
            const trailer = memory.subarray(300 + size, 500 + size)
            data.set(pattern(size))
            const parts: IovBuffer[] = [
              { type: 'header', buffer: header },
              { type: 'data', buffer: data },
              { type: 'trailer', buffer: trailer },
            ]
            const used = pair.initiator.wrapIov(parts, { confidential })
            used.forEach((each, i) => {
              assert.equal(each.buffer, memory.buffer)
              assert.equal(each.byteOffset, parts[i]?.buffer?.byteOffset)
            })
            // Of single bytes, one in 256 is encrypted to itself.
            if (!confidential || size === 0) assert.ok(data.equals(pattern(size)))
            else if (size >= 4) assert.ok(!data.equals(pattern(size)))
            const [head = 0, , tail = 0] = used.map(({ length }) => length)
            const outside = [
              memory.subarray(0, 50),
              memory.subarray(50 + head, 300),
              memory.subarray(300 + size + tail),
            ]
            for (const each of outside) assert.ok(each.every((byte) => byte === 0xee))
            const { buffers } = pair.acceptor.unwrapIov(
              used.map((buffer, i) => ({ type: parts[i]?.type ?? 'empty', buffer }) as IovBuffer),
            )
            assert.ok(buffers[1]?.equals(pattern(size)))
            assert.equal(buffers[1]?.byteOffset, data.byteOffset, 'in place')
            for (const each of outside) assert.ok(each.every((byte) => byte === 0xee))
          }
        })
      }

      it('a part that is too small is refused, and uses up no number', () => {
        const { initiator, acceptor } = pair
        const data = pattern(20)
        for (const size of [0, 1, 15]) {
          assert.throws(
            () =>
              initiator.wrapIov([
                { type: 'header', buffer: Buffer.alloc(size) },
                { type: 'data', buffer: data },
              ]),
            { name: 'RangeError', code: 'ERR_OUT_OF_RANGE', message: /header needs \d+ bytes/ },
          )
        }
        assert.ok(data.equals(pattern(20)))
        assert.equal(acceptor.unwrap(initiator.wrap(data)).sequence, 'ok')
      })

      it('changed data, changed data that is signed only, and that left out are refused', () => {
        const { initiator, acceptor } = pair
        const forge: ((parts: IovBuffer[]) => IovBuffer[])[] = [
          (parts) => parts.filter((_, i) => i !== 3),
          (parts) =>
            parts.map((part, i) => (i === 3 ? { type: 'signOnly', buffer: pattern(13, 9) } : part)),
          (parts) => {
            const buffer = parts[2]?.buffer
            if (buffer) buffer[5] = (buffer[5] ?? 0) ^ 1
            return parts
          },
        ]
        for (const confidential of [true, false]) {
          for (const change of forge) {
            const parts = SIGNED_AROUND(pattern(40))
            const sent = change(arrived(parts, initiator.wrapIov(parts, { confidential })))
            assert.throws(() => acceptor.unwrapIov(sent), {
              name: 'GssError',
              code: /^GSS_S_(BAD_MIC|FAILURE)$/,
            })
            const data = sent.find(({ type }) => type === 'data')
            assert.ok(
              data?.buffer?.every((byte) => byte === 0),
              'nothing unverified stays',
            )
          }
        }
      })

      it('a stream that is refused is overwritten', () => {
        const token = pair.initiator.wrap(pattern(5000))
        token[4000] = (token[4000] ?? 0) ^ 1
        const read = () =>
          pair.acceptor.unwrapIov([{ type: 'stream', buffer: token }, { type: 'data' }])
        assert.throws(read, { name: 'GssError' })
        assert.ok(token.every((byte) => byte === 0))
      })

      it('a repeated message is thrown, and stands nowhere', () => {
        const { initiator, acceptor } = pair
        const parts = SIGNED_AROUND(pattern(40))
        const used = initiator.wrapIov(parts)
        const [first, again] = [arrived(parts, used), arrived(parts, used)]
        acceptor.unwrapIov(first)
        assert.throws(() => acceptor.unwrapIov(again), { code: 'GSS_S_DUPLICATE_TOKEN' })
        assert.ok(again[2]?.buffer?.every((byte) => byte === 0))
        const token = initiator.wrap(pattern(9))
        acceptor.unwrap(token)
        const read = () => acceptor.unwrapIov([{ type: 'stream', buffer: token }, { type: 'data' }])
        assert.throws(read, { code: 'GSS_S_DUPLICATE_TOKEN' })
        assert.ok(token.every((byte) => byte === 0))
      })

      itUnless(
        heimdal('7.8 gives no message out of sequence'),
        'a gap is reported with the message where that is wanted',
        async () => {
          const { initiator, acceptor } = await established({
            initiator: { mechanism },
            acceptor: { onSequenceError: 'report' },
          })
          initiator.wrap(pattern(1))
          const parts = SIGNED_AROUND(pattern(40))
          const sent = arrived(parts, initiator.wrapIov(parts))
          const found = acceptor.unwrapIov(sent)
          assert.equal(found.sequence, 'gap')
          assert.ok(dataOf(sent, found.buffers).equals(pattern(40)))
        },
      )

      it('a MIC of parts is that of the parts in a row, both ways', () => {
        for (const [from, to] of bothWays()) {
          for (const size of SIZES) {
            const parts: IovBuffer[] = [
              { type: 'data', buffer: pattern(size) },
              { type: 'signOnly', buffer: CALLER_DATA },
              { type: 'data', buffer: pattern(size, 3) },
            ]
            const whole = Buffer.concat([pattern(size), CALLER_DATA, pattern(size, 3)])
            const mic = from.getMicIov([...parts, { type: 'mic' }])
            assert.deepEqual(to.verifyMic(whole, mic), { qop: 0, sequence: 'ok' })
            const next: IovBuffer = { type: 'mic', buffer: from.getMic(whole) }
            assert.deepEqual(to.verifyMicIov([next, ...parts]), { qop: 0, sequence: 'ok' })
          }
          for (const other of [pattern(9, 2), pattern(8), pattern(10)]) {
            const mic = from.getMicIov([{ type: 'mic' }, { type: 'data', buffer: pattern(9) }])
            const parts = [
              { type: 'mic', buffer: mic },
              { type: 'data', buffer: other },
            ] as const
            assert.throws(() => to.verifyMicIov(parts), { code: 'GSS_S_BAD_MIC' })
          }
        }
      })

      it("a MIC goes into the caller's memory, and no further", () => {
        const { initiator, acceptor } = pair
        const length = initiator.micLength()
        const memory = Buffer.alloc(length + 20, 0xee)
        const data: IovBuffer = { type: 'data', buffer: pattern(100) }
        const mic = initiator.getMicIov([
          { type: 'mic', buffer: memory.subarray(10, 10 + length) },
          data,
        ])
        assert.equal(mic.byteOffset, memory.byteOffset + 10)
        assert.ok(memory.subarray(0, 10).every((byte) => byte === 0xee))
        assert.ok(memory.subarray(10 + mic.length).every((byte) => byte === 0xee))
        acceptor.verifyMicIov([data, { type: 'mic', buffer: mic }])
        const small: IovBuffer = { type: 'mic', buffer: Buffer.alloc(length - 1) }
        assert.throws(() => initiator.getMicIov([data, small]), { code: 'ERR_OUT_OF_RANGE' })
        assert.equal(acceptor.unwrap(initiator.wrap(pattern(1))).sequence, 'ok')
      })
    })
  }

  describe('DCE style', () => {
    let pair: Pair
    beforeEach(async () => {
      pair = await established({ initiator: { dceStyle: true } })
    })

    it('a stub is encrypted and its headers are signed, as DCE/RPC has it', () => {
      const { initiator, acceptor } = pair
      // The data is padded to blocks by the RPC run-time.
      for (const size of [16, 32, 1024, 65536]) {
        for (const [from, to] of [
          [initiator, acceptor],
          [acceptor, initiator],
        ] as const) {
          const parts = SIGNED_AROUND(pattern(size))
          const [, header = 0] = from.wrapIovLength(parts)
          const used = from.wrapIov(parts)
          assert.equal(used[1]?.length, header)
          assert.ok(!used[2]?.equals(pattern(size)))
          const sent = arrived(parts, used)
          const found = to.unwrapIov(sent)
          assert.ok(found.buffers[2]?.equals(pattern(size)))
          assert.equal(found.confidential, true)
        }
      }
    })

    it('a changed header of the RPC is refused', () => {
      const parts = SIGNED_AROUND(pattern(64))
      const sent = arrived(parts, pair.initiator.wrapIov(parts))
      sent[0] = { type: 'signOnly', buffer: pattern(13, 6) }
      assert.throws(() => pair.acceptor.unwrapIov(sent), {
        code: /^GSS_S_(BAD_MIC|FAILURE)$/,
      })
    })

    it('a stream is refused: the header’s length tells what it is', () => {
      const token = pair.initiator.wrap(pattern(16))
      const read = () =>
        pair.acceptor.unwrapIov([{ type: 'stream', buffer: token }, { type: 'data' }])
      assert.throws(read, { code: 'GSS_S_FAILURE' })
    })
  })
})
