import assert from 'node:assert/strict'
import { openEnvelope, sealEnvelope } from '../../lib/encoding/envelope'
import { positions } from '../helpers/forge'

const MIT = { implementation: 'mit', version: '1.20.1' }
const BODY = Buffer.from('the library’s own bytes')
const CALL = 'gss_import_sec_context'
const REFUSED = { name: 'GssError', code: 'GSS_S_DEFECTIVE_TOKEN', call: CALL }

const open = (bytes: Uint8Array, maker = MIT) => openEnvelope('context', maker, bytes, CALL)

describe('the envelope of what is exported', () => {
  const sealed = sealEnvelope('context', MIT, BODY)

  it('gives back what was put in, also as a view into more', () => {
    assert.ok(BODY.equals(open(sealed)))
    const larger = Buffer.concat([Buffer.alloc(13, 1), sealed, Buffer.alloc(7, 2)])
    assert.ok(BODY.equals(open(larger.subarray(13, 13 + sealed.length))))
  })

  it('no flipped bit is passed on to the library', () => {
    for (let at = 0; at < sealed.length; at++) {
      for (let mask = 1; mask < 256; mask <<= 1) {
        const forged = Buffer.from(sealed)
        forged[at] = forged[at]! ^ mask
        assert.throws(() => open(forged), REFUSED, `byte ${at} ^ ${mask}`)
      }
    }
  })

  it('what it says of itself is under the digest: its kind, and its library', () => {
    const kinds = ['context', 'credential', 'unfinished context'] as const
    for (const kind of kinds) {
      for (const [other, name] of kinds.entries()) {
        const forged = sealEnvelope(kind, MIT, BODY)
        forged[5] = other
        const read = () => openEnvelope(name, MIT, forged, CALL)
        if (name === kind) assert.ok(BODY.equals(read()))
        else assert.throws(read, { ...REFUSED, message: /damaged/ })
      }
    }
    const forged = Buffer.from(sealed.toString('latin1').replace('1.20.1', '1.20.2'), 'latin1')
    assert.throws(() => open(forged, { ...MIT, version: '1.20.2' }), {
      ...REFUSED,
      message: /damaged/,
    })
  })

  it('nothing cut, lengthened or made up is passed on', () => {
    for (const length of positions(sealed.length)) {
      assert.throws(() => open(sealed.subarray(0, length)), REFUSED, `${length}`)
    }
    assert.throws(() => open(Buffer.concat([sealed, Buffer.alloc(1)])), REFUSED)
    assert.throws(() => open(BODY), REFUSED)
    assert.throws(() => open(sealEnvelope('context', MIT, Buffer.alloc(0))), REFUSED)
  })

  it('a token of another library, version, kind or format is refused by name', () => {
    const heimdal = { implementation: 'heimdal', version: '7.8' }
    assert.throws(() => open(sealed, heimdal), /exported by mit 1\.20\.1, and this is heimdal 7\.8/)
    assert.throws(() => open(sealed, { ...MIT, version: '1.21' }), REFUSED)
    assert.throws(() => open(sealEnvelope('credential', MIT, BODY)), /no exported context/)
    const later = Buffer.from(sealed)
    later[4] = 2
    assert.throws(() => open(later), /format is 2/)
  })

  it('a library that does not tell its version is known by its name', () => {
    const apple = { implementation: 'apple', version: '' }
    assert.ok(BODY.equals(open(sealEnvelope('context', apple, BODY), apple)))
  })
})
