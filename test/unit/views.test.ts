/** Views of every kind whose memory is gone: each has the length 0 then, and must not pass for an empty message. */
import assert from 'node:assert/strict'
import { outView, viewed } from '../../lib/base/bytes'

type View = NodeJS.ArrayBufferView
type Kind = new (buffer: ArrayBufferLike, offset?: number, length?: number) => View
type Resizable = ArrayBuffer & { resize(size: number): void }

const KINDS = [
  ...[Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array],
  ...[Float32Array, Float64Array, BigInt64Array, BigUint64Array, DataView],
] as unknown as (Kind & { BYTES_PER_ELEMENT?: number })[]
const GONE = {
  name: 'TypeError',
  code: 'ERR_INVALID_ARG_VALUE',
  message: 'The "message" argument is a view on an ArrayBuffer that is detached or has shrunk',
}
const NO_OUT = { name: 'TypeError', code: 'ERR_INVALID_ARG_VALUE' }

const resizable = (size: number): Resizable =>
  new (ArrayBuffer as unknown as new (size: number, options: object) => Resizable)(size, {
    maxByteLength: 256,
  })

function refused(view: View): void {
  assert.throws(() => viewed(view, 'message'), GONE)
  assert.throws(() => outView(view, 0), NO_OUT)
}

describe('views', () => {
  for (const Kind of KINDS) {
    const size = Kind.BYTES_PER_ELEMENT ?? 1

    describe(Kind.name, () => {
      it('whose memory was given away is refused', () => {
        for (const [offset, length] of [
          [0, 4],
          [8, 2],
          [8, 0],
        ] as const) {
          const buffer = new ArrayBuffer(64)
          const view = new Kind(buffer, offset, length)
          assert.equal(viewed(view, 'message').length, length * size)
          structuredClone(buffer, { transfer: [buffer] })
          refused(view)
        }
      })

      it('whose memory has shrunk is refused, until it has grown again', () => {
        const buffer = resizable(64)
        const view = new Kind(buffer, 16, 4)
        for (const left of [16 + 4 * size - 1, 17, 8, 0]) {
          buffer.resize(left)
          refused(view)
        }
        buffer.resize(16 + 4 * size)
        assert.equal(viewed(view, 'message').length, 4 * size)
      })

      it('that reaches to the end of memory that ends before it is refused', () => {
        const buffer = resizable(64)
        const view = new Kind(buffer, 16)
        buffer.resize(15)
        refused(view)
        buffer.resize(16)
        assert.equal(viewed(view, 'message').length, 0)
        buffer.resize(16 + 3 * size)
        assert.equal(viewed(view, 'message').length, 3 * size)
      })

      it('that is empty, of memory that is there, is taken', () => {
        assert.equal(viewed(new Kind(new ArrayBuffer(0), 0, 0), 'message').length, 0)
        assert.equal(viewed(new Kind(new ArrayBuffer(64), 64, 0), 'message').length, 0)
        assert.equal(viewed(new Kind(resizable(64), 16, 0), 'message').length, 0)
      })
    })
  }
})
