import assert from 'node:assert/strict'
import { relayedRealm } from '../../lib/encoding/iakerb'
import { der } from '../helpers/negotiation'

const IAKERB = Buffer.from('06062b0601050205', 'hex')
const PROXY = Buffer.from([5, 1])
const header = (tag: number, realm: Uint8Array, more: Uint8Array = Buffer.alloc(0)) =>
  der(0x30, der(0xa1, der(tag, realm)), more)
const NAME = Buffer.from('EXAMPLE.TEST')
const FIRST = der(0x60, IAKERB, PROXY, header(0x04, NAME), der(0x6a, Buffer.alloc(40)))
const LATER = Buffer.concat([PROXY, header(0x0c, NAME), der(0x6b, Buffer.alloc(40))])

describe('the realm in a token of IAKERB', () => {
  it('is read from a first token, which is framed, and from later ones', () => {
    assert.equal(relayedRealm(FIRST), 'EXAMPLE.TEST')
    assert.equal(relayedRealm(LATER), 'EXAMPLE.TEST')
    const cookie = der(0xa2, der(4, Buffer.from('x')))
    const view = Buffer.concat([Buffer.alloc(3), PROXY, header(4, NAME, cookie)]).subarray(3)
    assert.equal(relayedRealm(new Uint8Array(view)), 'EXAMPLE.TEST')
    assert.equal(relayedRealm(Buffer.concat([PROXY, header(4, Buffer.alloc(0))])), '')
  })

  it('is in no other token', () => {
    const others = [
      Buffer.alloc(0),
      PROXY,
      der(0x60, Buffer.from('06092a864886f712010202', 'hex'), PROXY, header(4, NAME)),
      Buffer.concat([Buffer.from([1, 0]), header(4, NAME)]),
      Buffer.concat([PROXY, der(0x31, der(0xa1, der(4, NAME)))]),
      Buffer.concat([PROXY, der(0x30, der(0xa2, der(4, NAME)))]),
      Buffer.concat([PROXY, header(2, NAME)]),
      Buffer.concat([PROXY, header(4, Buffer.alloc(300_000, 'A'))]),
    ]
    for (const token of others) assert.equal(relayedRealm(token), undefined)
  })

  it('of a damaged token is none, or text', () => {
    for (const token of [FIRST, LATER]) {
      for (let i = 0; i < token.length; i++) {
        assert.ok(['string', 'undefined'].includes(typeof relayedRealm(token.subarray(0, i))))
        for (let bit = 1; bit < 256; bit <<= 1) {
          const forged = Buffer.from(token)
          forged[i]! ^= bit
          assert.ok(['string', 'undefined'].includes(typeof relayedRealm(forged)))
        }
      }
    }
  })
})
