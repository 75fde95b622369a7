import assert from 'node:assert/strict'
import { Acceptor, Credential, Initiator, Name } from 'gssapi'
import { assertHint } from '../helpers/failure'
import { converse, failure, MECHANISMS } from '../helpers/handshake'
import { useRbcdRealm } from '../helpers/rbcd-realm'

const HOST = 'server.example.test'
const ALICE = 'alice@EXAMPLE.TEST'
const BOB = 'bob@EXAMPLE.TEST'
const service = (name: string) => `${name}/${HOST}@EXAMPLE.TEST`

describe('resource-based constrained delegation: the target has the say', () => {
  const realm = useRbcdRealm(
    {
      principals: { alice: 'white-Rabbit-7', bob: 'a-password-nobody-uses', nobody: 'x' },
      services: ['front', 'stranger', 'back', 'other'].map((name) => `${name}@${HOST}`),
    },
    { [service('back')]: [service('front')] },
  )
  let caches = 0

  // Nobody's test passes because the process's own ticket was used instead.
  before(() => realm().kinit('nobody'))

  function own(name: string, usage: 'initiate' | 'both'): Promise<Credential> {
    const { keytab } = realm()
    return Credential.acquire({
      name: Name.principal(service(name)),
      usage,
      store: { ccache: `MEMORY:rbcd-${name}${caches++}`, keytab, clientKeytab: keytab },
    })
  }

  /** Whom the target sees. */
  async function seenBy(target: string, credential: Credential, mechanism = 'krb5') {
    const acceptor = new Acceptor()
    const initiator = new Initiator({
      credential,
      mechanism,
      target: Name.principal(service(target)),
    })
    await converse({ initiator, acceptor })
    return String(acceptor.initiatorName)
  }

  /** What a service may do with a client's ticket. */
  async function clientOf(name: string, forwardable: boolean): Promise<Credential> {
    const ccache = await realm().kinit('alice', { ccache: `alice-${forwardable}`, forwardable })
    const credential = await Credential.acquire({ store: { ccache } })
    const acceptor = new Acceptor({ credential: await own(name, 'both') })
    const initiator = new Initiator({ credential, target: Name.principal(service(name)) })
    await converse({ initiator, acceptor })
    const delegated = acceptor.delegatedCredential
    assert.ok(delegated)
    return delegated
  }

  for (const mechanism of MECHANISMS) {
    it(`${mechanism}: for a user who never came, where the target allows the service`, async () => {
      const front = await own('front', 'initiate')
      const credential = await front.impersonate(BOB, { mechanisms: [mechanism] })
      assert.equal(await seenBy('back', credential, mechanism), BOB)
    })
  }

  it('a service that the target does not allow is refused, with what to do about it', async () => {
    const credential = await (await own('stranger', 'initiate')).impersonate(BOB)
    const error = await failure(() => seenBy('back', credential))
    assert.equal(error.code, 'GSS_S_FAILURE')
    assert.equal(error.minorName, 'KRB5KDC_ERR_BADOPTION')
    assertHint(error, /msDS-AllowedToActOnBehalfOfOtherIdentity/)
  })

  it('a target that allows nobody is not reached', async () => {
    const credential = await (await own('front', 'initiate')).impersonate(BOB)
    const error = await failure(() => seenBy('other', credential))
    assert.equal(error.minorName, 'KRB5KDC_ERR_BADOPTION')
  })

  it('for a client who came with a ticket', async () => {
    assert.equal(await seenBy('back', await clientOf('front', true)), ALICE)
  })

  it('a ticket that is not forwardable is not enough for MIT’s KDC', async () => {
    const credential = await clientOf('front', false)
    const error = await failure(() => seenBy('back', credential))
    assert.equal(error.minorName, 'KRB5KDC_ERR_BADOPTION')
    assertHint(error, /must be forwardable/)
  })

  it('another service gets nowhere with a client’s ticket', async () => {
    const credential = await clientOf('stranger', true)
    const error = await failure(() => seenBy('back', credential))
    assert.equal(error.minorName, 'KRB5KDC_ERR_BADOPTION')
  })
})
