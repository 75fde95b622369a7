/** What the libraries here do not do, and one may: see helpers/front-library. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { configure, library } from 'gssapi'
import { systemLibrary } from '../helpers/apple-library'
import { buildFrontLibrary, type Fault, setFaults } from '../helpers/front-library'
import { establish, PAIR_REALM } from '../helpers/pair'
import { useRealm } from '../helpers/realm'

const mit = systemLibrary('libgssapi_krb5.so.2')
const suite = mit === undefined ? describe.skip : describe
const title = (text: string) =>
  mit === undefined ? `${text} [MIT's libgssapi_krb5.so.2 is not installed]` : text

const folder = mkdtempSync(join(tmpdir(), 'gssapi-weak-'))
const NOT_GRANTED = { name: 'GssError', code: 'ERR_GSS_PROTECTION_NOT_GRANTED' }
const pattern = (size: number) => Buffer.alloc(size, 'pattern')
const PAST_2038 = 3_000_000_000_000

suite(title('a library that does less than it is asked'), () => {
  before('compile it', () => {
    configure({ library: buildFrontLibrary(join(folder, 'libgssapi_krb5.so'), mit!) })
  })
  after(() => {
    rmSync(folder, { recursive: true, force: true })
  })
  useRealm(PAIR_REALM)
  afterEach(() => {
    setFaults()
  })

  it('it is taken for MIT’s, and has all of its functions', () => {
    assert.equal(library().implementation, 'mit')
    for (const name of ['gss_wrap_iov', 'gss_wrap_iov_length', 'gss_get_mic_iov']) {
      assert.ok(library().features.includes(name), name)
    }
  })

  for (const mechanism of ['krb5', 'spnego'] as const) {
    describe(mechanism, () => {
      // Below and above 900 bytes, from where messages are wrapped in place.
      for (const [size, fault] of [
        [10, 'wrap'],
        [899, 'wrap'],
        [900, 'wrap_iov'],
        [100_000, 'wrap_iov'],
      ] as [number, Fault][]) {
        it(`a message of ${size} bytes that it did not encrypt is refused, by every call`, async () => {
          const { client: initiator } = await establish({ mechanism })
          setFaults(fault)
          assert.throws(() => initiator.wrap(pattern(size)), NOT_GRANTED)
          assert.throws(
            () => initiator.wrapInto(pattern(size), Buffer.alloc(size + 100)),
            NOT_GRANTED,
          )
          await assert.rejects(initiator.wrapAsync(pattern(size)), NOT_GRANTED)
          initiator.wrap(pattern(size), { confidential: false })
          setFaults()
          initiator.wrap(pattern(size))
        })
      }

      for (const fault of ['wrap_iov', 'wrap_iov_length'] as const) {
        it(`a message in parts that gss_${fault} did not encrypt is refused`, async () => {
          const { client: initiator } = await establish({ mechanism })
          const parts = () =>
            [
              { type: 'header' },
              { type: 'data', buffer: pattern(100) },
              { type: 'padding' },
              { type: 'trailer' },
            ] as const
          setFaults(fault)
          assert.throws(() => initiator.wrapIov(parts()), NOT_GRANTED)
          assert.throws(() => initiator.wrapAead(pattern(100), pattern(3)), NOT_GRANTED)
          if (fault === 'wrap_iov_length') {
            assert.throws(() => initiator.wrapIovLength(parts()), NOT_GRANTED)
          }
          initiator.wrapIov(parts(), { confidential: false })
          setFaults()
          initiator.wrapIov(parts())
        })
      }

      it('a message that was not encrypted is told as such', async () => {
        const { client: initiator, server: acceptor } = await establish({ mechanism })
        for (const size of [0, 10, 5000, 20_000]) {
          for (const confidential of [true, false]) {
            const token = initiator.wrap(pattern(size), { confidential })
            assert.equal(acceptor.unwrap(token).confidential, confidential)
          }
        }
      })

      it('a message out of its place that it does not give is an error, and not an empty one', async () => {
        for (const confidential of [true, false]) {
          const { client: initiator, server: acceptor } = await establish(
            { mechanism },
            { onSequenceError: 'report' },
          )
          setFaults('unwrap')
          const late = initiator.wrap(pattern(1), { confidential })
          const code = 'GSS_S_GAP_TOKEN'
          assert.throws(() => acceptor.unwrap(initiator.wrap(pattern(1), { confidential })), {
            code,
          })
          assert.throws(() => acceptor.unwrap(late), { code: 'GSS_S_UNSEQ_TOKEN' })
          initiator.wrap(pattern(1))
          await assert.rejects(
            acceptor.unwrapAsync(initiator.wrap(pattern(500), { confidential })),
            { code },
          )
          initiator.wrap(pattern(1))
          const empty = acceptor.unwrap(initiator.wrap(pattern(0), { confidential }))
          assert.deepEqual([empty.message.length, empty.sequence], [0, 'gap'])
          setFaults()
        }
      })

      it('a stream that it says nothing of is an error, and no message', async () => {
        const { client, server } = await establish(
          { mechanism, dceStyle: true },
          { onSequenceError: 'report' },
        )
        const stream = client.wrap(pattern(100))
        setFaults('unwrap_iov')
        assert.throws(
          () => server.unwrapIov([{ type: 'stream', buffer: stream }, { type: 'data' }]),
          {
            code: 'GSS_S_GAP_TOKEN',
          },
        )
        assert.ok(stream.every((byte) => byte === 0))
      })

      it('a quality of protection reaches also the call that protects parts', async () => {
        const { client } = await establish({ mechanism })
        setFaults('any_qop')
        const parts = [{ type: 'header' }, { type: 'data', buffer: pattern(100) }] as const
        assert.throws(() => client.wrapIov(parts, { qop: 99 }), { name: 'GssError' })
        client.wrapIov(parts, { qop: 0 })
      })

      it('times past 2038 are not before 1970', async () => {
        setFaults('lucid', 'authtime')
        const { server: acceptor } = await establish({ mechanism })
        assert.equal(acceptor.krb5.authTime().getTime(), PAST_2038)
        assert.equal(acceptor.krb5.exportLucid().expires.getTime(), PAST_2038)
      })
    })
  }
})
