/** What Windows has and Wine has not, as the shim has it by Windows' documentation: is it asked for, read, and given back? */
import assert from 'node:assert/strict'
import { Acceptor, Credential, Initiator, Name, SecurityContext } from 'gssapi'
import {
  ALICE,
  converse,
  established,
  failure,
  firstToken,
  newPair,
  pattern,
  SERVICE,
  SUITE,
} from '../helpers/handshake'
import { useRealm } from '../helpers/realm'
import { type Ledger, shim } from './shim'

const SEC_E = { targetUnknown: 0x80090303, logonDenied: 0x8009030c, internal: 0x80090304 }
const ISC_RET_EXTENDED_ERROR = 0x4000
const ASC_RET_EXTENDED_ERROR = 0x8000
const SECPKG_ATTR_SIZES = 0
const KRB_ERROR = Buffer.from('7e033001ff', 'hex')

describe('contexts over SSPI', () => {
  useRealm(SUITE)
  let before: Ledger
  beforeEach(() => (before = shim.ledger()))
  afterEach(() => shim.emulate({}))

  const open: { dispose(): void }[] = []
  const pair = async (...options: Parameters<typeof established>) => {
    const made = await established(...options)
    open.push(made.initiator, made.acceptor)
    return made
  }
  /** What was taken since the test began is back. */
  function assertGivenBack(): void {
    for (const each of open.splice(0)) each.dispose()
    assert.deepEqual({ ...shim.ledger(), acquiredAsInitiator: before.acquiredAsInitiator }, before)
  }

  describe('CompleteAuthToken', () => {
    it('is left out, where a package wants it for each token', async () => {
      shim.emulate({ completeAuthToken: true })
      const { initiator, acceptor } = await pair()
      assert.ok(acceptor.unwrap(initiator.wrap(pattern(10))).message.equals(pattern(10)))
      assertGivenBack()
    })

    it('is thought to have succeeded where it failed, or leaves the context behind', async () => {
      shim.emulate({ completeAuthToken: true })
      shim.plan('CompleteAuthToken', SEC_E.internal)
      const initiator = new Initiator({ target: SERVICE })
      open.push(initiator)
      assert.equal((await failure(() => initiator.step())).status, 'SEC_E_INTERNAL_ERROR')
      assert.equal(initiator.complete, false)
      assertGivenBack()
    })
  })

  describe('error tokens', () => {
    it('an acceptor does not hand over what it has for the peer', async () => {
      const token = await firstToken(new Initiator({ target: SERVICE }))
      shim.plan('AcceptSecurityContext', SEC_E.logonDenied, {
        attributes: ASC_RET_EXTENDED_ERROR,
        token: KRB_ERROR,
      })
      const error = await failure(() => new Acceptor().step(token))
      assert.deepEqual(error.token, KRB_ERROR)
    })

    it('an initiator does not hand over what it has for the peer', async () => {
      shim.plan('InitializeSecurityContextW', SEC_E.targetUnknown, {
        attributes: ISC_RET_EXTENDED_ERROR,
        token: KRB_ERROR,
      })
      const error = await failure(() => new Initiator({ target: SERVICE }).step())
      assert.deepEqual(error.token, KRB_ERROR)
    })

    it('memory that is none of a token is taken for one', async () => {
      shim.plan('InitializeSecurityContextW', SEC_E.targetUnknown, {
        attributes: ISC_RET_EXTENDED_ERROR, // and the buffer as it was
      })
      assert.equal(
        (await failure(() => new Initiator({ target: SERVICE }).step())).token,
        undefined,
      )
      shim.plan('InitializeSecurityContextW', SEC_E.targetUnknown, { token: KRB_ERROR })
      assert.equal(
        (await failure(() => new Initiator({ target: SERVICE }).step())).token,
        undefined,
      )
    })
  })

  it('a first call that fails has a context deleted that was never made', async () => {
    shim.plan('InitializeSecurityContextW', SEC_E.targetUnknown)
    const initiator = new Initiator({ target: SERVICE })
    open.push(initiator)
    await failure(() => initiator.step())
    assertGivenBack()
  })

  it('a context that cannot tell its sizes passes for established, or stays', async () => {
    const { initiator, acceptor } = newPair()
    open.push(initiator, acceptor)
    const token = await firstToken(initiator)
    shim.plan(`QueryContextAttributesW/${SECPKG_ATTR_SIZES}`, SEC_E.internal)
    const error = await failure(() => acceptor.step(token))
    assert.deepEqual(
      [error.call, error.status],
      ['QueryContextAttributesW', 'SEC_E_INTERNAL_ERROR'],
    )
    assert.equal(acceptor.complete, false)
    assert.equal((await failure(() => acceptor.wrap(pattern(1)))).code, 'ERR_GSS_NOT_ESTABLISHED')
    assertGivenBack()
  })

  it('the session key is another, has no type, or its memory is kept', async () => {
    const key = pattern(32)
    shim.emulate({ sessionKey: key, enctype: 18 })
    const { initiator } = await pair()
    assert.deepEqual(initiator.sessionKey(), { type: 18, key })
    shim.emulate({ sessionKey: key })
    assert.deepEqual(initiator.sessionKey(), { type: 0, key })
    assertGivenBack()
  })

  it('a user of Windows is not told where the package has no native names', async () => {
    shim.emulate({ nativeNames: false, userName: String.raw`EXAMPLE\alice` })
    const { initiator, acceptor } = await pair()
    assert.equal(acceptor.initiatorName?.toString(), String.raw`EXAMPLE\alice`)
    assert.equal(acceptor.initiatorName.type, 'user')
    assert.equal(initiator.acceptorName?.toString(), SERVICE)
    assertGivenBack()
  })

  it('a name that nobody tells is made up', async () => {
    shim.emulate({ nativeNames: false })
    const { acceptor } = await pair()
    assert.equal(acceptor.initiatorName, null)
    assertGivenBack()
  })

  it('the owner of a credential is not told', async () => {
    shim.emulate({ userName: ALICE })
    const credential = await Credential.acquire()
    open.push(credential)
    assert.equal((await credential.inquire()).name?.toString(), ALICE)
    assertGivenBack()
  })

  it('what Negotiate chose is not told', async () => {
    for (const [negotiated, mechanism] of [
      ['NTLM', 'ntlm'],
      ['pku2u', 'pku2u'],
    ] as const) {
      shim.emulate({ negotiated })
      const negotiate = ['krb5', mechanism]
      const { initiator } = await pair({
        initiator: { mechanism: 'spnego', negotiate, mutual: false },
        acceptor: { negotiate },
      })
      assert.equal(initiator.mechanism, mechanism)
    }
    assertGivenBack()
  })

  it('what Negotiate chose is taken, though nobody named it', async () => {
    for (const negotiated of ['NTLM', 'pku2u']) {
      shim.emulate({ negotiated })
      const made = newPair({ initiator: { mechanism: 'spnego' } })
      open.push(made.initiator, made.acceptor)
      assert.equal((await failure(() => converse(made))).code, 'GSS_S_BAD_MECH')
      assert.deepEqual([made.initiator.complete, made.acceptor.complete], [false, false])
    }
    assertGivenBack()
  })

  describe('delegation', () => {
    const delegating = { initiator: { delegation: true } }

    it('the delegated credential is not acquired as the initiator, or the thread remains the initiator', async () => {
      shim.emulate({ impersonation: true })
      const { acceptor } = await pair(delegating)
      assert.equal(acceptor.flags.delegation, true)
      const credential = acceptor.delegatedCredential
      assert.ok(credential)
      open.push(credential)
      assert.equal(shim.ledger().acquiredAsInitiator - before.acquiredAsInitiator, 1)
      assert.equal(shim.ledger().impersonations, before.impersonations)
      const again = await pair({ initiator: { credential } })
      assert.equal(again.acceptor.initiatorName?.toString(), ALICE)
      assertGivenBack()
    })

    it('a context that delegates nothing is impersonated', async () => {
      shim.emulate({ impersonation: true })
      assert.equal((await pair()).acceptor.delegatedCredential, null)
      assert.equal(shim.ledger().acquiredAsInitiator, before.acquiredAsInitiator)
      assertGivenBack()
    })

    it('what cannot be had breaks the context', async () => {
      shim.emulate({ impersonation: true })
      shim.plan('ImpersonateSecurityContext', 0x8009030b)
      assert.equal((await pair(delegating)).acceptor.delegatedCredential, null)
      const { initiator, acceptor } = newPair(delegating)
      open.push(initiator, acceptor)
      const token = await firstToken(initiator)
      const credential = await Credential.acquire({ usage: 'accept' })
      open.push(credential)
      const ready = new Acceptor({ credential })
      open.push(ready)
      shim.plan('AcquireCredentialsHandleW', 0x8009030e)
      await ready.step(token)
      assert.equal(ready.complete, true)
      assert.equal(ready.delegatedCredential, null)
      assertGivenBack()
    })
  })

  describe('export', () => {
    it('a context that was exported does not go on, or is another', async () => {
      shim.emulate({ transfer: true })
      for (const side of ['initiator', 'acceptor'] as const) {
        const made = await pair()
        const peer = side === 'initiator' ? made.acceptor : made.initiator
        const read = peer.wrap(pattern(20))
        made[side].unwrap(read)
        const token = await made[side].export()
        const again = await SecurityContext.import(token)
        open.push(again)
        assert.deepEqual(
          [again.complete, again.mechanism, again.isInitiator],
          [true, 'krb5', side === 'initiator'],
        )
        assert.deepEqual(again.flags, { ...made[side].flags })
        assert.throws(() => again.unwrap(read), { code: 'GSS_S_DUPLICATE_TOKEN' })
        assert.ok(again.unwrap(peer.wrap(pattern(30))).message.equals(pattern(30)))
        assert.ok(peer.unwrap(again.wrap(pattern(40))).message.equals(pattern(40)))
      }
      assertGivenBack()
    })

    it('an export that fails takes the context with it', async () => {
      shim.emulate({ transfer: true })
      const { initiator, acceptor } = await pair()
      shim.plan('ExportSecurityContext', SEC_E.internal)
      assert.equal((await failure(() => initiator.export())).status, 'SEC_E_INTERNAL_ERROR')
      assert.ok(acceptor.unwrap(initiator.wrap(pattern(10))).message.equals(pattern(10)))
      assertGivenBack()
    })

    it('an import that fails leaves half a context behind', async () => {
      shim.emulate({ transfer: true })
      const { initiator } = await pair()
      const token = await initiator.export()
      shim.plan('ImportSecurityContextW', SEC_E.internal)
      const error = await failure(() => SecurityContext.import(token))
      assert.equal(error.status, 'SEC_E_INTERNAL_ERROR')
      const sizes = `QueryContextAttributesW/${SECPKG_ATTR_SIZES}`
      shim.plan(sizes, SEC_E.internal)
      assert.equal((await failure(() => SecurityContext.import(token))).call, sizes.split('/')[0])
      assertGivenBack()
    })
  })

  it('handles or memory are kept after many conversations, good and bad', async () => {
    for (let i = 0; i < 20; i++) {
      const { initiator, acceptor } = await pair()
      acceptor.unwrap(initiator.wrap(pattern(100)))
      assert.ok(acceptor.initiatorName)
      const refused = new Acceptor()
      open.push(refused)
      await failure(() => refused.step(Buffer.from('no token')))
      const unknown = new Initiator({ target: 'nobody@unknown.example.test' })
      open.push(unknown)
      await failure(() => unknown.step())
      const credential = await Credential.acquire()
      await credential.inquire()
      credential.dispose()
      const denied = { name: ALICE, password: 'no such password' }
      await Credential.acquire(denied).then(
        (wrong) => wrong.dispose(),
        () => {},
      )
    }
    assertGivenBack()
  })
})

describe('names and packages over SSPI', () => {
  useRealm(SUITE)

  it('a name that SSPI would cut is taken for another', async () => {
    const long = 'x'.repeat(32_760)
    assert.throws(() => Name.principal(`${long}@EXAMPLE.TEST`), { code: 'GSS_S_BAD_NAME' })
    assert.throws(() => Name.service(long, 'server.example.test'), { code: 'GSS_S_BAD_NAME' })
    assert.throws(() => new Initiator({ target: `${long}/host@EXAMPLE.TEST` }), {
      code: 'GSS_S_BAD_NAME',
    })
    assert.ok(Name.principal(`${'x'.repeat(32_000)}@EXAMPLE.TEST`))
    // As many bytes of UTF-8, but a third of the units of UTF-16.
    assert.ok(Name.principal(`${'\u20ac'.repeat(20_000)}@EXAMPLE.TEST`))
    const password = 'x'.repeat(40_000)
    const error = await failure(() => Credential.acquire({ name: ALICE, password }))
    assert.match(error.message, /longer than SSPI can hold/)
    const domain = await failure(() =>
      Credential.acquire({ name: ALICE, password: 'x', domain: password }),
    )
    assert.match(domain.message, /longer than SSPI can hold/)
  })

  it('a package that does not exist is another failure', async () => {
    for (const mechanism of ['NoSuchPackage', '1.2.3.4']) {
      const error = await failure(() => new Initiator({ target: SERVICE, mechanism }).step())
      assert.equal(error.code, 'GSS_S_BAD_MECH', mechanism)
      const acquired = await failure(() => Credential.acquire({ mechanisms: [mechanism] }))
      assert.equal(acquired.code, 'GSS_S_BAD_MECH', mechanism)
    }
  })

  it('a package is known in one case of letters only', async () => {
    const { initiator } = await established({ initiator: { mechanism: 'kerberos' } })
    assert.equal(initiator.mechanism, 'krb5')
    initiator.dispose()
  })

  it('a wrong password is a right one', async () => {
    const error = await failure(async () => {
      const credential = await Credential.acquire({ name: ALICE, password: 'wrong' })
      await new Initiator({ target: SERVICE, credential }).step()
    })
    assert.ok(['GSS_S_NO_CRED', 'GSS_S_FAILURE'].includes(error.code), error.code)
  })
})
