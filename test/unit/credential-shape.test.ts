import assert from 'node:assert/strict'
import { isMitCredential } from '../../lib/credential/shape'

const KRB5 = '2a864886f712010202'
const SPNEGO = '2b0601050502'

function counted(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes.length)
  return Buffer.concat([length, bytes])
}

const part = (oid: string, token: Buffer) =>
  Buffer.concat([counted(Buffer.from(oid, 'hex')), counted(token)])
const krb5 = (text: string) => part(KRB5, Buffer.from(text, 'latin1'))
const fits = (text: string) => isMitCredential(krb5(text))

const ALICE = 'alice@EXAMPLE.TEST'
const KEY = [18, 'DseRBylacysHPOhTyOeV+6VmT8vcNpkEwN9ZMpXMaXU=']
const ADDRESSES = [
  [2, 'fwAAAQ=='],
  [24, ''],
]
const TIMES = [1795892065, 0, 1795978465, -1]
const TICKET = [ALICE, 'krbtgt/A@A', KEY, ...TIMES, false, 1078001664, ADDRESSES, 'eWVz', '', null]
const CACHE = [ALICE, TICKET, [...TICKET.slice(0, 12), [[1, 'MAA=']]]]
const NAME = [ALICE, 'test', null]
/** With something in every member; the names are those of MIT's `krb5_gss_cred_id_rec`. */
const FULL = [
  ...[0, NAME, 'impersonator@A', true, false, 'FILE:/etc/krb5.keytab', 'dfl:', CACHE],
  ...['FILE:client.keytab', true, 1795978465, 0, [18, 17], 'secret'],
]

type Kind = 'integer' | 'boolean' | 'text' | 'base64' | 'cache' | 'null'
const PRINCIPAL: Kind[] = ['text']
const OPTIONAL: Kind[] = ['text', 'null']

/** What may stand in each place, by krb5/export_cred.c; '*' is any index. */
const PLACES: Record<string, Kind[]> = {
  '0': ['integer'],
  '1.0': PRINCIPAL,
  '1.1': OPTIONAL,
  '1.2': OPTIONAL,
  '2': OPTIONAL,
  '3': ['boolean'],
  '4': ['boolean'],
  '5': ['text'],
  '6': OPTIONAL,
  '7': ['text', 'cache'],
  '7.0': PRINCIPAL,
  '8': OPTIONAL,
  '9': ['boolean'],
  '10': ['integer'],
  '11': ['integer'],
  '12': ['null'],
  '12.0': ['integer'],
  '12.1': ['integer'],
  '13': OPTIONAL,
}
const ticketPlaces: Kind[][] = [
  PRINCIPAL,
  PRINCIPAL,
  [],
  ...TIMES.map((): Kind[] => ['integer']),
  ['boolean'],
  ['integer'],
  ['null'],
  ['base64'],
  ['base64'],
  ['null'],
]
for (const ticket of [1, 2]) {
  for (const [i, kinds] of ticketPlaces.entries()) PLACES[`7.${ticket}.${i}`] = kinds
  PLACES[`7.${ticket}.2.0`] = ['integer']
  PLACES[`7.${ticket}.2.1`] = ['base64']
}
for (const place of ['7.1.9.0', '7.1.9.1', '7.2.9.0', '7.2.9.1', '7.2.12.0']) {
  PLACES[`${place}.0`] = ['integer']
  PLACES[`${place}.1`] = ['base64']
}

const VALUES: [value: unknown, kinds: Kind[]][] = [
  [null, ['null']],
  [true, ['boolean']],
  [2, ['integer']],
  [12345, ['integer']],
  [-1, ['integer']],
  [1.5, []],
  [1e20, []],
  ['', ['text', 'base64']],
  ['QUJD', ['text', 'base64']],
  ['QQ==', ['text', 'base64']],
  ['QUI', ['text']],
  ['Q===', ['text']],
  ['QQ==QQ==', ['text']],
  ['é \\ " / \n \u0011', ['text']],
  [{}, []],
  [[null], []],
  [[[]], []],
  [['a'], ['cache']],
  [[1, 'QUJD', 1], []],
]

/** All places of a value, with itself left out. */
function placesIn(value: unknown, path: number[] = []): number[][] {
  if (!Array.isArray(value)) return [path]
  const inner = value.flatMap((each, i) => placesIn(each, [...path, i]))
  return path.length === 0 ? inner : [path, ...inner]
}

function changed(path: number[], value: unknown): string {
  const copy = structuredClone(FULL) as unknown[]
  let at = copy
  for (const step of path.slice(0, -1)) at = at[step] as unknown[]
  at[path.at(-1)!] = value
  return JSON.stringify(['K5C1', copy])
}

const exported = (members: readonly unknown[]) => JSON.stringify(['K5C1', members])
const having = (change: Record<number, unknown>) =>
  exported(FULL.map((value, i) => (i in change ? change[i] : value)))

describe('the shape of MIT’s exported credentials', () => {
  it('fits where every member is there', () => {
    assert.ok(fits(exported(FULL)))
    assert.ok(fits(exported([...FULL, 'a one-time password'])))
    assert.ok(isMitCredential(part(SPNEGO, krb5(exported(FULL)))))
    assert.ok(isMitCredential(Buffer.concat([krb5(exported(FULL)), krb5(exported(FULL))])))
  })

  it('fits in each place what MIT writes there, and nothing else', () => {
    for (const path of placesIn(FULL)) {
      const kinds = PLACES[path.join('.')] ?? []
      for (const [value, its] of VALUES) {
        // Of integers, a usage is one of three.
        const isUsage = path.join('.') === '0'
        const allowed = isUsage ? value === 2 : its.some((kind) => kinds.includes(kind))
        const text = changed(path, value)
        assert.equal(fits(text), allowed, `${path.join('.')} = ${JSON.stringify(value)}`)
      }
    }
  })

  it('fits no list with a member too few or too many', () => {
    const lists = placesIn(FULL).map((path) => path.slice(0, -1))
    const variable = new Set(['12', '7', '7.1.9', '7.2.9', '7.2.12'])
    for (const path of lists.filter((each) => each.length > 0)) {
      let list: unknown = FULL
      for (const step of path) list = (list as unknown[])[step]
      const given = list as unknown[]
      for (const change of [given.slice(0, -1), [...given, given.at(-1)]]) {
        if (!variable.has(path.join('.'))) assert.ok(!fits(changed(path, change)), path.join('.'))
      }
    }
    assert.ok(!fits(exported(FULL.slice(0, -1))))
    assert.ok(!fits(exported([...FULL, null])))
    assert.ok(!fits(exported([...FULL, 'x', 'x'])))
    assert.ok(!fits(having({ 7: [] })))
    assert.ok(fits(having({ 7: [ALICE], 12: [] })))
  })

  it('fits only where name and cache, and keytab and usage go together', () => {
    const both = { 1: null, 7: null }
    assert.ok(fits(having({ ...both, 13: null })))
    assert.ok(!fits(having({ 1: null })))
    assert.ok(!fits(having({ 7: null })))
    assert.ok(!fits(having(both)), 'a password of nobody')
    assert.ok(!fits(having({ 5: null })), 'an acceptor without keytab')
    assert.ok(!fits(having({ 0: 2, 5: null })))
    assert.ok(fits(having({ 0: 1, 5: null })))
    assert.ok(fits(having({ ...both, 0: 2, 13: null })))
    for (const usage of [3, -1, 10, 12, 20]) assert.ok(!fits(having({ 0: usage })), `${usage}`)
  })

  it('fits only JSON as MIT encodes it', () => {
    const text = exported(FULL)
    for (let end = 0; end < text.length; end++) assert.ok(!fits(text.slice(0, end)), `${end}`)
    for (const more of [' ', '\0', ']', ',', 'null', '[]']) assert.ok(!fits(text + more))
    for (const space of [' ', '\t', '\n']) {
      assert.ok(!fits(space + text))
      assert.ok(!fits(text.replace(',', `,${space}`)))
    }
    const password = (raw: string) => text.replace('"secret"', raw)
    for (const raw of ['"\\u00FF\\u0001"', '"\\\\\\"\\/\\b\\f\\n\\r\\t"', '"\xff\x80"', 'null']) {
      assert.ok(fits(password(raw)), raw)
    }
    for (const raw of [
      ...['"\\u0000"', '"\\u0100"', '"\\u00ff"', '"\\u00"', '"\\x"', '"\\', '"\\"', '"a\nb"'],
      ...['"a\0b"', '"', 'secret', "'secret'", 'nul', 'NULL'],
    ]) {
      assert.ok(!fits(password(raw)), raw)
    }
    const number = (raw: string) => text.replace('1795978465,0,[18', `${raw},0,[18`)
    for (const raw of ['0', '-0', '-5', '9'.repeat(19)]) assert.ok(fits(number(raw)), raw)
    for (const raw of ['', '-', '01', '+1', '1.0', '1e3', '9'.repeat(20), '0x1', '"1"']) {
      assert.ok(!fits(number(raw)), raw)
    }
    for (const magic of ['K5C2', 'K5C', 'k5c1', '']) assert.ok(!fits(text.replace('K5C1', magic)))
  })
})
