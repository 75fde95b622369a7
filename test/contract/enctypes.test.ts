import assert from 'node:assert/strict'
import type { IovBuffer } from 'gssapi'
import { unwrapWinrm, wrapWinrm } from 'gssapi'
import {
  established,
  heimdal,
  itUnless,
  MECHANISMS,
  onHeimdal,
  pattern,
  SUITE,
} from '../helpers/handshake'
import { useRealm } from '../helpers/realm'

/** By MIT's names, with the numbers that stand for them in a session key's object identifier. */
const TYPES = {
  'aes128-cts-hmac-sha1-96': 17,
  'aes256-cts-hmac-sha1-96': 18,
  'aes128-cts-hmac-sha256-128': 19,
  'aes256-cts-hmac-sha384-192': 20,
  'camellia128-cts-cmac': 25,
  'camellia256-cts-cmac': 26,
  'arcfour-hmac': 23,
  'des3-cbc-sha1': 16,
}
/** 7.8 reads one krb5.conf in a process; the other tests run with aes256-cts-hmac-sha1-96. */
const ON_HEIMDAL = 'aes256-cts-hmac-sha384-192'
const SIZES = [0, 1, 7, 8, 9, 1000, 5000]

function pieces(message: Buffer): IovBuffer[] {
  return [
    { type: 'signOnly', buffer: pattern(9) },
    { type: 'header' },
    { type: 'data', buffer: message.subarray(0, message.length >> 1) },
    { type: 'data', buffer: message.subarray(message.length >> 1) },
    { type: 'padding' },
    { type: 'trailer' },
  ]
}

/** All that a context does with its keys. */
function protects(mechanism: string, gap: string | false, type: number): void {
  itUnless(
    gap || heimdal('7.8’s acceptor makes an older type of subkey'),
    'the session key is of the type, and equal on both sides',
    async () => {
      const { initiator, acceptor } = await established({ initiator: { mechanism } })
      const key = initiator.sessionKey()
      assert.equal(key.type, type)
      assert.deepEqual(acceptor.sessionKey(), key)
    },
  )

  for (const confidential of [true, false]) {
    const what = confidential ? 'encrypted' : 'sealed'

    itUnless(gap, `${what}: messages, MICs, parts, streams, associated data`, async () => {
      const { initiator, acceptor } = await established({ initiator: { mechanism } })
      for (const size of SIZES) {
        const message = pattern(size)
        const at = `${size} bytes`
        const token = initiator.wrap(message, { confidential })
        assert.ok(acceptor.unwrap(token).message.equals(message), at)
        acceptor.verifyMic(message, initiator.getMic(message))
        const mic = initiator.getMicIov([{ type: 'data', buffer: message }, { type: 'mic' }])
        acceptor.verifyMicIov([
          { type: 'mic', buffer: mic },
          { type: 'data', buffer: message },
        ])
        const sealed = initiator.wrapAead(message, pattern(3), { confidential })
        assert.ok(acceptor.unwrapAead(sealed, pattern(3)).message.equals(message), at)
        const stream = initiator.wrap(message, { confidential })
        const read = acceptor.unwrapIov([{ type: 'stream', buffer: stream }, { type: 'data' }])
        assert.ok(read.buffers[1]?.equals(message), at)
      }
    })

    itUnless(gap, `${what}: data in two pieces, the padding and all`, async () => {
      const { initiator, acceptor } = await established({ initiator: { mechanism } })
      for (const size of SIZES) {
        const parts = pieces(pattern(size))
        const used = initiator.wrapIov(parts, { confidential })
        const sent = parts.map(
          (part, i) => ({ type: part.type, buffer: Buffer.from(used[i] ?? []) }) as IovBuffer,
        )
        const { buffers } = acceptor.unwrapIov(sent)
        assert.ok(Buffer.concat(buffers.slice(2, 4)).equals(pattern(size)), `${size} bytes`)
      }
    })
  }

  itUnless(gap, 'WinRM’s header and data, and equal pseudo-random bytes', async () => {
    const { initiator, acceptor } = await established({ initiator: { mechanism } })
    for (const size of SIZES) {
      const { header, data, paddingLength } = wrapWinrm(initiator, pattern(size))
      assert.equal(data.length, size + paddingLength)
      assert.ok(unwrapWinrm(acceptor, header, data).equals(pattern(size)), `${size} bytes`)
    }
    for (const partial of [true, false]) {
      const bytes = initiator.prf(pattern(5), 100, { partial })
      assert.ok(acceptor.prf(pattern(5), 100, { partial }).equals(bytes))
    }
  })

  itUnless(gap, 'DCE style: a stub between signed headers', async () => {
    const { initiator, acceptor } = await established({ initiator: { mechanism, dceStyle: true } })
    const parts: IovBuffer[] = [
      { type: 'signOnly', buffer: pattern(24) },
      { type: 'header' },
      { type: 'data', buffer: pattern(64) },
      { type: 'signOnly', buffer: pattern(8) },
    ]
    const used = initiator.wrapIov(parts)
    const { buffers } = acceptor.unwrapIov(
      parts.map(({ type }, i) => ({ type, buffer: used[i] ?? Buffer.alloc(0) }) as IovBuffer),
    )
    assert.ok(buffers[2]?.equals(pattern(64)))
  })
}

describe('encryption types', () => {
  for (const [type, number] of Object.entries(TYPES)) {
    describe(type, () => {
      const gap =
        onHeimdal && type !== ON_HEIMDAL && 'Heimdal: 7.8 reads one krb5.conf in a process'
      if (gap === false) useRealm({ ...SUITE, encryptionTypes: [type] })
      for (const mechanism of MECHANISMS) {
        describe(mechanism, () => protects(mechanism, gap, number))
      }
    })
  }
})
