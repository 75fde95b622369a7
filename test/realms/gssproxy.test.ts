import assert from 'node:assert/strict'
import { Acceptor, Credential, Initiator, Name, verifyPassword } from 'gssapi'
import { noGssproxy, useGssproxy } from '../helpers/gssproxy'
import {
  ALICE,
  converse,
  failure,
  firstToken,
  itUnless,
  MECHANISMS,
  type Pair,
  pattern,
  SERVICE,
  SUITE,
} from '../helpers/handshake'
import { useRealm } from '../helpers/realm'

/** What krb5 exports for alice, whoever is asked: what an access list of exported names holds. */
const EXPORTED = Buffer.concat([
  Buffer.from('0401000b06092a864886f71201020200000012', 'hex'),
  Buffer.from(ALICE),
])

/** As the web services of RHEL and Fedora run: the keys are with a daemon, this process can read none. */
describe('a service whose keys are with gssproxy', () => {
  const realm = useRealm(SUITE)
  let ticket = ''
  before('tickets of clients', async () => {
    ticket = await realm().kinit('alice', { ccache: 'client', forwardable: true })
  })
  useGssproxy(() => ({
    realm: realm(),
    section: (dir) => [`cred_store = keytab:${realm().keytab}`, `cred_store = ccache:${dir}/cc_%U`],
  }))

  async function pair(mechanism: string, options: object = {}): Promise<Pair> {
    const credential = await Credential.acquire({ store: { ccache: ticket } })
    const made = {
      initiator: new Initiator({ target: SERVICE, credential, mechanism, ...options }),
      acceptor: new Acceptor(),
    }
    await converse(made)
    assert.equal(made.acceptor.complete, true)
    return made
  }

  for (const mechanism of MECHANISMS) {
    itUnless(noGssproxy, `${mechanism}: accepts, and exchanges messages of any size`, async () => {
      const { initiator, acceptor } = await pair(mechanism)
      for (const size of [0, 1, 1000, 70_000]) {
        const message = pattern(size)
        assert.ok(acceptor.unwrap(initiator.wrap(message)).message.equals(message))
        assert.ok(initiator.unwrap(acceptor.wrap(message)).message.equals(message))
        acceptor.verifyMic(message, initiator.getMic(message))
      }
      assert.ok(initiator.sessionKey().key.equals(acceptor.sessionKey().key))
      const input = Buffer.from('input')
      assert.ok(initiator.prf(input, 40).equals(acceptor.prf(input, 40)))
      assert.equal(acceptor.mechanism, 'krb5')
      assert.ok(acceptor.lifetime !== null && acceptor.lifetime > 3600)
    })

    itUnless(noGssproxy, `${mechanism}: the initiator's name is krb5's own`, async () => {
      const { acceptor } = await pair(mechanism)
      const name = acceptor.initiatorName
      assert.ok(name)
      assert.equal(String(name), ALICE)
      assert.equal(name.mechanism, 'krb5')
      assert.ok(name.export().equals(EXPORTED))
      for (const same of [
        Name.principal(ALICE),
        Name.principal('alice'),
        Name.exported(EXPORTED),
      ]) {
        assert.equal(name.equals(same), true)
        assert.equal(same.equals(name), true)
      }
      const other = await Name.principal('alicia').canonicalize()
      assert.equal(name.equals(other), false)
      assert.equal(other.equals(name), false)
    })

    itUnless(noGssproxy, `${mechanism}: refuses to export a context, which goes on`, async () => {
      const { initiator, acceptor } = await pair(mechanism)
      for (const context of [initiator, acceptor]) {
        const error = await failure(() => context.export())
        assert.equal(error.code, 'ERR_GSS_UNSUPPORTED')
        assert.match(error.message, /gssproxy/)
      }
      const message = acceptor.unwrap(initiator.wrap(Buffer.from('still here'))).message
      assert.equal(String(message), 'still here')
      const half = new Initiator({ target: SERVICE, mechanism, credential: await own() })
      await firstToken(half)
      assert.equal((await failure(() => half.export())).code, 'ERR_GSS_UNSUPPORTED')
    })

    itUnless(noGssproxy, `${mechanism}: a delegated credential acts as the client`, async () => {
      const { acceptor } = await pair(mechanism, { delegation: true })
      const credential = acceptor.delegatedCredential
      assert.ok(credential)
      const behind = {
        initiator: new Initiator({ target: SERVICE, credential }),
        acceptor: new Acceptor(),
      }
      await converse(behind)
      assert.equal(String(behind.acceptor.initiatorName), ALICE)
    })
  }

  const own = () => Credential.acquire({ store: { ccache: ticket } })

  itUnless(noGssproxy, 'refuses an option of a context, and does not write behind it', async () => {
    const { acceptor } = await pair('krb5')
    const error = await failure(() =>
      acceptor.setOption('1.2.840.113554.1.2.2.5.9', Buffer.alloc(4)),
    )
    assert.equal(error.code, 'ERR_GSS_UNSUPPORTED')
  })

  itUnless(noGssproxy, 'an acceptor’s credential tells whose key it is', async () => {
    const credential = await Credential.acquire({ usage: 'accept' })
    const { name, usage, mechanisms } = await credential.inquire()
    assert.match(String(name), /^test\/server\.example\.test@/)
    assert.equal(usage, 'accept')
    assert.ok(mechanisms.includes('krb5'))
    assert.ok(!mechanisms.some((each) => each.startsWith('2.16.840')))
    assert.match((await failure(() => credential.export())).code, /^(GSS_S_|ERR_GSS_)/)
  })

  itUnless(noGssproxy, 'a right password is verified with the proxy’s key', async () => {
    const name = await verifyPassword('alice', SUITE.principals.alice, { service: SERVICE })
    assert.equal(String(name), ALICE)
    assert.ok(name.export().equals(EXPORTED))
  })

  itUnless(noGssproxy, 'a wrong password is called wrong', async () => {
    const error = await failure(() => verifyPassword('alice', 'no', { service: SERVICE }))
    assert.equal(error.code, 'ERR_GSS_PASSWORD_WRONG')
  })

  itUnless(noGssproxy, 'a token that comes twice is a replay', async () => {
    const token = await firstToken(new Initiator({ target: SERVICE, credential: await own() }))
    await new Acceptor().step(token)
    const error = await failure(() => new Acceptor().step(token))
    assert.equal(error.minorName, 'KRB5KRB_AP_ERR_REPEAT')
  })

  itUnless(noGssproxy, 'a service without a key in the proxy is told where to look', async () => {
    const stranger = Credential.acquire({ usage: 'accept', name: 'unknown@server.example.test' })
    const error = await failure(() => stranger)
    assert.match(error.hint ?? '', /gssproxy/)
    assert.doesNotMatch(error.hint ?? '', /kinit|klist/)
  })

  itUnless(noGssproxy, 'an initiator that the proxy has no ticket for is told so', async () => {
    const error = await failure(() => new Initiator({ target: SERVICE }).step())
    assert.match(error.hint ?? '', /gssproxy/)
    assert.doesNotMatch(error.hint ?? '', /kinit/)
  })
})
