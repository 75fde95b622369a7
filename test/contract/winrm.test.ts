import assert from 'node:assert/strict'
import { unwrapWinrm, wrapWinrm } from 'gssapi'
import { established, MECHANISMS, pattern, SUITE } from '../helpers/handshake'
import { useRealm } from '../helpers/realm'

describe('messages of WinRM', () => {
  useRealm(SUITE)

  for (const mechanism of MECHANISMS) {
    it(`${mechanism}: header and data travel apart, both ways`, async () => {
      const { initiator, acceptor } = await established({ initiator: { mechanism } })
      for (const [from, to] of [
        [initiator, acceptor],
        [acceptor, initiator],
      ] as const) {
        for (const size of [0, 1, 500, 100_000]) {
          const message = pattern(size)
          const { header, data, paddingLength } = wrapWinrm(from, message)
          assert.ok(message.equals(pattern(size)), 'the message is not changed')
          assert.equal(data.length, size + paddingLength)
          assert.equal(paddingLength, 0, 'AES pads nothing')
          assert.ok(size < 16 || !data.equals(message), 'it is encrypted')
          assert.ok(unwrapWinrm(to, header, data).equals(message))
        }
      }
    })
  }

  it('data of the message’s own length, so that all else stands in the header', async () => {
    const { initiator, acceptor } = await established()
    const { header, data } = wrapWinrm(initiator, pattern(300))
    // RFC 4121 §4.2.5: what would follow the data is rotated to the front: 16 bytes and the checksum of 12.
    assert.equal(header.readUInt16BE(6), 28)
    assert.equal(header.length, 60)
    assert.ok(acceptor.unwrap(Buffer.concat([header, data])).message.equals(pattern(300)))
  })

  it('a message that is not encrypted, changed or of the wrong type is refused', async () => {
    const { initiator, acceptor } = await established()
    const sealed = initiator.wrap(pattern(30), { confidential: false })
    const [front, rest] = [sealed.subarray(0, 28), sealed.subarray(28)]
    assert.throws(() => unwrapWinrm(acceptor, front, rest), {
      code: 'ERR_GSS_PROTECTION_NOT_GRANTED',
    })
    const { header, data } = wrapWinrm(initiator, pattern(30))
    data[3] = (data[3] ?? 0) ^ 4
    assert.throws(() => unwrapWinrm(acceptor, header, data), { name: 'GssError' })
    assert.throws(() => wrapWinrm(initiator, 'text' as never), { code: 'ERR_INVALID_ARG_TYPE' })
    assert.throws(() => unwrapWinrm(acceptor, header, null as never), {
      code: 'ERR_INVALID_ARG_TYPE',
    })
  })
})
