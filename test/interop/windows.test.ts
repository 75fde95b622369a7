/**
 * This package on Windows against this package on Linux: two processes, each with its own context, in both
 * directions. Run by `npm run test:wine`, once with MIT krb5 on the Linux side and once with Heimdal; and by
 * .github/workflows/windows.yml, where GSSAPI_TEST_WINDOWS says that it is a real Windows.
 */
import assert from 'node:assert/strict'
import { flipped } from '../helpers/forge'
import { ALICE, PASSWORD, pattern, SERVICE, SUITE } from '../helpers/handshake'
import { converse, Peer, type Side } from '../helpers/peer'
import { useRealm } from '../helpers/realm'

const SIZES = [0, 1, 13, 4096, 65536, 2 ** 20]
const REAL = process.env['GSSAPI_TEST_WINDOWS'] === 'real'
// Under Wine the ticket is the Unix library's. On a Windows that is in no domain nobody is logged on to the realm.
const ON_WINDOWS = REAL ? { as: { name: ALICE, password: PASSWORD } } : {}
/** Why Windows cannot accept there. */
const NO_ACCEPTOR = REAL && 'a Windows gets keys of an MIT realm only when it starts anew'
const LINUX = process.env['GSSAPI_LIBRARY'] === undefined ? 'mit' : 'heimdal'

describe(`Windows${REAL ? '' : ' (Wine)'} and Linux (${LINUX})`, function () {
  this.timeout(120_000)
  const realm = useRealm(SUITE)
  let windows: Peer
  let linux: Peer

  before('start both processes', async () => {
    // Windows delegates to what the KDC marks so, and where the realm's flags (ksetup) say that it may.
    if (REAL) await realm().kadmin(`modify_principal +ok_as_delegate ${SERVICE.replace('@', '/')}`)
    windows = await Peer.start(true, realm().env)
    linux = await Peer.start(false, realm().env)
  })
  after(() => Promise.all([windows, linux].map((peer) => peer.end())))

  it('is what it says it is', async () => {
    assert.equal(await windows.call('implementation'), REAL ? 'windows' : 'wine')
    assert.equal(await linux.call('implementation'), LINUX)
  })

  for (const fromWindows of [true, false]) {
    if (!fromWindows && NO_ACCEPTOR !== false) {
      it.skip(`Linux initiates [${NO_ACCEPTOR}]`)
      continue
    }
    describe(fromWindows ? 'Windows initiates' : 'Linux initiates', () => {
      let initiator: Side
      let acceptor: Side

      const begin = async (options = {}) => {
        const [from, to] = fromWindows ? [windows, linux] : [linux, windows]
        const own = fromWindows ? ON_WINDOWS : {}
        const sides = await converse(from, to, { target: SERVICE, ...own, ...options })
        initiator = sides.initiator
        acceptor = sides.acceptor
      }
      const directions = () =>
        [
          [initiator, acceptor],
          [acceptor, initiator],
        ] as const
      beforeEach(() => begin())

      it('both sides are established, and know the initiator', async () => {
        for (const side of [initiator, acceptor]) {
          const { complete, initiator: name, mechanism } = await side.facts()
          assert.deepEqual([complete, name, mechanism], [true, ALICE, 'krb5'])
        }
      })

      for (const confidential of [true, false]) {
        const kind = confidential ? 'confidential' : 'integrity-only'
        for (const size of SIZES) {
          it(`${kind} messages of ${size} bytes arrive, both ways`, async () => {
            const message = pattern(size)
            for (const [from, to] of directions()) {
              const received = await to.unwrap(await from.wrap(message, confidential))
              assert.ok(received.message.equals(message))
              assert.equal(received.confidential, confidential)
            }
          })
        }

        it(`${kind}: a message that was tampered with is refused`, async () => {
          for (const [from, to] of directions()) {
            const token = await from.wrap(pattern(100), confidential)
            await assert.rejects(to.unwrap(flipped(token, token.length - 5)), {
              code: 'GSS_S_BAD_MIC',
            })
          }
        })

        it(`${kind}: a message that is repeated is refused`, async () => {
          for (const [from, to] of directions()) {
            const token = await from.wrap(pattern(100), confidential)
            await to.unwrap(token)
            await assert.rejects(to.unwrap(token), { code: 'GSS_S_DUPLICATE_TOKEN' })
          }
        })
      }

      for (const size of SIZES) {
        it(`MICs over ${size} bytes verify, both ways`, async () => {
          for (const [from, to] of directions()) {
            await to.verifyMic(pattern(size), await from.getMic(pattern(size)))
          }
        })
      }

      it('a MIC over another message is refused', async () => {
        for (const [from, to] of directions()) {
          const mic = await from.getMic(pattern(100))
          await assert.rejects(to.verifyMic(pattern(100, 2), mic), { code: 'GSS_S_BAD_MIC' })
        }
      })

      if (fromWindows) {
        it('a credential that Windows delegates arrives', async () => {
          await begin({ delegation: true })
          assert.equal(await acceptor.delegated(), ALICE)
        })
      } else {
        it.skip('a credential that Linux delegates arrives [Wine gives no delegated credential]')
      }
    })
  }
})
