import assert from 'node:assert/strict'
import { Acceptor, Credential, Initiator, oidToDer } from 'gssapi'
import { children, readElement } from '../../lib/encoding/der'
import { failure, firstToken, heimdal, itUnless, SERVICE, SUITE } from '../helpers/handshake'
import { der, negTokenInit, negTokenResp, NTLM_NEGOTIATE } from '../helpers/negotiation'
import { useRealm } from '../helpers/realm'

const KRB5 = '1.2.840.113554.1.2.2'
const MSKRB5 = '1.2.840.48018.1.2.2'
const NTLM = '1.3.6.1.4.1.311.2.2.10'
const FIELDS = { state: 0xa0, mechanism: 0xa1, token: 0xa2, mic: 0xa3 }

/** What a NegTokenResp has, each as its contents. */
function fieldsOf(reply: Buffer | null) {
  assert.ok(reply)
  const choice = readElement(reply, 0)
  assert.equal(choice?.tag, 0xa1)
  const all = children(reply, readElement(reply, choice.start)!)
  const contents = (tag: number) => {
    const field = all.find((each) => each.tag === tag)
    const inner = field && readElement(reply, field.start)
    return inner && reply.subarray(inner.start, inner.end)
  }
  return {
    state: contents(FIELDS.state)?.[0],
    mechanism: contents(FIELDS.mechanism),
    token: contents(FIELDS.token),
    mic: contents(FIELDS.mic),
  }
}

const contentsOf = (oid: string) => oidToDer(oid).subarray(2)
const krb5 = () => new Initiator({ target: SERVICE })

function talk(one: Initiator, other: Acceptor): void {
  assert.equal(one.complete && other.complete, true)
  assert.equal(other.unwrap(one.wrap(Buffer.from('there'))).message.toString(), 'there')
  assert.equal(one.unwrap(other.wrap(Buffer.from('back'))).message.toString(), 'back')
}

/** The initiator's side of SPNEGO is written by the test, the mechanism inside is the library's. */
describe("SPNEGO's negotiation on the wire", () => {
  useRealm(SUITE)

  // MIT's t_spnego, test_mskrb_oid: Windows writes it first, and expects it back.
  for (const list of [[MSKRB5], [MSKRB5, KRB5], [MSKRB5, KRB5, NTLM]]) {
    for (const given of [false, true]) {
      const how = `${list.length} mechanisms, ${given ? 'with' : 'without'} a credential`
      it(`Microsoft's wrong identifier of krb5 is taken, and answered by itself: ${how}`, async () => {
        const own = () => Credential.acquire({ usage: 'accept', mechanisms: ['spnego'] })
        const acceptor = new Acceptor({
          mechanism: 'spnego',
          ...(given && { credential: await own() }),
        })
        const initiator = krb5()
        const reply = await acceptor.step(negTokenInit(list, await firstToken(initiator)))
        const { mechanism, token } = fieldsOf(reply)
        assert.ok(mechanism?.equals(contentsOf(MSKRB5)), mechanism?.toString('hex'))
        await initiator.step(token)
        assert.equal(acceptor.mechanism, 'krb5')
        talk(initiator, acceptor)
      })
    }
  }

  const ONLY_MIT = heimdal('7.8 answers a preferred mechanism that it has not in another way')
  const LIST = [NTLM, KRB5]
  const listed = (oids: string[]) => der(0x30, ...oids.map(oidToDer))

  /** As far as the acceptor's MIC, which the initiator verified. */
  async function reselected() {
    const acceptor = new Acceptor({ mechanism: 'spnego' })
    const first = fieldsOf(await acceptor.step(negTokenInit(LIST, NTLM_NEGOTIATE)))
    assert.equal(first.state, 3, 'request-mic')
    assert.ok(first.mechanism?.equals(contentsOf(KRB5)))
    assert.equal(first.token, undefined)
    const initiator = krb5()
    const reply = await acceptor.step(negTokenResp(1, '', await firstToken(initiator)))
    const second = fieldsOf(reply)
    await initiator.step(second.token)
    assert.equal(initiator.complete, true)
    assert.equal(acceptor.complete, false, 'before the MIC')
    assert.ok(second.mic)
    initiator.verifyMic(listed(LIST), second.mic)
    return { initiator, acceptor }
  }

  itUnless(ONLY_MIT, 'another mechanism than the preferred one is agreed under a MIC', async () => {
    const { initiator, acceptor } = await reselected()
    const mic = initiator.getMic(listed(LIST))
    await acceptor.step(negTokenResp(0, '', undefined, mic))
    assert.equal(acceptor.mechanism, 'krb5')
    talk(initiator, acceptor)
  })

  itUnless(ONLY_MIT, 'a list that was changed on its way is refused', async () => {
    const forge = [
      (one: Initiator) => one.getMic(listed([KRB5])),
      (one: Initiator) => one.getMic(listed([KRB5, NTLM])),
      (one: Initiator) => {
        const mic = one.getMic(listed(LIST))
        mic[mic.length - 1]! ^= 1
        return mic
      },
      () => Buffer.alloc(28),
      () => undefined,
    ]
    for (const micOf of forge) {
      const { initiator, acceptor } = await reselected()
      const token = negTokenResp(0, '', undefined, micOf(initiator))
      const error = await failure(() => acceptor.step(token))
      assert.match(error.code, /^GSS_S_(BAD_MIC|DEFECTIVE_TOKEN|FAILURE)$/)
      assert.equal(acceptor.complete, false)
      assert.throws(() => acceptor.wrap(Buffer.from('m')))
    }
  })

  const NO_MIC = heimdal('7.8 passes over a MIC in the first token')
  itUnless(NO_MIC, 'a MIC that nobody asked for is verified all the same', async () => {
    const { initiator, acceptor } = {
      initiator: krb5(),
      acceptor: new Acceptor({ mechanism: 'spnego' }),
    }
    const token = await firstToken(initiator)
    const forged = negTokenInit([KRB5], token, Buffer.alloc(28))
    const error = await failure(() => acceptor.step(forged))
    assert.match(error.code, /^GSS_S_/)
    assert.equal(acceptor.complete, false)
  })
})
