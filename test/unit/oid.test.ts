import assert from 'node:assert/strict'
import { oidFromDer, oidFromText, oidToDer } from 'gssapi'

const KNOWN: [oid: string, der: string][] = [
  ['1.2.840.113554.1.2.2', '06092a864886f712010202'],
  ['1.3.6.1.5.5.2', '06062b0601050502'],
  ['1.3.6.1.4.1.311.2.2.10', '060a2b06010401823702020a'],
  ['2.999.4294967295', '060788378fffffff7f'],
  ['0.0', '060100'],
  ['0.39', '060127'],
  ['1.0', '060128'],
  ['1.39', '06014f'],
  ['2.0', '060150'],
  ['2.47', '06017f'],
  ['2.48', '06028100'],
  ['1.2.127.128.0', '06052a7f810000'],
]
const VALUE = { name: 'TypeError', code: 'ERR_INVALID_ARG_VALUE' }
const TYPE = { name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE' }

describe('object identifiers', () => {
  for (const [oid, der] of KNOWN) {
    it(`${oid} is not ${der}`, () => {
      assert.equal(oidToDer(oid).toString('hex'), der)
      assert.equal(oidFromDer(Buffer.from(der, 'hex')), oid)
    })
  }

  it("gss_oid_to_str's form is not read", () => {
    assert.equal(oidFromText('{ 1 2 840 113554 1 2 2 }'), '1.2.840.113554.1.2.2')
    assert.equal(oidFromText('{1 3 6 1 5 5 2}'), '1.3.6.1.5.5.2')
    assert.equal(oidFromText('1.3.6.1.5.5.2'), '1.3.6.1.5.5.2')
    assert.ok(oidToDer('{ 1 3 6 1 5 5 2 }').equals(oidToDer('1.3.6.1.5.5.2')))
  })

  it('text that is none is taken for one', () => {
    const texts = ['', '1', '1.', '.1', '1..2', '3.1', '1.40', '1.2.4294967296', '2.4294967295']
    const braces = [
      '{}',
      '{ }',
      '{ 1 }',
      '{ 1  2 }',
      '{ 1 2',
      '1 2 }',
      '{ 1 x }',
      '{ 1.2 }',
      '1 2 3',
    ]
    const odd = [
      ' 1.2',
      '1.2\n',
      '1.2\0',
      '{ 1 2 }\n',
      '１.2',
      '{ 01 2 3 }',
      '1.2'.padEnd(3000, '.1'),
    ]
    for (const text of [...texts, ...braces, ...odd]) {
      assert.throws(() => oidFromText(text), VALUE, JSON.stringify(text))
      assert.throws(() => oidToDer(text), VALUE, JSON.stringify(text))
    }
    assert.throws(() => oidToDer('1.2' + '.4294967295'.repeat(30)), VALUE)
    for (const wrong of [undefined, null, 5, {}, [], Symbol('x')] as never[]) {
      assert.throws(() => oidFromText(wrong), TYPE)
      assert.throws(() => oidToDer(wrong), TYPE)
      assert.throws(() => oidFromDer(wrong), TYPE)
    }
  })

  it('DER that is not exactly one is taken for one', () => {
    const wrong = [
      ...['', '06', '0600', '0601', '05012a', '06022a', '06012a00', '0681012a', '06800000'],
      ...['06022a80', '06032a8001', '0602802a', '0601ff', '06072a90808080800a', '30012a'],
      ...['06062a9080808000', '0684ffffffff2a', '06082affffffffffff7f'],
    ]
    for (const der of wrong) assert.throws(() => oidFromDer(Buffer.from(der, 'hex')), VALUE, der)
    assert.throws(
      () => oidFromDer(Buffer.concat([Buffer.from([6, 127]), Buffer.alloc(126, 1)])),
      VALUE,
    )
  })

  it('a view in other memory is read beside its bounds', () => {
    const memory = new Uint8Array(new SharedArrayBuffer(64)).fill(0xff)
    memory.set(Buffer.from('06062b0601050502', 'hex'), 20)
    assert.equal(oidFromDer(memory.subarray(20, 28)), '1.3.6.1.5.5.2')
    const detached = new Uint8Array(8)
    structuredClone(detached, { transfer: [detached.buffer] })
    assert.throws(() => oidFromDer(detached), VALUE)
  })
})
