/** A library whose answers are longer than it said that they would be: see helpers/front-library. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { configure } from 'gssapi'
import { systemLibrary } from '../helpers/apple-library'
import { buildFrontLibrary, setFaults } from '../helpers/front-library'
import { establish, PAIR_REALM } from '../helpers/pair'
import { useRealm } from '../helpers/realm'

const mit = systemLibrary('libgssapi_krb5.so.2')
const suite = mit === undefined ? describe.skip : describe
const title = (text: string) =>
  mit === undefined ? `${text} [MIT's libgssapi_krb5.so.2 is not installed]` : text

const TOO_LARGE = {
  name: 'GssError',
  code: 'GSS_S_FAILURE',
  message: /the library's answer is larger than it said/,
}
const pattern = (size: number) => Buffer.alloc(size, 'pattern')

suite(title('an answer that is longer than the library said'), () => {
  const folder = mkdtempSync(join(tmpdir(), 'gssapi-long-'))
  before('compile a library', () => {
    configure({ library: buildFrontLibrary(join(folder, 'libgssapi_krb5.so'), mit!) })
  })
  after(() => {
    rmSync(folder, { recursive: true, force: true })
  })
  useRealm(PAIR_REALM)
  afterEach(() => {
    setFaults()
  })

  for (const mechanism of ['krb5', 'spnego'] as const) {
    it(`to a small message is refused, and written nowhere (${mechanism})`, async () => {
      const { client } = await establish({ mechanism })
      const out = Buffer.alloc(300)
      setFaults('long')
      for (const confidential of [true, false]) {
        assert.throws(() => client.wrap(pattern(10), { confidential }), TOO_LARGE)
        assert.throws(() => client.wrapInto(pattern(10), out, 0, { confidential }), TOO_LARGE)
        await assert.rejects(client.wrapAsync(pattern(10), { confidential }), TOO_LARGE)
      }
      assert.throws(() => client.getMic(pattern(10)), TOO_LARGE)
      assert.throws(() => client.getMicInto(pattern(10), out, 0), TOO_LARGE)
      await assert.rejects(client.getMicAsync(pattern(10)), TOO_LARGE)
      assert.ok(out.every((byte) => byte === 0))
      setFaults()
      client.wrap(pattern(10))
    })

    // Small ones are copied out of the library's memory, from 4 and 16 KiB on they are unwrapped in place.
    for (const size of [10, 3000, 5000, 40_000]) {
      it(`to a token for ${size} bytes is refused, and written nowhere (${mechanism})`, async () => {
        for (const confidential of [true, false]) {
          const { client, server } = await establish({ mechanism })
          const next = () => client.wrap(pattern(size), { confidential })
          const [one, two, three] = [next(), next(), next()]
          const out = Buffer.alloc(size + 100)
          setFaults('long')
          assert.throws(() => server.unwrap(one), TOO_LARGE)
          assert.throws(() => server.unwrapInto(two, out), TOO_LARGE)
          await assert.rejects(server.unwrapAsync(three), TOO_LARGE)
          assert.ok(out.every((byte) => byte === 0))
          setFaults()
          assert.equal(server.unwrap(next()).message.length, size)
        }
      })
    }

    it(`in parts is refused (${mechanism})`, async () => {
      const { client, server } = await establish({ mechanism })
      const parts = () => [{ type: 'header' }, { type: 'data', buffer: pattern(100) }] as const
      const whole = () => [...parts(), { type: 'padding' }, { type: 'trailer' }] as const
      const token = client.wrap(pattern(100))
      setFaults('long')
      assert.throws(() => client.wrapIov(whole()), TOO_LARGE)
      const stream = [{ type: 'stream', buffer: token }, { type: 'data' }] as const
      assert.throws(() => server.unwrapIov(stream), TOO_LARGE)
    })
  }
})
