import assert from 'node:assert/strict'
import { elementsOfType } from '../../lib/encoding/authorization-data'
import { extended, flipped, truncated } from '../helpers/forge'

const tlv = (tag: number, contents: Buffer) =>
  contents.length < 0x80
    ? Buffer.concat([Buffer.from([tag, contents.length]), contents])
    : Buffer.concat([Buffer.from([tag, 0x82, contents.length >> 8, contents.length]), contents])

const number = (value: number[]) => tlv(0xa0, tlv(0x02, Buffer.from(value)))
const element = (type: number[], data: string | Buffer) =>
  tlv(0x30, Buffer.concat([number(type), tlv(0xa1, tlv(0x04, Buffer.from(data)))]))
const list = (...elements: Buffer[]) => tlv(0x30, Buffer.concat(elements))

const LONG = Buffer.alloc(300, 7)
const DATA = list(element([1], 'a'), element([0, 128], LONG), element([1], 'b'), element([255], ''))

describe('authorization data', () => {
  it('elements of one type are found in their order', () => {
    assert.deepEqual(elementsOfType(DATA, 1).map(String), ['a', 'b'])
    assert.deepEqual(elementsOfType(DATA, 128), [LONG])
    assert.deepEqual(elementsOfType(DATA, -1), [Buffer.alloc(0)])
    assert.deepEqual(elementsOfType(DATA, 2), [])
  })

  it('what is found is a copy', () => {
    const [found] = elementsOfType(DATA, 128)
    found!.fill(0)
    assert.deepEqual(elementsOfType(DATA, 128), [LONG])
  })

  it('what does not add up has no elements, and no bytes of others', () => {
    const forged: Buffer[] = [...truncated(DATA), ...extended(DATA)]
    for (let i = 0; i < DATA.length; i++) forged.push(flipped(DATA, i, 0x80))
    for (const each of forged) {
      for (const found of elementsOfType(each, 128)) assert.ok(found.length <= each.length)
    }
    for (const each of [Buffer.alloc(0), Buffer.from([0x30]), Buffer.from('3084ffffffff', 'hex')]) {
      assert.deepEqual(elementsOfType(each, 1), [])
    }
  })

  it('an element without type, without contents or with a type of five bytes is left out', () => {
    const data = tlv(0xa1, tlv(0x04, Buffer.from('x')))
    const bare = [tlv(0x30, data), tlv(0x30, number([1])), element([1, 1, 1, 1, 1], 'x')]
    for (const each of [...bare, tlv(0x30, Buffer.concat([tlv(0xa0, Buffer.alloc(0)), data]))]) {
      assert.deepEqual(elementsOfType(list(each), 1), [])
    }
  })
})
