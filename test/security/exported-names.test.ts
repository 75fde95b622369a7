import assert from 'node:assert/strict'
import { GssError, Name } from 'gssapi'
import { extended, flipped, positions, truncated } from '../helpers/forge'
import { pattern, PRINCIPAL, SUITE } from '../helpers/handshake'
import { useRealm } from '../helpers/realm'

/** Uses it in every way, so that what the library accepted too easily fails here. */
function use(token: Uint8Array): void {
  try {
    const name = Name.exported(token)
    name.toString()
    name.equals(Name.principal(PRINCIPAL))
    name.export()
  } catch (error) {
    assert.ok(error instanceof GssError, String(error))
    assert.match(error.code, /^GSS_S_/)
  }
}

/** MIT 1.20 ends the process on lengths that do not add up: each of these runs is a test by itself. */
describe('forged exported names', () => {
  useRealm(SUITE)
  let token: Buffer

  before('a genuine one', async () => {
    token = (await Name.principal(PRINCIPAL).canonicalize()).export()
  })

  it('the genuine one is read', () => {
    assert.equal(Name.exported(token).toString(), PRINCIPAL)
  })

  it('no flipped bit ends the process', () => {
    for (let mask = 1; mask < 256; mask <<= 1) {
      for (const i of positions(token.length)) use(flipped(token, i, mask))
    }
  })

  it('no cut or lengthened one is accepted', () => {
    for (const forged of [...truncated(token), ...extended(token)]) {
      assert.throws(() => Name.exported(forged), { name: 'GssError', code: 'GSS_S_BAD_NAME' })
      assert.throws(() => Name.import(forged, 'exported'), { code: 'GSS_S_BAD_NAME' })
      assert.throws(() => Name.import(forged, '1.3.6.1.5.6.4'), { code: 'GSS_S_BAD_NAME' })
    }
  })

  it('no length inside that does not fit is accepted', () => {
    const nameLength = 4 + token.readUInt16BE(2)
    for (const length of [0, 1, token.length, 0x7fffffff, 0x80000000, 0xfffffffc, 0xffffffff]) {
      const forged = Buffer.from(token)
      forged.writeUInt32BE(length, nameLength)
      assert.throws(() => Name.exported(forged), { code: 'GSS_S_BAD_NAME' }, String(length))
    }
    for (const length of [0, 1, 2, 10, 12, 0x7fff, 0xffff]) {
      const forged = Buffer.from(token)
      forged.writeUInt16BE(length, 2)
      assert.throws(() => Name.exported(forged), { code: 'GSS_S_BAD_NAME' }, String(length))
    }
  })

  it('composite names with lengths that do not fit are refused', () => {
    const composite = Buffer.from(token)
    composite[1] = 2
    for (const tail of ['00', '00000001', 'ffffffff', '7fffffff00', '000000020101ff']) {
      const forged = Buffer.concat([composite, Buffer.from(tail, 'hex')])
      assert.throws(() => Name.exported(forged), { name: 'GssError' }, tail)
    }
  })

  it('a composite name whose attributes are noise does no harm', () => {
    for (const size of [0, 1, 4, 8, 40, 4000]) {
      const composite = Buffer.from(token)
      composite[1] = 2
      const length = Buffer.alloc(4)
      length.writeUInt32BE(size)
      use(Buffer.concat([composite, length, pattern(size, 9)]))
    }
  })

  it('names of other mechanisms, and noise, do no harm', () => {
    for (const oid of ['06062b0601050502', '06012a', '06032a0304', '060a2b06010401823702020a']) {
      const mechanism = Buffer.from(oid, 'hex')
      const head = Buffer.from([4, 1, 0, mechanism.length])
      for (const name of ['', 'alice@EXAMPLE.TEST', '\0\0\0\0']) {
        const length = Buffer.alloc(4)
        length.writeUInt32BE(name.length)
        use(Buffer.concat([head, mechanism, length, Buffer.from(name)]))
      }
    }
    for (const size of [0, 1, 3, 4, 20, 1000]) use(pattern(size))
  })

  it('a name that holds NUL, or no text, does no harm', () => {
    const named = (name: Buffer) => {
      const head = token.subarray(0, 4 + token.readUInt16BE(2))
      const length = Buffer.alloc(4)
      length.writeUInt32BE(name.length)
      return Buffer.concat([head, length, name])
    }
    for (const name of [
      '',
      '\0',
      'alice\0@EXAMPLE.TEST',
      '@',
      '/',
      '\\',
      'a@b@c',
      '/////@',
      '\\0',
    ]) {
      use(named(Buffer.from(name)))
    }
    use(named(Buffer.alloc(70_000, 0x61)))
    use(named(Buffer.from([0xff, 0xfe, 0x80])))
  })
})
