/** Attributes of a name with several values that differ in what is said of them: see helpers/front-library. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { configure, Name } from 'gssapi'
import { systemLibrary } from '../helpers/apple-library'
import { buildFrontLibrary } from '../helpers/front-library'

const mit = systemLibrary('libgssapi_krb5.so.2')
const suite = mit === undefined ? describe.skip : describe
const title = (text: string) =>
  mit === undefined ? `${text} [MIT's libgssapi_krb5.so.2 is not installed]` : text

/** An attribute is authenticated, or complete, where all of its values are said to be: a 1 for each of the two, value by value. */
const CASES: [string, { authenticated: boolean; complete: boolean }][] = [
  ['11', { authenticated: true, complete: true }],
  ['11,11,11', { authenticated: true, complete: true }],
  ['01', { authenticated: false, complete: true }],
  ['10', { authenticated: true, complete: false }],
  ['00', { authenticated: false, complete: false }],
  ['01,11,11', { authenticated: false, complete: true }],
  ['11,01,11', { authenticated: false, complete: true }],
  ['11,11,01', { authenticated: false, complete: true }],
  ['10,11,11', { authenticated: true, complete: false }],
  ['11,10,11', { authenticated: true, complete: false }],
  ['11,11,10', { authenticated: true, complete: false }],
  ['01,10', { authenticated: false, complete: false }],
]

suite(title('an attribute of several values'), () => {
  const folder = mkdtempSync(join(tmpdir(), 'gssapi-attributes-'))
  before('compile a library that has some', () => {
    configure({ library: buildFrontLibrary(join(folder, 'libgssapi_krb5.so'), mit!) })
  })
  after(() => {
    rmSync(folder, { recursive: true, force: true })
  })

  for (const [facts, expected] of CASES) {
    const { authenticated, complete } = expected
    const words = `${authenticated ? '' : 'not '}authenticated, ${complete ? '' : 'not '}complete`
    it(`is ${words}, where its values are ${facts}`, () => {
      const values = facts.split(',')
      const found = Name.principal('alice@EXAMPLE.TEST').getAttribute(`test:${facts}`)
      assert.deepEqual(found, {
        ...expected,
        values: values.map((_, index) => Buffer.from(`value ${index}`)),
        displayValues: values.map((_, index) => `display ${index}`),
      })
    })
  }

  it('is not complete, where it has more values than are read', () => {
    const read = (count: number) => {
      const facts = Array.from({ length: count }, () => '11').join()
      return Name.principal('alice@EXAMPLE.TEST').getAttribute(`test:${facts}`)
    }
    const all = read(4096)
    assert.deepEqual([all.values.length, all.authenticated, all.complete], [4096, true, true])
    const first = read(4097)
    assert.deepEqual(
      [first.values.length, first.authenticated, first.complete],
      [4096, true, false],
    )
  })

  it('all other attributes are as ever', () => {
    const name = Name.principal('alice@EXAMPLE.TEST')
    assert.throws(() => name.getAttribute('urn:nothing'), { code: 'GSS_S_UNAVAILABLE' })
  })
})
