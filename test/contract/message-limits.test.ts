/** What the calls on messages ask of memory and of a mechanism, in every size: by size they take other ways. */
import assert from 'node:assert/strict'
import type { IovBuffer, SecurityContext } from 'gssapi'
import {
  established,
  failure,
  heimdal,
  itUnless,
  MECHANISMS,
  onHeimdal,
  pattern,
  SUITE,
} from '../helpers/handshake'
import { useRealm } from '../helpers/realm'

const SIZES = [0, 1, 13, 899, 900, 5000, 20_000]
const RANGE = { name: 'RangeError', code: 'ERR_OUT_OF_RANGE' }
const QOP = 99

const parts = (size: number): IovBuffer[] => [
  { type: 'header' },
  { type: 'data', buffer: pattern(size) },
  { type: 'padding' },
  { type: 'trailer' },
]

type Ask = (context: SecurityContext, size: number, qop: number) => unknown

/** Every call that takes a quality of protection. */
const ASKED: Record<string, Ask> = {
  wrap: (c, size, qop) => c.wrap(pattern(size), { qop }),
  'wrap, not encrypted': (c, size, qop) => c.wrap(pattern(size), { qop, confidential: false }),
  wrapAsync: (c, size, qop) => c.wrapAsync(pattern(size), { qop }),
  wrapInto: (c, size, qop) => c.wrapInto(pattern(size), Buffer.alloc(size + 600), 0, { qop }),
  wrapSizeLimit: (c, size, qop) => c.wrapSizeLimit(size + 600, { qop }),
  getMic: (c, size, qop) => c.getMic(pattern(size), { qop }),
  getMicAsync: (c, size, qop) => c.getMicAsync(pattern(size), { qop }),
  getMicInto: (c, size, qop) => c.getMicInto(pattern(size), Buffer.alloc(600), 0, { qop }),
  wrapIov: (c, size, qop) => c.wrapIov(parts(size), { qop }),
  'wrapIov, memory given': (c, size, qop) =>
    c.wrapIov(
      parts(size).map(
        ({ type, buffer }) => ({ type, buffer: buffer ?? Buffer.alloc(600) }) as IovBuffer,
      ),
      { qop },
    ),
  wrapIovLength: (c, size, qop) => c.wrapIovLength(parts(size), { qop }),
  getMicIov: (c, size, qop) =>
    c.getMicIov([{ type: 'data', buffer: pattern(size) }, { type: 'mic' }], { qop }),
  wrapAead: (c, size, qop) => c.wrapAead(pattern(size), pattern(3), { qop }),
}

describe('what messages ask for', () => {
  useRealm(SUITE)

  for (const mechanism of MECHANISMS) {
    describe(mechanism, () => {
      for (const [name, ask] of Object.entries(ASKED)) {
        itUnless(
          heimdal('7.8 ignores qop'),
          `${name}: a quality of protection that krb5 has not is refused, in every size`,
          async () => {
            const { initiator } = await established({ initiator: { mechanism } })
            for (const size of SIZES) {
              const error = await failure(() => ask(initiator, size, QOP))
              assert.equal(error.name, 'GssError', `${size} bytes`)
              assert.match(error.code, /^GSS_S_(BAD_QOP|FAILURE)$/, `${size} bytes`)
              await ask(initiator, size, 0)
            }
          },
        )
      }

      for (const dceStyle of [false, true]) {
        for (const confidential of [true, false]) {
          const what = `${dceStyle ? 'DCE style, ' : ''}${confidential ? 'encrypted' : 'sealed'}`
          const gap = dceStyle && heimdal('7.8 reads only parts in DCE style')

          itUnless(gap, `${what}: unwrapInto needs what overhead() leaves of a token`, async () => {
            const { initiator, acceptor } = await established({
              initiator: { mechanism, dceStyle },
            })
            for (const size of SIZES) {
              const token = initiator.wrap(pattern(size), { confidential })
              const tight =
                onHeimdal || dceStyle
                  ? token.length
                  : token.length - initiator.overhead({ confidential })
              assert.ok(tight >= size)
              if (tight > 0) {
                assert.throws(() => acceptor.unwrapInto(token, Buffer.alloc(tight - 1)), RANGE)
              }
              const out = Buffer.alloc(tight + 3)
              const { length, sequence } = acceptor.unwrapInto(token, out, 3)
              assert.ok(out.subarray(3, 3 + length).equals(pattern(size)), `${size} bytes`)
              assert.equal(sequence, 'ok', 'the refusal used up nothing')
            }
          })
        }
      }
    })
  }
})
