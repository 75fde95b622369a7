import assert from 'node:assert/strict'
import { established, itUnless, onHeimdal, pattern, SUITE } from '../helpers/handshake'
import { aesSha1, aesSha256, aesSha384, prfPlus } from '../helpers/prf'
import { useRealm } from '../helpers/realm'

const TYPES = {
  'aes128-cts-hmac-sha1-96': aesSha1,
  'aes256-cts-hmac-sha1-96': aesSha1,
  'aes128-cts-hmac-sha256-128': aesSha256,
  'aes256-cts-hmac-sha384-192': aesSha384,
}
const ON_HEIMDAL = 'aes256-cts-hmac-sha1-96'
const LENGTHS = [0, 1, 15, 16, 17, 47, 48, 49, 1000, 70_000]
const INPUTS = [pattern(0), pattern(1), Buffer.from('a label'), pattern(5000)]

describe('values of the pseudo-random function', () => {
  describe('of the tests', () => {
    // RFC 8009 appendix A.
    it('gives the published values', () => {
      const key = (hex: string) => Buffer.from(hex, 'hex')
      const test = Buffer.from('test')
      assert.equal(
        aesSha256(key('3705D96080C17728A0E800EAB6E0D23C'), test).toString('hex'),
        '9d188616f63852fe86915bb840b4a886ff3e6bb0f819b49b893393d393854295',
      )
      assert.equal(
        aesSha384(
          key('6D404D37FAF79F9DF0D33568D320669800EB4836472EA8A026D16B7182460C52'),
          test,
        ).toString('hex'),
        '9801f69a368c2bf675e59521e177d9a07f67efe1cfde8d3c8d6f6a0256e3b17db3c1b62ad1b8553360d17367eb1514d2',
      )
    })
  })

  for (const [type, prf] of Object.entries(TYPES)) {
    describe(type, () => {
      const gap =
        onHeimdal && type !== ON_HEIMDAL && 'Heimdal: 7.8 reads one krb5.conf in a process'
      if (gap === false) useRealm({ ...SUITE, encryptionTypes: [type] })

      itUnless(gap, 'is RFC 4402’s for the session key, on both sides', async () => {
        const { initiator, acceptor } = await established()
        const { key } = initiator.sessionKey()
        for (const input of INPUTS) {
          for (const length of LENGTHS) {
            const expected = prfPlus(prf, key, input, length)
            assert.ok(initiator.prf(input, length).equals(expected), `${length} bytes`)
            assert.ok(acceptor.prf(input, length).equals(expected), `${length} bytes`)
          }
        }
      })
    })
  }
})
