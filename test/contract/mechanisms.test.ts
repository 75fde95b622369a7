import assert from 'node:assert/strict'
import {
  describeMechanism,
  describeMechanismAttribute,
  mechanismOfSaslName,
  mechanisms,
  Name,
} from 'gssapi'
import { ALICE, established, heimdal, itUnless, SERVICE, SUITE } from '../helpers/handshake'
import { useRealm } from '../helpers/realm'

const names = (filter?: Parameters<typeof mechanisms>[0]) =>
  mechanisms(filter).map(({ mechanism }) => mechanism)

describe('enquiries about mechanisms', () => {
  useRealm(SUITE)

  it('a selection by attributes has others, or not all', () => {
    const all = names()
    assert.ok(all.includes('krb5') && all.includes('spnego'))
    assert.deepEqual(names({}), all)
    const negotiating = names({ desired: ['GSS_C_MA_MECH_NEGO'] })
    assert.deepEqual(negotiating, ['spnego'])
    assert.deepEqual(names({ desired: ['1.3.6.1.5.5.13.4'] }), negotiating)
    const others = names({ except: ['GSS_C_MA_MECH_NEGO'] })
    assert.deepEqual([...others, ...negotiating].sort(), [...all].sort())
    const both = { desired: ['GSS_C_MA_AUTH_TARG'], except: ['GSS_C_MA_MECH_NEGO'] }
    assert.ok(names(both).includes('krb5'))
    assert.ok(names({ critical: ['GSS_C_MA_CONF_PROT'] }).includes('krb5'))
    assert.deepEqual(names({ critical: ['1.2.3.4'] }), [])
    assert.deepEqual(names({ desired: ['1.2.3.4'] }), [])
  })

  it('a mistake in the selection is overlooked', () => {
    for (const value of ['GSS_C_MA_NO_SUCH', '', 'MECH_NEGO', '1', 'GSS_C_MA_', 'GSS_C_MA_\0']) {
      const code = 'ERR_INVALID_ARG_VALUE'
      assert.throws(() => mechanisms({ desired: [value] }), { code }, value)
      assert.throws(() => describeMechanismAttribute(value), { code }, value)
    }
    for (const value of [null, 5, 'x', {}]) {
      const code = 'ERR_INVALID_ARG_TYPE'
      assert.throws(() => mechanisms({ except: value as never }), { code })
      assert.throws(() => mechanisms({ critical: [value === 'x' ? 7 : value] as never }), { code })
    }
    assert.throws(() => mechanisms(5 as never), { code: 'ERR_INVALID_ARG_TYPE' })
  })

  it('one mechanism is described otherwise than in the list', () => {
    for (const listed of mechanisms()) {
      const { knownAttributes, nameTypes, ...told } = describeMechanism(listed.mechanism)
      assert.deepEqual(told, listed)
      for (const each of told.attributes) assert.ok(knownAttributes.includes(each), each)
      assert.ok(Array.isArray(nameTypes))
    }
    const { nameTypes } = describeMechanism('krb5')
    for (const type of ['service', 'principal', 'user']) assert.ok(nameTypes.includes(type), type)
    assert.equal(new Set(nameTypes).size, nameTypes.length)
  })

  itUnless(
    heimdal('has no alias'),
    'a mechanism that is had but not listed is not described',
    async () => {
      const old = '1.2.840.48018.1.2.2' // what Windows 2000 called Kerberos
      assert.ok(!names().includes(old))
      assert.ok(describeMechanism(old).attributes.includes('GSS_C_MA_AUTH_INIT'))
    },
  )

  it('a mechanism that the library has not is described', () => {
    const missing = { name: 'GssError', code: 'GSS_S_BAD_MECH' }
    assert.throws(() => describeMechanism('1.3.6.1.4.1.99999.1'), missing)
    assert.throws(() => describeMechanism(''), { code: 'ERR_INVALID_ARG_VALUE' })
    assert.throws(() => describeMechanism(undefined as never), { code: 'ERR_INVALID_ARG_TYPE' })
  })

  it('an attribute has no text', () => {
    const told = describeMechanismAttribute('GSS_C_MA_AUTH_INIT')
    assert.equal(told.attribute, 'GSS_C_MA_AUTH_INIT')
    assert.equal(told.oid, '1.3.6.1.5.5.13.10')
    assert.equal(told.name, 'GSS_C_MA_AUTH_INIT')
    assert.match(told.shortDescription, /auth/)
    assert.deepEqual(describeMechanismAttribute(told.oid), told)
    const unknown = { name: 'GssError', code: 'GSS_S_BAD_MECH_ATTR' }
    assert.throws(() => describeMechanismAttribute('1.2.3.4'), unknown)
  })

  it('a SASL name leads to another mechanism than that it is of', () => {
    for (const { saslName, mechanism } of mechanisms()) {
      if (saslName !== '') assert.equal(mechanismOfSaslName(saslName), mechanism)
    }
    assert.equal(mechanismOfSaslName('GS2-KRB5'), 'krb5')
    const unknown = { name: 'GssError', code: 'GSS_S_BAD_MECH' }
    for (const name of ['GS2-NONE', 'x', 'GS2-KRB5-PLUS', 'GS2-AAAAAAAAAAA', 'x'.repeat(60_000)]) {
      assert.throws(() => mechanismOfSaslName(name), unknown, name.slice(0, 20))
    }
    for (const name of ['', '\0', 'a\0b']) {
      assert.throws(() => mechanismOfSaslName(name), { code: 'ERR_INVALID_ARG_VALUE' })
    }
  })

  it('a name is for mechanisms that do not take its type', async () => {
    const service = Name.service(SERVICE).mechanisms()
    assert.ok(service.includes('krb5') && service.includes('spnego'))
    assert.ok(Name.principal(ALICE).mechanisms().includes('krb5'))
    const { acceptor } = await established()
    assert.ok(acceptor.initiatorName?.mechanisms().includes('krb5'))
  })

  itUnless(
    heimdal('7.8 has no text of any type'),
    'a name is displayed as what it is not',
    async () => {
      assert.equal(Name.service(SERVICE).displayAs('service'), SERVICE)
      const unavailable = { name: 'GssError', code: 'GSS_S_UNAVAILABLE' }
      assert.throws(() => Name.service(SERVICE).displayAs('user'), unavailable)
      assert.equal((await Name.principal('alice').canonicalize()).displayAs('principal'), ALICE)
      assert.throws(() => Name.principal(ALICE).displayAs('1.2.3.4'), unavailable)
      assert.throws(() => Name.principal(ALICE).displayAs('none'), {
        code: 'ERR_INVALID_ARG_VALUE',
      })
      assert.throws(() => Name.principal(ALICE).displayAs(undefined as never), {
        code: 'ERR_INVALID_ARG_VALUE',
      })
    },
  )
})
