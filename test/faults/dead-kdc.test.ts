import assert from 'node:assert/strict'
import { Credential, type GssError, Initiator } from 'gssapi'
import { assertHint, failure } from '../helpers/failure'
import { useRealm } from '../helpers/realm'
import { dispose, establish, PAIR_REALM, SERVICE } from '../helpers/pair'

function saysUnreachable(error: GssError, code = 'GSS_S_FAILURE'): void {
  assert.equal(error.code, code)
  assert.equal(error.minorName, 'KRB5_KDC_UNREACH')
  assert.match(error.message, /EXAMPLE\.TEST/)
  assertHint(error, /No KDC of the realm answered/)
}

describe('a KDC that is down', function () {
  this.timeout(60_000)
  const realm = useRealm(PAIR_REALM)
  beforeEach(() => realm().stopKdc())
  afterEach(() => realm().startKdc())

  it('a handshake that needs a ticket does not say what is the matter', async () => {
    saysUnreachable(await failure(() => new Initiator({ target: SERVICE }).step()))
  })

  it('an acquisition by password does not say what is the matter', async () => {
    const error = await failure(() => Credential.acquire({ name: 'alice', password: 'secret' }))
    saysUnreachable(error, 'GSS_S_NO_CRED')
    assert.doesNotMatch(error.message, /secret/)
  })

  it('a KDC that dies between the two tickets and comes back spoils the credential', async () => {
    await realm().startKdc()
    const ccache = await realm().kinit('alice', { ccache: 'between' })
    const credential = await Credential.acquire({ store: { ccache } })
    await realm().stopKdc()
    saysUnreachable(await failure(() => new Initiator({ target: SERVICE, credential }).step()))
    await realm().startKdc()
    const pair = await establish({ credential })
    assert.equal(pair.server.initiatorName?.toString(), 'alice@EXAMPLE.TEST')
    dispose(pair)
  })

  it('a service whose ticket is there already needs the KDC', async () => {
    await realm().startKdc()
    const ccache = await realm().kinit('alice', { ccache: 'both' })
    const credential = await Credential.acquire({ store: { ccache } })
    dispose(await establish({ credential }))
    await realm().stopKdc()
    dispose(await establish({ credential }))
  })
})
