import assert from 'node:assert/strict'
import { ChannelBindings, Initiator, library, Name } from 'gssapi'
import { nativeName } from '../../lib/name/name'
import { addon } from '../helpers/addon'
import {
  converse,
  failure,
  firstToken,
  itUnless,
  MECHANISMS,
  newPair,
  SERVICE,
  SUITE,
} from '../helpers/handshake'
import { useRealm } from '../helpers/realm'

const [major = 0, minor = 0] = library().version.split('.').map(Number)
const knows = library().implementation === 'mit' && (major > 1 || minor >= 22)
const ONLY_MIT = !knows && 'only MIT krb5 1.22 and later tells of it'
const bindings = (text: string) => new ChannelBindings({ applicationData: Buffer.from(text) })
const OIDS = { krb5: '1.2.840.113554.1.2.2', spnego: '1.3.6.1.5.5.2' }
const ALL = 0x3e
const CHANNEL_BOUND = 0x800

/** What MIT's t_bindings checks with -b: GSS_C_CHANNEL_BOUND_FLAG as an initiator's wish. */
describe('an initiator that insists on its channel bindings', () => {
  useRealm(SUITE)

  for (const mechanism of MECHANISMS) {
    const pairOf = (one: string, other?: string) =>
      newPair({
        initiator: { mechanism, channelBindings: bindings(one), insistOnBindings: true },
        acceptor: other ? { channelBindings: bindings(other) } : {},
      })

    itUnless(
      ONLY_MIT,
      `${mechanism}: is accepted where they are equal, and the flag tells`,
      async () => {
        const pair = pairOf('a', 'a')
        await converse(pair)
        assert.equal(pair.acceptor.complete, true)
        assert.equal(pair.acceptor.flags.channelBound, true)
      },
    )

    itUnless(ONLY_MIT, `${mechanism}: is refused where they differ`, async () => {
      const { initiator, acceptor } = pairOf('b', 'a')
      const token = await firstToken(initiator)
      assert.equal((await failure(() => acceptor.step(token))).code, 'GSS_S_BAD_BINDINGS')
    })

    itUnless(ONLY_MIT, `${mechanism}: is accepted by an acceptor without any`, async () => {
      const pair = pairOf('a')
      await converse(pair)
      assert.equal(pair.acceptor.flags.channelBound, false)
    })

    itUnless(ONLY_MIT, `${mechanism}: says so within its first token`, async () => {
      const size = async (insistOnBindings: boolean) => {
        const options = { target: SERVICE, mechanism, channelBindings: bindings('a') }
        return (await firstToken(new Initiator({ ...options, insistOnBindings }))).length
      }
      assert.ok((await size(true)) > (await size(false)))
    })

    // The package lets nobody ask for it without bindings; a peer may, and lost its own on the way.
    for (const flag of [0, CHANNEL_BOUND]) {
      const how = flag === 0 ? 'without it is accepted' : 'with it is refused'
      itUnless(ONLY_MIT, `${mechanism}: a peer that sent no bindings, ${how}`, async () => {
        const native = addon() as unknown as {
          newInitiator(...options: unknown[]): unknown
          stepSync(context: unknown, token: Uint8Array): Buffer
        }
        const target = nativeName(Name.service('test', 'server.example.test'), 'target')
        const bare = native.newInitiator(null, target, OIDS[mechanism], ALL | flag, 0, null, [
          OIDS.krb5,
        ])
        const token = native.stepSync(bare, new Uint8Array())
        const { acceptor } = newPair({ acceptor: { channelBindings: bindings('a') } })
        if (flag === 0) {
          await acceptor.step(token)
          assert.equal(acceptor.flags.channelBound, false)
          return
        }
        assert.equal((await failure(() => acceptor.step(token))).code, 'GSS_S_BAD_BINDINGS')
        assert.equal(acceptor.complete, false)
      })
    }
  }

  it('is a mistake without bindings', () => {
    const options = { target: SERVICE, insistOnBindings: true }
    assert.throws(() => new Initiator(options), {
      code: 'ERR_INVALID_ARG_VALUE',
      name: 'TypeError',
    })
    const wrong = { ...options, insistOnBindings: 'yes' } as object
    assert.throws(() => new Initiator(wrong as typeof options), { code: 'ERR_INVALID_ARG_TYPE' })
    new Initiator({ target: SERVICE, insistOnBindings: false }).dispose()
  })

  if (ONLY_MIT !== false) {
    it('is refused where the library would not tell the acceptor', () => {
      const options = { target: SERVICE, channelBindings: bindings('a'), insistOnBindings: true }
      assert.throws(() => new Initiator(options), { name: 'GssError', code: 'ERR_GSS_UNSUPPORTED' })
    })
  }
})
