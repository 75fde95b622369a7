import assert from 'node:assert/strict'
import { GssError, type IovBuffer } from 'gssapi'
import { extended, flipped, positions, truncated } from '../helpers/forge'
import { established, itUnless, onHeimdal, pattern, SUITE } from '../helpers/handshake'
import { useRealm } from '../helpers/realm'

const REPORT = { acceptor: { onSequenceError: 'report' } } as const

/** The layouts in which an acceptor may be told to look for a message. */
const LAYOUTS: Record<string, IovBuffer['type'][]> = {
  'with a trailer': ['signOnly', 'header', 'data', 'signOnly', 'trailer'],
  'without a trailer': ['signOnly', 'header', 'data', 'signOnly'],
}

const memoryFor = (type: IovBuffer['type']): IovBuffer =>
  type === 'data' || type === 'signOnly' ? { type, buffer: pattern(48) } : ({ type } as IovBuffer)

function wrapped(types: IovBuffer['type'][], wrap: (parts: IovBuffer[]) => Buffer[]): IovBuffer[] {
  const used = wrap(types.map(memoryFor))
  return types.map((type, i) => ({ type, buffer: Buffer.from(used[i] ?? []) }) as IovBuffer)
}

function refused(read: () => unknown, what: string): void {
  assert.throws(read, (error) => error instanceof GssError && error.code.startsWith('GSS_S_'), what)
}

/** Accepted only with the data that was sent: a header has bits, and may have bytes, that nobody relies on. */
function mustNotDeceive(read: () => Buffer | undefined, sent: Buffer, what: string): void {
  try {
    assert.ok(read()?.equals(sent), `${what}: other data was accepted`)
  } catch (error) {
    if (!(error instanceof GssError)) throw error
    assert.match(error.code, /^GSS_S_/, what)
  }
}

/** `parts`, fresh, with one of them changed. */
function changed(parts: IovBuffer[], at: number, change: (buffer: Uint8Array) => Uint8Array) {
  return parts.map(
    ({ type, buffer = Buffer.alloc(0) }, i) =>
      ({ type, buffer: i === at ? change(buffer) : Buffer.from(buffer) }) as IovBuffer,
  )
}

const withCount = (field: number, value: number) => (header: Uint8Array) => {
  const copy = Buffer.from(header)
  copy.writeUInt16BE(value, field)
  return copy
}

describe('forged messages in parts', () => {
  useRealm(SUITE)

  for (const dceStyle of [false, true]) {
    describe(dceStyle ? 'DCE style' : 'plain', () => {
      for (const confidential of onHeimdal && dceStyle ? [true] : [true, false]) {
        for (const [layout, types] of Object.entries(LAYOUTS)) {
          if (onHeimdal && dceStyle && types.includes('trailer')) continue
          const title = `${confidential ? 'encrypted' : 'sealed'}, ${layout}`

          it(`${title}: no flipped, cut or lengthened part is accepted`, async () => {
            const { initiator, acceptor } = await established({
              initiator: { dceStyle },
              ...REPORT,
            })
            for (let at = 0; at < types.length; at++) {
              const genuine = wrapped(types, (parts) => initiator.wrapIov(parts, { confidential }))
              const buffer = genuine[at]?.buffer ?? Buffer.alloc(0)
              const forged = [
                ...positions(buffer.length).flatMap((i) => [
                  flipped(buffer, i),
                  flipped(buffer, i, 0x80),
                ]),
                ...truncated(buffer),
                ...extended(buffer),
              ]
              for (const each of forged) {
                const parts = changed(genuine, at, () => each)
                const what = `part ${at}, ${each.length} bytes`
                const read = () => acceptor.unwrapIov(parts).buffers[types.indexOf('data')]
                if (types[at] === 'header') mustNotDeceive(read, pattern(48), what)
                else refused(read, what)
              }
            }
          })

          it(`${title}: counts beyond the parts are refused, and nothing is written there`, async () => {
            const { initiator, acceptor } = await established({
              initiator: { dceStyle },
              ...REPORT,
            })
            const at = types.indexOf('header')
            for (const field of [4, 6]) {
              for (const value of [1, 16, 17, 28, 100, 5000, 0x7fff, 0xffff]) {
                const genuine = wrapped(types, (parts) =>
                  initiator.wrapIov(parts, { confidential }),
                )
                const parts = changed(genuine, at, withCount(field, value))
                const before = Buffer.from(parts[at]?.buffer ?? [])
                if (before.equals(genuine[at]?.buffer ?? Buffer.alloc(0))) continue
                try {
                  const { buffers } = acceptor.unwrapIov(parts)
                  // Only the count of the rotation is not sealed.
                  assert.equal(field, 6)
                  assert.ok(buffers[types.indexOf('data')]?.equals(pattern(48)))
                } catch (error) {
                  assert.ok(error instanceof GssError, String(error))
                }
                assert.ok(
                  before.equals(parts[at]?.buffer ?? Buffer.alloc(0)),
                  'the header is as it was',
                )
              }
            }
          })
        }
      }

      it('noise is refused', async () => {
        const { acceptor } = await established({ initiator: { dceStyle }, ...REPORT })
        for (const size of [
          0, 1, 2, 15, 16, 17, 28, 29, 32, 44, 45, 60, 76, 1000, 1024, 1025, 70_000,
        ]) {
          for (const start of [
            '',
            '0504',
            '050402ff0000001c',
            '050402ffffff0000',
            '0404',
            '60',
            '6081',
            '6084ffffffff',
            '602f06092a864886f71201020202011100ffffffff',
            '602f06092a864886f7120102020201110010 00ffff',
          ]) {
            const noise = Buffer.concat([
              Buffer.from(start.replace(' ', ''), 'hex'),
              pattern(size, 7),
            ]).subarray(0, size)
            const read = (...parts: IovBuffer[]) => {
              refused(() => acceptor.unwrapIov(parts), `${size} bytes of '${start}'`)
            }
            read({ type: 'header', buffer: noise })
            read({ type: 'header', buffer: noise }, { type: 'data', buffer: pattern(20) })
            read(
              { type: 'header', buffer: noise },
              { type: 'data', buffer: pattern(20) },
              { type: 'padding', buffer: pattern(8) },
              { type: 'trailer', buffer: pattern(28) },
            )
            read({ type: 'stream', buffer: Buffer.from(noise) }, { type: 'data' })
            read(
              { type: 'stream', buffer: Buffer.from(noise) },
              { type: 'data' },
              { type: 'signOnly', buffer: pattern(3) },
            )
            refused(() => acceptor.verifyMicIov([{ type: 'mic', buffer: noise }]), 'a MIC')
            refused(() => acceptor.unwrapAead(noise, pattern(4)), 'associated data')
          }
        }
      })
    })
  }

  it('no flipped, cut or lengthened stream is accepted', async () => {
    const { initiator, acceptor } = await established(REPORT)
    for (const size of [30, 20_000]) {
      for (const confidential of [true, false]) {
        const token = initiator.wrapAead(pattern(size), pattern(5), { confidential })
        const forged = positions(token.length)
          .filter((i) => i !== 6 && i !== 7)
          .map((i) => flipped(token, i))
        for (const each of [...forged, ...truncated(token), ...extended(token)]) {
          refused(() => acceptor.unwrapAead(each, pattern(5)), `${each.length} of ${token.length}`)
        }
      }
    }
  })
})

describe('forged messages in parts, of RFC 1964', () => {
  for (const type of ['arcfour-hmac', 'des3-cbc-sha1']) {
    const gap = onHeimdal && 'Heimdal: 7.8 reads one krb5.conf in a process'
    describe(type, () => {
      if (gap === false) useRealm({ ...SUITE, encryptionTypes: [type] })

      for (const confidential of [true, false]) {
        const what = confidential ? 'encrypted' : 'sealed'

        itUnless(
          gap,
          `${what}: a padding that holds part of the message does not end the process`,
          async () => {
            const { initiator, acceptor } = await established(REPORT)
            for (const taken of [1, 2, 7, 8]) {
              const [header, data, padding] = initiator.wrapIov(
                [{ type: 'header' }, { type: 'data', buffer: pattern(40) }, { type: 'padding' }],
                { confidential },
              ) as [Buffer, Buffer, Buffer]
              const rest = Buffer.concat([data, padding])
              const end = data.length - taken
              refused(
                () =>
                  acceptor.unwrapIov([
                    { type: 'header', buffer: header },
                    { type: 'data', buffer: Buffer.from(rest.subarray(0, end)) },
                    { type: 'padding', buffer: Buffer.from(rest.subarray(end)) },
                  ]),
                `${taken} bytes`,
              )
            }
          },
        )

        itUnless(gap, `${what}: padding in the data is taken off`, async () => {
          const { initiator, acceptor } = await established()
          for (const size of [1, 7, 8, 33]) {
            const { header, rest } = ((): { header: Buffer; rest: Buffer } => {
              const used = initiator.wrapIov(
                [{ type: 'header' }, { type: 'data', buffer: pattern(size) }, { type: 'padding' }],
                { confidential },
              ) as [Buffer, Buffer, Buffer]
              return { header: used[0], rest: Buffer.concat(used.slice(1)) }
            })()
            const { buffers } = acceptor.unwrapIov([
              { type: 'header', buffer: header },
              { type: 'data', buffer: Buffer.from(rest.subarray(0, -1)) },
              { type: 'padding', buffer: Buffer.from(rest.subarray(-1)) },
            ])
            assert.ok(buffers[1]?.equals(pattern(size)), `${size} bytes`)
          }
        })

        itUnless(gap, `${what}: no flipped, cut or lengthened part is accepted`, async () => {
          const { initiator, acceptor } = await established(REPORT)
          const types: IovBuffer['type'][] = ['header', 'data', 'padding']
          for (let at = 0; at < types.length; at++) {
            const genuine = wrapped(types, (parts) => initiator.wrapIov(parts, { confidential }))
            const buffer = genuine[at]?.buffer ?? Buffer.alloc(0)
            const flips = positions(buffer.length).map((i) => flipped(buffer, i))
            for (const each of [...flips, ...truncated(buffer), ...extended(buffer)]) {
              const parts = changed(genuine, at, () => each)
              const what = `part ${at}, ${each.length} bytes`
              const read = () => acceptor.unwrapIov(parts).buffers[1]
              if (at === 0) mustNotDeceive(read, pattern(48), what)
              else refused(read, what)
            }
          }
        })

        itUnless(
          gap,
          `${what}: no part for the padding is refused, and does not end the process`,
          async () => {
            const { initiator, acceptor } = await established()
            const parts: IovBuffer[] = [{ type: 'header' }, { type: 'data', buffer: pattern(3) }]
            const code = 'ERR_OUT_OF_RANGE'
            const message = /padding needs \d bytes/
            assert.throws(() => initiator.wrapIovLength(parts, { confidential }), { code, message })
            assert.throws(() => initiator.wrapIov(parts, { confidential }), { code, message })
            assert.equal(acceptor.unwrap(initiator.wrap(pattern(1))).sequence, 'ok')
          },
        )
      }
    })
  }
})
