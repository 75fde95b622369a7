import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { GssError, type LucidContext } from 'gssapi'
import { established, failure, heimdal, itUnless, SUITE } from '../helpers/handshake'
import { framed, md5, rc4 } from '../helpers/per-message'
import { useRealm } from '../helpers/realm'

const NO_RC4 = heimdal('7.8’s acceptor makes an AES subkey, whatever the ticket has')
const NO_TOKENS = heimdal('7.8 frees half of the context for such a token')

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
  return framed(Buffer.concat([header, rc4(sequenceKey, sequence), checksum]))
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
