/** The shim keeps what Windows documents; otherwise the tests upon it would show nothing of Windows. */
import assert from 'node:assert/strict'
import { flipped } from '../helpers/forge'
import { ALICE, pattern, PRINCIPAL, SUITE } from '../helpers/handshake'
import { useRealm } from '../helpers/realm'
import { shim } from './shim'

const [INBOUND, OUTBOUND] = [1, 2]
/** ISC_REQ_MUTUAL_AUTH, REPLAY_DETECT, SEQUENCE_DETECT, CONFIDENTIALITY, INTEGRITY. */
const FLAGS = 0x2 | 0x4 | 0x8 | 0x10 | 0x10000
const SEALED = 0
const SIGNED = 0x80000001 // KERB_WRAP_NO_ENCRYPT
const OK = 0
const MESSAGE_ALTERED = 0x8009030f
const OUT_OF_SEQUENCE = 0x80090310
const BUFFER_TOO_SMALL = 0x80090321

describe('the shim', () => {
  useRealm(SUITE)
  let client: Buffer
  let server: Buffer

  beforeEach('a context on both sides', () => {
    const outbound = shim.acquire(OUTBOUND).handle
    const first = shim.initialize(outbound, null, PRINCIPAL, FLAGS, null)
    const accepted = shim.accept(shim.acquire(INBOUND).handle, first.token)
    const last = shim.initialize(outbound, first.context, PRINCIPAL, FLAGS, accepted.token)
    assert.deepEqual([accepted.status, last.status], [OK, OK])
    client = last.context
    server = accepted.context
  })
  afterEach(() => [client, server].forEach((context) => shim.release(context)))

  const wrapped = (quality: number, message: Buffer) => {
    const { trailer, block } = shim.sizes(client)
    const { status, token, data, padding } = shim.encrypt(client, quality, message, trailer, block)
    assert.equal(status, OK)
    return { token, data, padding, wire: Buffer.concat([token, data, padding]) }
  }

  it('the sizes are not those of the key', () => {
    assert.deepEqual(shim.sizes(client), { status: OK, signature: 28, trailer: 60, block: 1 })
  })

  it('both names are not told', () => {
    for (const context of [client, server]) {
      assert.deepEqual(shim.names(context), { status: OK, client: ALICE, server: PRINCIPAL })
    }
  })

  for (const [quality, kind, overhead, rotation] of [
    [SEALED, 'encrypted', 60, 28],
    [SIGNED, 'signed', 28, 12],
  ] as const) {
    it(`${kind}: the wire is not TOKEN, DATA, PADDING, rotated as RFC 4121 says`, () => {
      const message = pattern(100)
      const { token, data, padding, wire } = wrapped(quality, message)
      assert.deepEqual([token.length, data.length, padding.length], [overhead, 100, 0])
      assert.deepEqual([token[0], token[1], token.readUInt16BE(6)], [5, 4, rotation])
      assert.equal(data.equals(message), quality === SIGNED)
      const opened = shim.decrypt(server, wire)
      assert.deepEqual([opened.status, opened.quality], [OK, quality])
      assert.ok(opened.message.equals(message))
      assert.ok(opened.offset >= 16, 'DATA must point into the stream')
    })

    it(`${kind}: a room too small uses up a number`, () => {
      const { token: first } = wrapped(quality, pattern(10))
      assert.equal(shim.encrypt(client, quality, pattern(10), 20, 1).status, BUFFER_TOO_SMALL)
      const { token: second } = wrapped(quality, pattern(10))
      assert.equal(second.readBigUInt64BE(8) - first.readBigUInt64BE(8), 1n)
    })

    it(`${kind}: a changed or repeated message is read, or told by another status`, () => {
      const { wire } = wrapped(quality, pattern(50))
      assert.equal(shim.decrypt(server, flipped(wire, wire.length - 1)).status, MESSAGE_ALTERED)
      assert.equal(shim.decrypt(server, wire).status, OK)
      assert.equal(shim.decrypt(server, wire).status, OUT_OF_SEQUENCE)
    })
  }

  it('a signature does not verify, or twice, or over another message', () => {
    const { token } = shim.sign(client, pattern(10))
    assert.equal(token.length, 28)
    assert.equal(shim.verify(server, pattern(10, 2), token).status, MESSAGE_ALTERED)
    assert.equal(shim.verify(server, pattern(10), token).status, OK)
    assert.equal(shim.verify(server, pattern(10), token).status, OUT_OF_SEQUENCE)
  })
})
