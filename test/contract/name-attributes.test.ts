import assert from 'node:assert/strict'
import { Name, type SecurityContext } from 'gssapi'
import { composite, indicators, parts } from '../helpers/composite'
import { ALICE, established, heimdal, itUnless, MECHANISMS, SUITE } from '../helpers/handshake'
import { useRealm } from '../helpers/realm'

const NONE = heimdal('7.8’s krb5 tells no attributes of a name')
const CLIENT = 'urn:mspac:client-info'

/** MS-PAC 2.7: 8 bytes time, 2 bytes length, the name in UTF-16. */
const clientOf = (value: Buffer) =>
  value.subarray(10, 10 + value.readUInt16LE(8)).toString('utf16le')

function nameOf(context: SecurityContext): Name {
  assert.ok(context.initiatorName)
  return context.initiatorName
}

describe('attributes of names', () => {
  useRealm({
    ...SUITE,
    principals: { alice: { password: SUITE.principals.alice, attributes: ['+requires_preauth'] } },
    libdefaults: { spake_preauth_groups: 'edwards25519' },
    kdc: { spake_preauth_indicator: 'strong-password' },
  })

  for (const mechanism of MECHANISMS) {
    itUnless(
      NONE,
      `${mechanism}: the PAC in a ticket is not read, or not authenticated`,
      async () => {
        const { acceptor } = await established({ initiator: { mechanism } })
        const name = nameOf(acceptor)
        const attributes = name.attributes()
        for (const each of ['urn:mspac:', CLIENT, 'urn:mspac:server-checksum']) {
          assert.ok(attributes.includes(each), `${each} in ${attributes.join()}`)
          const { authenticated, complete, values, displayValues } = name.getAttribute(each)
          assert.deepEqual([authenticated, complete, values.length], [true, true, 1])
          assert.equal(displayValues.length, 1)
        }
        const [client] = name.getAttribute(CLIENT).values
        assert.ok(client)
        assert.equal(clientOf(client), 'alice')
        const [whole] = name.getAttribute('urn:mspac:').values
        assert.ok(whole?.includes(client))
      },
    )

    itUnless(NONE, `${mechanism}: how the initiator authenticated is not told`, async () => {
      const { acceptor } = await established({ initiator: { mechanism } })
      const found = nameOf(acceptor).getAttribute('auth-indicators')
      assert.deepEqual(found.values.map(String), ['strong-password'])
      assert.equal(found.authenticated, true)
    })
  }

  itUnless(NONE, 'of several values all but the first are lost', async () => {
    const values = ['otp', 'pkinit', 'x'.repeat(5000)]
    const name = Name.exported(composite(ALICE, parts(indicators(...values))))
    assert.deepEqual(name.attributes(), ['auth-indicators'])
    assert.deepEqual(name.getAttribute('auth-indicators').values.map(String), values)
  })

  itUnless(NONE, 'a composite name loses its attributes on the way', async () => {
    const { acceptor } = await established()
    const name = nameOf(acceptor)
    const token = name.exportComposite()
    assert.equal(token.subarray(0, 2).toString('hex'), '0402')
    const back = Name.exported(token)
    assert.equal(String(back), ALICE)
    assert.equal(back.equals(name), true)
    assert.equal(back.mechanism, 'krb5')
    assert.deepEqual(back.attributes(), name.attributes())
    assert.deepEqual(back.getAttribute(CLIENT), name.getAttribute(CLIENT))
    assert.ok(back.exportComposite().equals(token))
    assert.equal(String(Name.import(token, '1.3.6.1.5.6.6')), ALICE)
  })

  itUnless(NONE, 'a plain export carries attributes', async () => {
    const { acceptor } = await established()
    assert.deepEqual(Name.exported(nameOf(acceptor).export()).attributes(), [])
  })

  itUnless(NONE, 'what was set by hand passes for what the KDC said', async () => {
    const { acceptor } = await established()
    const name = nameOf(acceptor)
    name.setAttribute('urn:mspac:999', 'made up', { complete: true })
    assert.ok(name.attributes().includes('urn:mspac:999'))
    for (const each of ['urn:mspac:999', CLIENT, 'urn:mspac:']) {
      assert.throws(() => name.getAttribute(each), { code: 'GSS_S_UNAVAILABLE' }, each)
    }
    const untouched = nameOf(acceptor).getAttribute('auth-indicators')
    assert.deepEqual(untouched.values.map(String), ['strong-password'])
  })

  itUnless(NONE, 'an attribute that nobody may set or delete is changed silently', async () => {
    const { acceptor } = await established()
    const name = nameOf(acceptor)
    const before = name.attributes()
    assert.throws(() => name.setAttribute('auth-indicators', 'x'), { code: 'GSS_S_UNAVAILABLE' })
    assert.throws(() => name.deleteAttribute(CLIENT), { code: 'GSS_S_UNAVAILABLE' })
    assert.throws(() => name.deleteAttribute('urn:nothing'), { code: 'GSS_S_UNAVAILABLE' })
    assert.deepEqual(name.attributes(), before)
    assert.equal(name.getAttribute(CLIENT).authenticated, true)
  })

  itUnless(NONE, 'an attribute that is not there is a value', async () => {
    const { acceptor } = await established()
    const call = 'gss_get_name_attribute'
    for (const attribute of ['urn:nothing', 'x'.repeat(60_000), 'urn:mspac:logon-info', '名前']) {
      const get = () => nameOf(acceptor).getAttribute(attribute)
      assert.throws(get, { name: 'GssError', code: 'GSS_S_UNAVAILABLE', call })
    }
  })

  itUnless(NONE, 'a name of no mechanism has attributes, or passes for a mechanism’s', async () => {
    const name = Name.principal(ALICE)
    assert.equal(name.mechanism, null)
    assert.deepEqual(name.attributes(), [])
    const unavailable = { name: 'GssError', code: 'GSS_S_UNAVAILABLE' }
    assert.throws(() => name.getAttribute('auth-indicators'), unavailable)
    assert.throws(() => name.setAttribute('urn:x', 'y'), unavailable)
    assert.throws(() => name.deleteAttribute('urn:x'), unavailable)
    assert.throws(() => name.exportComposite(), unavailable)
    const canonical = await name.canonicalize()
    assert.equal(canonical.mechanism, 'krb5')
    assert.deepEqual(canonical.attributes(), [])
  })

  it('a mistake in the arguments reaches the library', async () => {
    const name = await Name.principal(ALICE).canonicalize()
    const type = { name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE' }
    const value = { name: 'TypeError', code: 'ERR_INVALID_ARG_VALUE' }
    for (const wrong of [undefined, null, 5, Number.NaN, {}, [], Symbol('x')] as never[]) {
      assert.throws(() => name.getAttribute(wrong), type)
      assert.throws(() => name.setAttribute(wrong, 'x'), type)
      assert.throws(() => name.setAttribute('x', wrong), type)
      assert.throws(() => name.deleteAttribute(wrong), type)
    }
    for (const wrong of ['', 'a\0b', '\0', '\ud800']) {
      assert.throws(() => name.getAttribute(wrong), value)
      assert.throws(() => name.setAttribute(wrong, 'x'), value)
      assert.throws(() => name.deleteAttribute(wrong), value)
    }
    const long = 'x'.repeat(70_000)
    assert.throws(() => name.getAttribute(long), { name: 'RangeError', code: 'ERR_OUT_OF_RANGE' })
    assert.throws(() => name.setAttribute('x', new Uint8Array(0x1000001)), RangeError)
    assert.throws(() => name.setAttribute('x', 'y', { complete: 1 as never }), type)
    assert.throws(() => name.setAttribute('x', 'y', 5 as never), type)
    const borrowed = Object.getOwnPropertyDescriptor(Name.prototype, 'attributes')
      ?.value as () => void
    assert.throws(() => {
      borrowed.call({})
    }, TypeError)
  })
})
