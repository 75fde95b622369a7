import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import type { Initiator } from 'gssapi'
import { established, heimdal, itUnless, SUITE } from '../helpers/handshake'
import { useRealm } from '../helpers/realm'

const NO_SHA2 = heimdal('7.8’s acceptor makes an older type of subkey')

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
