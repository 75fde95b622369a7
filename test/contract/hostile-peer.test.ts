/** Tokens of a peer that holds the context's keys, and makes of them what no library makes. */
import assert from 'node:assert/strict'
import { GssError, type LucidContext, type SecurityContext } from 'gssapi'
import {
  established,
  heimdal,
  itUnless,
  MECHANISMS,
  onHeimdal,
  pattern,
  SUITE,
} from '../helpers/handshake'
import { encrypted, framed, rc4Wrapped, signed, wrapHeader } from '../helpers/per-message'
import { useRealm } from '../helpers/realm'

/** Below and above the sizes from where tokens are taken apart here. */
const SIZES = [0, 3, 500, 5000, 20_000]

type Read = (to: SecurityContext, token: Buffer) => Promise<Buffer> | Buffer

const READERS: Record<string, Read> = {
  unwrap: (to, token) => to.unwrap(token).message,
  unwrapAsync: async (to, token) => (await to.unwrapAsync(token)).message,
  unwrapInto: (to, token) => {
    const out = Buffer.alloc(token.length)
    return out.subarray(0, to.unwrapInto(token, out).length)
  },
  'unwrapIov of a stream': (to, token) =>
    to.unwrapIov([{ type: 'stream', buffer: Buffer.from(token) }, { type: 'data' }]).buffers[1]!,
  unwrapAead: (to, token) => to.unwrapAead(token, Buffer.alloc(0)).message,
}

/** An acceptor that reports, and the keys of its initiator, which is no more. */
async function taken(mechanism: (typeof MECHANISMS)[number] = 'krb5') {
  const { initiator, acceptor } = await established({
    initiator: { mechanism },
    acceptor: { onSequenceError: 'report' },
  })
  return { acceptor, lucid: initiator.krb5.exportLucid() }
}

/** Reads it by every function, each with a number of its own; `make` makes the token. */
async function byAll(
  acceptor: SecurityContext,
  lucid: LucidContext,
  make: (sequence: bigint) => Buffer,
  check: (found: Buffer | GssError, name: string) => void,
): Promise<void> {
  let sequence = lucid.sendSequence
  for (const [name, read] of Object.entries(READERS)) {
    const token = make(sequence++)
    let found: Buffer | GssError
    try {
      found = await read(acceptor, token)
    } catch (error) {
      if (!(error instanceof GssError)) throw error
      found = error
    }
    check(found, `${name}, a token of ${token.length} bytes`)
  }
}

const refused = (found: Buffer | GssError, name: string) => {
  assert.ok(found instanceof GssError, `${name}: a message came`)
  assert.match(found.code, /^GSS_S_/, name)
}

const is =
  (message: Buffer, orRefused = false) =>
  (found: Buffer | GssError, name: string) => {
    if (orRefused && found instanceof GssError) return
    assert.ok(Buffer.isBuffer(found), `${name}: ${String(found)}`)
    assert.ok(found.equals(message), `${name}: ${found.length} bytes`)
  }

/** As a peer makes it: the message, filler, and the header again, without rotation. */
function sealedToken(lucid: LucidContext, sequence: bigint, message: Buffer, ec = 0, innerEc = ec) {
  const inner = wrapHeader(lucid, sequence, { ec: innerEc })
  const header = wrapHeader(lucid, sequence, { ec })
  return encrypted(lucid, header, Buffer.concat([message, Buffer.alloc(innerEc, 0x5a), inner]))
}

describe('a peer that holds the keys', () => {
  describe('RFC 4121', () => {
    useRealm(SUITE)

    for (const mechanism of MECHANISMS) {
      describe(mechanism, () => {
        it('what is made here is a message, sealed or signed', async () => {
          for (const size of SIZES) {
            const { acceptor, lucid } = await taken(mechanism)
            await byAll(
              acceptor,
              lucid,
              (n) => sealedToken(lucid, n, pattern(size)),
              is(pattern(size)),
            )
            const { acceptor: other, lucid: keys } = await taken(mechanism)
            const make = (n: bigint) =>
              signed(keys, wrapHeader(keys, n, { sealed: false, ec: 12 }), pattern(size))
            await byAll(other, keys, make, is(pattern(size)))
          }
        })

        it('filler that the extra count tells of is no part of the message', async () => {
          for (const size of SIZES) {
            for (const ec of [1, 16, 300]) {
              const { acceptor, lucid } = await taken(mechanism)
              const make = (n: bigint) => sealedToken(lucid, n, pattern(size), ec)
              await byAll(acceptor, lucid, make, is(pattern(size), onHeimdal))
            }
          }
        })

        it('an extra count that is another than the encrypted one takes nothing off a message', async () => {
          for (const size of SIZES) {
            for (const [ec, innerEc] of [
              [1, 0],
              [16, 0],
              [0, 1],
              [16, 32],
              [0xffff, 0],
              [size, 0],
              [size + 1, 0],
            ] as const) {
              if (ec === innerEc) continue
              const { acceptor, lucid } = await taken(mechanism)
              await byAll(
                acceptor,
                lucid,
                (n) => sealedToken(lucid, n, pattern(size), ec, innerEc),
                refused,
              )
            }
          }
        })

        it('an extra count beyond the message is refused, also where it is encrypted', async () => {
          for (const size of SIZES) {
            for (const ec of [size + 1, size + 16, size + 17, 0xffff]) {
              const { acceptor, lucid } = await taken(mechanism)
              const make = (n: bigint) => {
                const header = wrapHeader(lucid, n, { ec })
                return encrypted(lucid, header, Buffer.concat([pattern(size), header]))
              }
              await byAll(acceptor, lucid, make, refused)
            }
          }
        })

        it('what is encrypted without the header, or with part of it, is refused', async () => {
          for (const length of [0, 1, 3, 15]) {
            const { acceptor, lucid } = await taken(mechanism)
            const make = (n: bigint) => {
              const header = wrapHeader(lucid, n)
              return encrypted(lucid, header, header.subarray(0, length))
            }
            await byAll(acceptor, lucid, make, refused)
          }
        })

        it('another header inside than outside is refused', async () => {
          const changes: ((header: Buffer) => unknown)[] = [
            (header) => (header[0] = 4), // a MIC's
            (header) => (header[2]! ^= 1), // the other sender
            (header) => (header[2]! ^= 4), // the other key
            (header) => (header[3] = 0),
            (header) => (header[15]! ^= 1), // another number
            (header) => (header[8] = 1),
          ]
          for (const size of [3, 5000]) {
            for (const change of changes) {
              const { acceptor, lucid } = await taken(mechanism)
              const make = (n: bigint) => {
                const inner = wrapHeader(lucid, n)
                change(inner)
                return encrypted(lucid, wrapHeader(lucid, n), Buffer.concat([pattern(size), inner]))
              }
              await byAll(acceptor, lucid, make, refused)
            }
          }
        })

        it('a signed message whose extra count is no checksum’s size is refused', async () => {
          for (const size of SIZES) {
            for (const ec of [0, 1, 11, 13, 16, 0xffff]) {
              const { acceptor, lucid } = await taken(mechanism)
              const make = (n: bigint) =>
                signed(lucid, wrapHeader(lucid, n, { sealed: false, ec }), pattern(size))
              await byAll(acceptor, lucid, make, refused)
            }
          }
        })

        it('a rotation by any number gives the message, or is refused', async () => {
          for (const size of SIZES) {
            for (const rrc of [1, 12, 28, 44, 1000, 0xffff]) {
              const { acceptor, lucid } = await taken(mechanism)
              const make = (n: bigint) => {
                const token = sealedToken(lucid, n, pattern(size))
                const body = token.subarray(16)
                const cut = body.length - (rrc % body.length)
                token.writeUInt16BE(rrc, 6)
                return Buffer.concat([
                  token.subarray(0, 16),
                  body.subarray(cut),
                  body.subarray(0, cut),
                ])
              }
              await byAll(acceptor, lucid, make, is(pattern(size), rrc > size))
            }
          }
        })
      })
    }

    // CVE-2014-4341 and its kind: MIT's tests/gssapi/t_invalid.c has such tokens.
    it('a token of RFC 1964 is refused by every call, and does no harm', async () => {
      const bodies: Buffer[] = []
      for (const id of ['0201', '0101', '0102']) {
        for (const algorithms of [
          '0000ffff',
          '04000200',
          '11001000',
          '1100ffff',
          '0400ffff',
          '00000000',
        ]) {
          for (const size of [0, 7, 8, 14, 15, 16, 24, 32, 100, 5000]) {
            const rest = Buffer.concat([Buffer.from('ffff', 'hex'), pattern(size)])
            bodies.push(Buffer.concat([Buffer.from(`${id}${algorithms}`, 'hex'), rest]))
          }
          bodies.push(Buffer.from(id, 'hex'))
        }
      }
      for (const mechanism of MECHANISMS) {
        const { initiator, acceptor } = await established({ initiator: { mechanism } })
        for (const body of bodies) {
          const token = framed(body)
          await byAll(acceptor, { sendSequence: 0n } as LucidContext, () => token, refused)
          const calls: (() => unknown)[] = [
            () => acceptor.verifyMic(pattern(5), token),
            () =>
              acceptor.verifyMicIov([
                { type: 'data', buffer: pattern(5) },
                { type: 'mic', buffer: token },
              ]),
            () => acceptor.unwrapIov([{ type: 'header', buffer: token }]),
            () =>
              acceptor.unwrapIov([
                { type: 'header', buffer: token.subarray(0, 45) },
                { type: 'data', buffer: Buffer.from(token.subarray(45)) },
                { type: 'padding', buffer: pattern(1) },
              ]),
          ]
          for (const call of calls) assert.throws(call, { name: 'GssError', code: /^GSS_S_/ })
          await assert.rejects(acceptor.verifyMicAsync(pattern(5), token), { code: /^GSS_S_/ })
        }
        assert.equal(acceptor.unwrap(initiator.wrap(pattern(3))).sequence, 'ok')
      }
    })
  })

  describe('RFC 1964', () => {
    const gap = heimdal('7.8’s acceptor makes an AES subkey, whatever the ticket has')
    if (gap === false) useRealm({ ...SUITE, encryptionTypes: ['arcfour-hmac'] })

    const parts = (acceptor: SecurityContext, header: Buffer, rest: Buffer) =>
      acceptor.unwrapIov([
        { type: 'header', buffer: header },
        { type: 'data', buffer: Buffer.from(rest.subarray(0, -1)) },
        { type: 'padding', buffer: Buffer.from(rest.subarray(-1)) },
      ]).buffers[1]!

    for (const sealed of [true, false]) {
      const what = sealed ? 'encrypted' : 'signed'

      itUnless(
        gap,
        `${what}: a padding as long as it says is taken off, also all there is`,
        async () => {
          for (const size of SIZES) {
            for (const count of [1, 8, 100]) {
              const { acceptor, lucid } = await taken()
              const rest = Buffer.concat([pattern(size), Buffer.alloc(count, count)])
              const make = (n: bigint) => rc4Wrapped(lucid, n, rest, sealed).token
              await byAll(acceptor, lucid, make, is(pattern(size)))
              const { header, rest: wire } = rc4Wrapped(
                lucid,
                lucid.sendSequence + 9n,
                rest,
                sealed,
              )
              assert.ok(parts(acceptor, header, wire).equals(pattern(size)))
            }
          }
        },
      )

      itUnless(gap, `${what}: a padding longer than the data is refused`, async () => {
        for (const size of [0, 3, 40]) {
          for (const told of [size + 2, size + 3, 200, 255]) {
            const { acceptor, lucid } = await taken()
            const rest = Buffer.concat([pattern(size), Buffer.from([told])])
            const make = (n: bigint) => rc4Wrapped(lucid, n, rest, sealed).token
            await byAll(acceptor, lucid, make, refused)
            const { header, rest: wire } = rc4Wrapped(lucid, lucid.sendSequence + 9n, rest, sealed)
            assert.throws(() => parts(acceptor, header, wire), { code: 'GSS_S_DEFECTIVE_TOKEN' })
          }
        }
      })
    }

    itUnless(gap, 'short headers and checksums are refused', async () => {
      const { acceptor, lucid } = await taken()
      const { token } = rc4Wrapped(lucid, lucid.sendSequence, pattern(1))
      const body = token.subarray(13)
      for (let length = 0; length < body.length; length++) {
        for (const id of [0x0201, 0x0101]) {
          const short = Buffer.from(body.subarray(0, length))
          if (length > 1) short.writeUInt16BE(id)
          const cut = framed(short)
          await byAll(acceptor, lucid, () => cut, refused)
          assert.throws(() => acceptor.verifyMic(pattern(1), cut), { code: /^GSS_S_/ })
          assert.throws(() => acceptor.unwrapIov([{ type: 'header', buffer: cut }]), {
            code: /^GSS_S_/,
          })
          const mic = { type: 'mic', buffer: cut } as const
          assert.throws(() => acceptor.verifyMicIov([mic]), { code: /^GSS_S_/ })
        }
      }
      assert.equal(
        acceptor.unwrap(rc4Wrapped(lucid, lucid.sendSequence, Buffer.from([7, 1])).token).sequence,
        'ok',
      )
    })
  })
})
