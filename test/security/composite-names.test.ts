import assert from 'node:assert/strict'
import { GssError, Name } from 'gssapi'
import { composite, counted, indicators, pac, parts, uint32 } from '../helpers/composite'
import { extended, flipped, truncated } from '../helpers/forge'
import { ALICE, established, pattern, SUITE } from '../helpers/handshake'
import { useRealm } from '../helpers/realm'

/** Whatever can be asked of it, and set: each throws a GssError at most. */
function use(token: Uint8Array): void {
  const tries = (call: () => unknown): void => {
    try {
      call()
    } catch (error) {
      assert.ok(error instanceof GssError, String(error))
      assert.match(error.code, /^GSS_S_/)
    }
  }
  tries(() => {
    const name = Name.exported(token)
    tries(() => name.attributes().forEach((each) => tries(() => name.getAttribute(each))))
    for (const each of ['urn:mspac:', 'urn:mspac:1', 'urn:mspac:client-info', 'auth-indicators']) {
      tries(() => name.getAttribute(each))
      tries(() => name.setAttribute(each, 'value'))
    }
    tries(() => name.setAttribute('urn:mspac:77', ''))
    tries(() => name.attributes())
    tries(() => name.deleteAttribute('urn:mspac:77'))
    tries(() => Name.exported(name.exportComposite()).attributes())
    tries(() => name.export())
  })
}

const refused = (token: Uint8Array, message?: string): void => {
  assert.throws(() => Name.exported(token), { name: 'GssError', code: 'GSS_S_BAD_NAME' }, message)
}

/** MIT 1.20 reads a PAC by the length before it, and aborts on some that it has read. */
describe('forged composite names', () => {
  useRealm(SUITE)
  let token: Buffer
  let contents: Buffer

  before('a genuine one', async () => {
    const { acceptor } = await established()
    token = acceptor.initiatorName!.exportComposite()
    contents = acceptor.initiatorName!.getAttribute('urn:mspac:').values[0]!
  })

  it('the genuine one is refused, or one made like it', () => {
    assert.ok(Name.exported(token).attributes().includes('urn:mspac:client-info'))
    const made = composite(ALICE, parts(pac(contents), indicators()))
    assert.ok(made.equals(token))
  })

  it('a flipped bit ends the process', () => {
    for (let mask = 1; mask < 256; mask <<= 1) {
      for (const at of token.keys()) use(flipped(token, at, mask))
    }
  })

  it('numbers in a PAC that wrap around are followed', () => {
    const numbers = [0, 1, 4, 8, 0x7fffffff, 0x80000000, 0xfffffff0, 0xfffffff8, 0xffffffff]
    for (let at = 0; at + 4 <= 8 + 16 * 5; at += 4) {
      for (const number of numbers) {
        for (const next of [undefined, 0xffffffff]) {
          const forged = Buffer.from(contents)
          forged.writeUInt32LE(number, at)
          if (next !== undefined && at + 8 <= forged.length) forged.writeUInt32LE(next, at + 4)
          use(composite(ALICE, parts(pac(forged), indicators())))
        }
      }
    }
  })

  it('a cut or lengthened one is accepted', () => {
    for (const forged of [...truncated(token), ...extended(token)]) refused(forged)
  })

  it('a PAC’s length that does not fit is followed', () => {
    const at = token.indexOf(contents) - 4
    for (const length of [1, 7, 8, contents.length + 8, 0x7fffffff, 0x80000000, 0xffffffff]) {
      const forged = Buffer.from(token)
      forged.writeUInt32BE(length, at)
      refused(forged, String(length))
    }
  })

  it('a PAC whose length is not a multiple of 8 is taken', () => {
    const odd = Buffer.concat([contents, Buffer.alloc(1)])
    refused(composite(ALICE, parts(pac(odd))))
    const name = Name.exported(token)
    const set = () => name.setAttribute('urn:mspac:', odd)
    assert.throws(set, { name: 'GssError', code: 'GSS_S_FAILURE' })
    assert.throws(() => name.setAttribute('URN:MSPAC:', odd), { code: 'GSS_S_FAILURE' })
    name.setAttribute('urn:mspac:', contents)
    name.setAttribute('urn:mspac:321', 'x')
    assert.ok(name.attributes().includes('urn:mspac:321'))
  })

  it('indicators’ numbers that do not fit are followed', () => {
    const head = counted('authentication-indicators')
    for (const number of [1, 2, 4097, 0x7fffffff, 0x80000000, 0xffffffff]) {
      refused(composite(ALICE, parts(Buffer.concat([head, uint32(number)]))), String(number))
      const one = Buffer.concat([head, uint32(1), uint32(number), Buffer.from('')])
      refused(composite(ALICE, parts(one)), String(number))
    }
    use(composite(ALICE, parts(indicators('', '', ''))))
    use(composite(ALICE, parts(indicators('\0', 'x'.repeat(100_000)))))
  })

  it('parts of a number or a name that is not known are handed on', () => {
    for (const count of [1, 17, 0x7fffffff, 0xffffffff]) {
      refused(composite(ALICE, uint32(count)), String(count))
    }
    refused(composite(ALICE, parts(counted('greet'), counted('x'))))
    refused(composite(ALICE, parts(Buffer.concat([counted('mspac\0'), counted('')]))))
    refused(composite(ALICE, Buffer.concat([parts(indicators()), Buffer.from('x')])))
    refused(composite(ALICE, Buffer.alloc(0)))
    use(composite(ALICE, parts()))
    use(composite(ALICE, parts(pac(contents), pac(contents), indicators('a'), indicators('b'))))
    for (const size of [1, 3, 8, 64, 5000]) refused(composite(ALICE, pattern(size)))
  })
})
