import assert from 'node:assert/strict'
import { createHash, createHmac } from 'node:crypto'
import { Credential, GssError, type Initiator, type LucidContext } from 'gssapi'
import {
  established,
  failure,
  firstToken,
  heimdal,
  itUnless,
  MECHANISMS,
  newPair,
  onHeimdal,
  PRINCIPAL,
  SUITE,
} from '../helpers/handshake'
import { useRealm } from '../helpers/realm'

const NO_TICKET = heimdal('7.8’s initiator keeps nothing of the ticket')
const NO_SHA2 = heimdal('7.8 gets no ticket in a realm of AES-SHA2 alone')
const NO_RC4 = heimdal('7.8 gets no ticket in a realm of RC4 alone')
const NO_TOKENS = heimdal('7.8 frees half of the context for such a token')
const AD_IF_RELEVANT = 1
const AD_PAC = 128
const UNKNOWN_OID = '1.3.6.1.4.1.99999.1'

describe('what Kerberos knows of a context', () => {
  const realm = useRealm(SUITE)

  for (const mechanism of MECHANISMS) {
    describe(mechanism, () => {
      it('the ticket’s flags, as the acceptor sees them', async () => {
        const { acceptor } = await established({ initiator: { mechanism } })
        const flags = acceptor.krb5.ticketFlags()
        assert.equal(flags.forwardable, true)
        assert.equal(flags.transitedPolicyChecked, true)
        for (const not of ['forwarded', 'initial', 'anonymous', 'okAsDelegate', 'proxy'] as const) {
          assert.equal(flags[not], false, not)
        }
      })

      itUnless(NO_TICKET, 'the ticket’s flags, as the initiator sees them', async () => {
        const { initiator, acceptor } = await established({ initiator: { mechanism } })
        assert.deepEqual(initiator.krb5.ticketFlags(), acceptor.krb5.ticketFlags())
      })

      it('when the user was authenticated, not when the service’s ticket was issued', async () => {
        const { acceptor } = await established({ initiator: { mechanism } })
        const time = acceptor.krb5.authTime().getTime()
        assert.ok(time <= Date.now() && time > Date.now() - 600_000, new Date(time).toISOString())
        assert.equal(time % 1000, 0)
      })

      itUnless(NO_TICKET, 'both sides agree on that time', async () => {
        const { initiator, acceptor } = await established({ initiator: { mechanism } })
        assert.deepEqual(initiator.krb5.authTime(), acceptor.krb5.authTime())
      })

      it('the PAC is found among the authorization data, inside AD-IF-RELEVANT', async () => {
        const { acceptor } = await established({ initiator: { mechanism } })
        const [pac] = acceptor.krb5.authorizationData(AD_PAC)
        assert.ok(pac)
        // MS-PAC §2.3: the number of buffers, and the version, 0.
        assert.ok(pac.readUInt32LE(0) >= 2 && pac.readUInt32LE(0) < 20)
        assert.equal(pac.readUInt32LE(4), 0)
        const [wrapper] = acceptor.krb5.authorizationData(AD_IF_RELEVANT)
        assert.ok(wrapper?.includes(pac))
      })

      it('authorization data that the ticket does not have is none', async () => {
        const { acceptor } = await established({ initiator: { mechanism } })
        for (const type of [2, 71, 0x7fffffff]) {
          assert.deepEqual(acceptor.krb5.authorizationData(type), [])
        }
      })

      itUnless(NO_TICKET, 'an initiator has no authorization data', async () => {
        const { initiator } = await established({ initiator: { mechanism } })
        assert.deepEqual(initiator.krb5.authorizationData(AD_PAC), [])
      })

      it('a lucid context has what both sides share, and ends the context', async () => {
        const { initiator, acceptor } = await established({ initiator: { mechanism } })
        const { lifetime } = initiator
        const [one, other] = [initiator.krb5.exportLucid(), acceptor.krb5.exportLucid()]
        assert.deepEqual([one.initiator, other.initiator], [true, false])
        assert.equal(one.sendSequence, other.receiveSequence)
        assert.equal(one.receiveSequence, other.sendSequence)
        for (const lucid of [one, other]) {
          assert.equal(lucid.protocol, 'rfc4121')
          assert.equal(lucid.sealAlgorithm, null)
          assert.ok(Math.abs(lucid.expires.getTime() - Date.now() - lifetime * 1000) < 400_000)
        }
        assert.ok(one.acceptorSubkey)
        assert.deepEqual(one.acceptorSubkey, other.acceptorSubkey)
        assert.equal(one.acceptorSubkey.key.length, 32)
        for (const context of [initiator, acceptor]) {
          assert.throws(() => context.wrap(Buffer.from('x')), { code: 'ERR_GSS_DISPOSED' })
          assert.throws(() => context.krb5.exportLucid(), { code: 'ERR_GSS_DISPOSED' })
          assert.throws(() => context.krb5.ticketFlags(), { code: 'ERR_GSS_DISPOSED' })
          assert.equal(context.complete, true)
        }
      })

      it('before the context is established there is nothing to know', async () => {
        const pair = newPair({ initiator: { mechanism } })
        await firstToken(pair.initiator)
        for (const call of [
          () => pair.initiator.krb5.ticketFlags(),
          () => pair.initiator.krb5.authTime(),
          () => pair.initiator.krb5.authorizationData(AD_PAC),
          () => pair.initiator.krb5.exportLucid(),
          () => pair.acceptor.krb5.ticketFlags(),
        ]) {
          assert.equal((await failure(call)).code, 'ERR_GSS_NOT_ESTABLISHED')
        }
      })
    })
  }

  itUnless(
    heimdal('7.8 lacks gss_acquire_cred_from'),
    'flags tell a service’s ticket that a password was given for, and one that cannot be forwarded',
    async () => {
      const options = { service: PRINCIPAL, forwardable: false }
      const ccache = await realm().kinit('alice', { ccache: 'initial', ...options })
      const credential = await Credential.acquire({ store: { ccache } })
      const { acceptor } = await established({ initiator: { credential } })
      const flags = acceptor.krb5.ticketFlags()
      assert.equal(flags.initial, true)
      assert.equal(flags.forwardable, false)
    },
  )

  it('a service that the realm trusts is told by the ticket', async () => {
    await realm().addService('trusted@server.example.test', { attributes: ['+ok_as_delegate'] })
    const target = 'trusted@server.example.test'
    const { acceptor } = await established({ initiator: { target } })
    assert.equal(acceptor.krb5.ticketFlags().okAsDelegate, true)
  })

  it('a call is refused while another is pending', async () => {
    const { initiator } = await established()
    const pending = initiator.wrapAsync(Buffer.alloc(1_000_000))
    const busy = { code: 'ERR_GSS_CONTEXT_BUSY' }
    assert.throws(() => initiator.krb5.ticketFlags(), busy)
    assert.throws(() => initiator.krb5.exportLucid(), busy)
    assert.throws(() => initiator.setOption(UNKNOWN_OID), busy)
    assert.throws(() => initiator.processContextToken(Buffer.from('abcd')), busy)
    await pending
    initiator.wrap(Buffer.from('it goes on'))
  })

  it('a wrong type of authorization data is a mistake, and no endless loop', async () => {
    const { acceptor } = await established()
    for (const type of [0, -1, -128, 2 ** 31, 1.5, NaN, Infinity]) {
      assert.throws(() => acceptor.krb5.authorizationData(type), { code: 'ERR_OUT_OF_RANGE' })
    }
    for (const type of ['128', null, undefined, {}, 128n]) {
      assert.throws(() => acceptor.krb5.authorizationData(type as never), {
        code: 'ERR_INVALID_ARG_TYPE',
      })
    }
  })

  it('an option that nobody knows is an error, before the first step and after the last', async () => {
    const { initiator } = await established()
    for (const context of [newPair().initiator, newPair().acceptor, initiator]) {
      const error = await failure(() => context.setOption(UNKNOWN_OID, Buffer.from('on')))
      if (!onHeimdal) assert.equal(error.code, 'GSS_S_UNAVAILABLE')
      assert.match(error.code, /^GSS_S_/)
    }
    const pair = await established()
    assert.equal(pair.acceptor.unwrap(pair.initiator.wrap(Buffer.from('on'))).qop, 0)
  })

  if (onHeimdal) {
    it('an option of krb5 is set', async () => {
      const { initiator } = await established()
      initiator.setOption('1.2.752.43.13.4', Buffer.from([1])) // GSS_KRB5_COMPAT_DES3_MIC_X
    })
  }

  it('an option whose value is an address is not passed on', async () => {
    const { initiator } = await established()
    for (const oid of ['1.2.752.43.13.11', '1.2.752.43.13.19']) {
      const error = await failure(() => initiator.setOption(oid, Buffer.alloc(16, 0x41)))
      assert.equal(error.code, 'ERR_GSS_UNSUPPORTED')
    }
  })

  it('an address of keys is not to be had by inquireByOid', async () => {
    const { initiator, acceptor } = await established()
    const arcs = ['1.2.840.113554.1.2.2.5.6', '1.2.752.43.13.6']
    for (const oid of arcs.flatMap((arc) => [arc, `${arc}.1`, `${arc}.1.2`])) {
      assert.equal((await failure(() => initiator.inquireByOid(oid))).code, 'GSS_S_UNAVAILABLE')
    }
    acceptor.unwrap(initiator.wrap(Buffer.from('it goes on')))
  })

  it('inquireByOid tells what the mechanism knows, and what it does not', async () => {
    const { initiator } = await established()
    const [key] = initiator.inquireByOid('1.2.840.113554.1.2.2.5.5')
    assert.deepEqual(key, initiator.sessionKey().key)
    const unknown = await failure(() => initiator.inquireByOid(UNKNOWN_OID))
    assert.equal(unknown.code, onHeimdal ? 'GSS_S_FAILURE' : 'GSS_S_UNAVAILABLE')
    assert.throws(() => initiator.inquireByOid('one.two'), { code: 'ERR_INVALID_ARG_VALUE' })
  })

  itUnless(
    heimdal('7.8 does not know GSS_C_SEC_CONTEXT_SASL_SSF'),
    'the strength for SASL is told in bits',
    async () => {
      const { initiator } = await established()
      const [strength] = initiator.inquireByOid('1.2.840.113554.1.2.2.5.15')
      assert.equal(strength?.readUInt32BE(0), 256)
    },
  )

  itUnless(NO_TOKENS, 'a token that is none for the context harms nothing', async () => {
    const { initiator, acceptor } = await established()
    const empty = Buffer.alloc(0)
    const messages = [acceptor.wrap(Buffer.from('x')), acceptor.getMic(empty)]
    for (const token of [Buffer.from('abcd'), empty, ...messages]) {
      const error = await failure(() => initiator.processContextToken(token))
      assert.equal(error.code, 'GSS_S_DEFECTIVE_TOKEN')
    }
    const token = initiator.wrap(Buffer.from('it goes on'))
    assert.equal(acceptor.unwrap(token).message.toString(), 'it goes on')
  })

  if (onHeimdal) {
    it('a token that would free half of the context is not passed on', async () => {
      const { initiator, acceptor } = await established()
      const token = acceptor.getMic(Buffer.alloc(0))
      assert.throws(() => initiator.processContextToken(token), { code: 'ERR_GSS_UNSUPPORTED' })
      acceptor.unwrap(initiator.wrap(Buffer.from('it goes on')))
    })
  }
})

/** RFC 8009 §3: a key derived for one use, by HMAC-SHA-384. */
function derived(key: Buffer, usage: number, kind: number, bits: number): Buffer {
  const input = Buffer.alloc(14)
  input.writeUInt32BE(1, 0)
  input.writeUInt32BE(usage, 4)
  input[8] = kind
  input.writeUInt32BE(bits, 10)
  return createHmac('sha384', key)
    .update(input)
    .digest()
    .subarray(0, bits / 8)
}

/** RFC 4121 §4.2.6.1, made of a lucid context's keys alone. */
function micByHand(initiator: Initiator, message: Buffer): Buffer {
  const lucid = initiator.krb5.exportLucid()
  assert.ok(lucid.acceptorSubkey)
  assert.equal(lucid.acceptorSubkey.type, 20) // aes256-cts-hmac-sha384-192
  const header = Buffer.from('040404ffffffffff0000000000000000', 'hex')
  header.writeBigUInt64BE(lucid.sendSequence, 8)
  const usage = 25 // KG-USAGE-INITIATOR-SIGN
  const checksumKey = derived(lucid.acceptorSubkey.key, usage, 0x99, 192)
  const hash = createHmac('sha384', checksumKey).update(message).update(header).digest()
  return Buffer.concat([header, hash.subarray(0, 24)])
}

describe('lucid contexts', () => {
  useRealm({ ...SUITE, encryptionTypes: ['aes256-cts-hmac-sha384-192'] })

  itUnless(NO_SHA2, 'a message made by hand with its keys is accepted by the peer', async () => {
    const { initiator, acceptor } = await established()
    const message = Buffer.from('made without the library')
    const result = acceptor.verifyMic(message, micByHand(initiator, message))
    assert.equal(result.sequence, 'ok')
    assert.throws(
      () => acceptor.verifyMic(Buffer.from('another'), initiator.getMic(message)),
      /disposed/,
    )
  })
})

/** RC4, which the OpenSSL of node does not have. */
function rc4(key: Uint8Array, data: Uint8Array): Buffer {
  const state = Uint8Array.from({ length: 256 }, (_, i) => i)
  const swap = (i: number, j: number) => ([state[i], state[j]] = [state[j]!, state[i]!])
  for (let i = 0, j = 0; i < 256; i++) {
    j = (j + state[i]! + key[i % key.length]!) & 255
    swap(i, j)
  }
  const out = Buffer.from(data)
  for (let k = 0, i = 0, j = 0; k < out.length; k++) {
    i = (i + 1) & 255
    j = (j + state[i]!) & 255
    swap(i, j)
    out[k] = out[k]! ^ state[(state[i]! + state[j]!) & 255]!
  }
  return out
}

const md5 = (key: Uint8Array, ...parts: Uint8Array[]) =>
  parts.reduce((hmac, part) => hmac.update(part), createHmac('md5', key)).digest()

/** RFC 1964 §1.2.3 and RFC 4757 §7.3: the token by which the other side says that it has deleted the context. */
function deletionToken({ key, initiator, sendSequence }: LucidContext): Buffer {
  const header = Buffer.from('01021100ffffffff', 'hex')
  const signingKey = md5(key.key, Buffer.from('signaturekey\0'))
  const usage = Buffer.from([15, 0, 0, 0])
  const hash = createHash('md5').update(usage).update(header).digest()
  const checksum = md5(signingKey, hash).subarray(0, 8)
  const sequence = Buffer.alloc(8, initiator ? 0 : 0xff)
  sequence.writeUInt32BE(Number(sendSequence), 0)
  const sequenceKey = md5(md5(key.key, Buffer.alloc(4)), checksum)
  const body = Buffer.concat([header, rc4(sequenceKey, sequence), checksum])
  const mechanism = Buffer.from('06092a864886f712010202', 'hex')
  return Buffer.concat([Buffer.from([0x60, mechanism.length + body.length]), mechanism, body])
}

describe('contexts of RFC 1964', () => {
  useRealm({ ...SUITE, encryptionTypes: ['arcfour-hmac'] })

  itUnless(NO_RC4, 'a lucid context tells its algorithms', async () => {
    const { initiator, acceptor } = await established()
    const [one, other] = [initiator.krb5.exportLucid(), acceptor.krb5.exportLucid()]
    for (const lucid of [one, other]) {
      assert.equal(lucid.protocol, 'rfc1964')
      assert.equal(lucid.signAlgorithm, 0x11)
      assert.equal(lucid.sealAlgorithm, 0x10)
      assert.equal(lucid.key.type, 23)
      assert.equal(lucid.acceptorSubkey, null)
    }
    assert.deepEqual(one.key, other.key)
  })

  itUnless(NO_TOKENS, 'the peer’s deletion token ends the context', async () => {
    const { initiator, acceptor } = await established()
    const token = deletionToken(acceptor.krb5.exportLucid())
    const forged = Buffer.from(token)
    forged[forged.length - 1]! ^= 1
    assert.throws(() => initiator.processContextToken(forged), GssError)
    initiator.wrap(Buffer.from('it goes on'))
    initiator.processContextToken(token)
    assert.throws(() => initiator.wrap(Buffer.from('x')), { code: 'GSS_S_NO_CONTEXT' })
    assert.equal((await failure(() => initiator.export())).code, 'GSS_S_NO_CONTEXT')
    assert.equal((await failure(() => initiator.krb5.exportLucid())).code, 'GSS_S_NO_CONTEXT')
    assert.equal(initiator.lifetime, 0)
    initiator.dispose()
  })
})
