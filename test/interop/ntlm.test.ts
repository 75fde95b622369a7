import assert from 'node:assert/strict'
import {
  Acceptor,
  Credential,
  describeMechanism,
  Initiator,
  mechanisms,
  Name,
  SecurityContext,
} from 'gssapi'
import { converse, failure, itUnless, SERVICE } from '../helpers/handshake'
import { noNtlm, useNtlm } from '../helpers/ntlm'

const PASSWORD = 'Tea-Party-4'
const OID = '1.3.6.1.4.1.311.2.2.10'
const NTLMSSP = Buffer.from('NTLMSSP\0')

/** It has no mutual authentication, and is not negotiated unless it is named: interop/ntlm-policy. */
const POLICY = { mutual: false, negotiate: ['ntlm'] }

const alice = (password = PASSWORD, spnego = false) =>
  Credential.acquire({
    name: Name.user('alice@TEST'),
    password,
    mechanisms: spnego ? ['ntlm', 'spnego'] : ['ntlm'],
  })

async function pair(spnego: boolean, password = PASSWORD) {
  const mechanism = spnego ? 'spnego' : 'ntlm'
  const credential = await alice(password, spnego)
  const own = await Credential.acquire({ usage: 'accept', mechanisms: [mechanism] })
  return {
    initiator: new Initiator({ target: SERVICE, mechanism, credential, ...POLICY }),
    acceptor: new Acceptor({ credential: own, negotiate: ['ntlm'] }),
  }
}

/** No KDC is asked and none is there: NTLM's three messages are between the two. */
describe('NTLM', () => {
  useNtlm([`TEST:alice:${PASSWORD}`])

  itUnless(noNtlm, 'it is not among the mechanisms, or says nothing of itself', async () => {
    const ntlm = mechanisms().find(({ oid }) => oid === OID)
    assert.equal(ntlm?.mechanism, 'ntlm')
    assert.ok(ntlm.attributes.includes('GSS_C_MA_AUTH_INIT'))
    assert.equal(describeMechanism('ntlm').name, ntlm.name)
    assert.ok(mechanisms({ desired: ['GSS_C_MA_AUTH_INIT'] }).some(({ oid }) => oid === OID))
  })

  itUnless(
    noNtlm,
    'a mechanism that tells no types of names stops an enquiry over all',
    async () => {
      assert.deepEqual(describeMechanism('ntlm').nameTypes, [])
      assert.ok(Name.user('alice').mechanisms().includes('krb5'))
      assert.ok(describeMechanism('krb5').nameTypes.includes('principal'))
    },
  )

  for (const spnego of [false, true]) {
    const how = spnego ? 'under SPNEGO' : 'raw'

    itUnless(noNtlm, `${how}: no context, or messages that do not arrive`, async () => {
      const { initiator, acceptor } = await pair(spnego)
      const sent = await converse({ initiator, acceptor })
      assert.deepEqual(sent, spnego ? [2, 2] : [2, 1])
      for (const side of [initiator, acceptor]) {
        assert.equal(side.complete, true)
        assert.equal(side.mechanism, 'ntlm')
      }
      assert.equal(String(acceptor.initiatorName), 'TEST\\alice')
      assert.equal(acceptor.acceptorName, null)
      for (const size of [1, 1000, 70_000]) {
        const message = Buffer.alloc(size, 'm')
        for (const confidential of [true, false]) {
          const there = acceptor.unwrap(initiator.wrap(message, { confidential }))
          assert.ok(there.message.equals(message))
          const back = initiator.unwrap(acceptor.wrap(message, { confidential }))
          assert.ok(back.message.equals(message))
        }
        acceptor.verifyMic(message, initiator.getMic(message))
      }
      assert.ok(initiator.sessionKey().key.equals(acceptor.sessionKey().key))
    })

    itUnless(noNtlm, `${how}: a wrong password is accepted, or shown`, async () => {
      const error = await failure(async () => converse(await pair(spnego, 'Hatters-5')))
      assert.match(error.code, /^GSS_S_/)
      assert.doesNotMatch(String(error), /Hatters/)
    })

    itUnless(noNtlm, `${how}: an altered message is read`, async () => {
      const { initiator, acceptor } = await pair(spnego)
      await converse({ initiator, acceptor })
      const token = initiator.wrap(Buffer.from('a secret'))
      token[token.length - 1]! ^= 1
      assert.throws(() => acceptor.unwrap(token), { name: 'GssError' })
    })
  }

  for (const mechanisms of [['ntlm'], ['spnego'], ['ntlm', 'spnego'], undefined]) {
    const which = mechanisms?.join(' and ') ?? 'any mechanism'
    itUnless(
      noNtlm,
      `an acceptor’s credential of ${which} ends the process when asked`,
      async () => {
        const usage = 'accept'
        const credential = await Credential.acquire(mechanisms ? { usage, mechanisms } : { usage })
        const { name, mechanisms: found } = await credential.inquire()
        assert.equal(name, null)
        assert.equal((await credential.inquire()).usage, usage)
        for (const mechanism of found) {
          await credential.inquire({ mechanism }).catch((error: unknown) => {
            assert.match((error as { code: string }).code, /^GSS_S_/)
          })
        }
      },
    )
  }

  // GSS_NTLMSSP_RESET_CRYPTO_OID, of gss-ntlmssp's own header: the value is whether to verify.
  itUnless(noNtlm, 'an option that the mechanism has is refused, or another is taken', async () => {
    const { initiator, acceptor } = await pair(false)
    await converse({ initiator, acceptor })
    initiator.setOption('1.3.6.1.4.1.7165.655.1.3', Buffer.alloc(4))
    assert.throws(
      () => {
        initiator.setOption('1.3.6.1.4.1.7165.655.1.99', Buffer.alloc(4))
      },
      { name: 'GssError', code: 'GSS_S_UNAVAILABLE' },
    )
  })

  itUnless(noNtlm, 'who asks to be anonymous sends a name', async () => {
    const credential = await alice()
    for (const mutual of [true, false]) {
      const options = { mechanism: 'ntlm', credential, anonymous: true, mutual }
      const error = await failure(() => new Initiator({ target: SERVICE, ...options }).step())
      assert.equal(error.code, 'ERR_GSS_PROTECTION_NOT_GRANTED')
    }
  })

  // Between its messages either side may leave: an HTTP server does, which keeps nothing between two requests.
  itUnless(noNtlm, 'half a context does not go on elsewhere, or as somebody else', async () => {
    const { initiator, acceptor } = await pair(false)
    const challenge = await acceptor.step(await initiator.step())
    const [client, service] = [await initiator.export(), await acceptor.export()]
    for (const token of [client, service]) {
      const error = await failure(() => SecurityContext.import(token))
      assert.equal(error.code, 'GSS_S_NO_CRED')
    }
    const own = await Credential.acquire({ usage: 'accept', mechanisms: ['ntlm'] })
    const there = await SecurityContext.import(client, { credential: await alice() })
    const here = await SecurityContext.import(service, { credential: own })
    await here.step(await there.step(challenge))
    assert.ok(there.complete && here.complete)
    assert.match(String(here.initiatorName), /^TEST\\alice/)
    assert.equal(here.unwrap(there.wrap(Buffer.from('m'))).message.toString(), 'm')
    assert.equal(there.unwrap(here.wrap(Buffer.from('m'))).message.toString(), 'm')
  })

  itUnless(noNtlm, "SPNEGO's tokens have NTLM's inside, and raw ones begin with them", async () => {
    const raw = await (await pair(false)).initiator.step()
    assert.ok(raw?.subarray(0, 8).equals(NTLMSSP))
    const negotiated = await (await pair(true)).initiator.step()
    assert.ok(negotiated?.includes(NTLMSSP))
  })

  itUnless(noNtlm, 'an altered or cut token ends the process', async () => {
    const negotiate = await (await pair(false)).initiator.step()
    assert.ok(negotiate)
    const forged = [
      ...[0, 1, 8, 12, 16, negotiate.length - 1].map((size) => negotiate.subarray(0, size)),
      ...Array.from(negotiate.keys(), (at) => {
        const copy = Buffer.from(negotiate)
        copy[at]! ^= 0xff
        return copy
      }),
    ]
    for (const token of forged) {
      const { acceptor } = await pair(false)
      await acceptor.step(token).catch((error: unknown) => {
        assert.match((error as { code: string }).code, /^GSS_S_/)
      })
    }
  })
})
