import assert from 'node:assert/strict'
import { library, mechanisms } from 'gssapi'
import { attributeName } from '../../lib/mechanism/inquiry'
import { mechanismName, mechanismOid, mechanismOids } from '../../lib/mechanism/mechanism'
import { isWindows } from '../../lib/native'
import { enctypeOf } from '../../lib/context/session-key'
import { tokenMechanism } from '../../lib/encoding/token-mechanism'

const OIDS = {
  krb5: '1.2.840.113554.1.2.2',
  spnego: '1.3.6.1.5.5.2',
  iakerb: '1.3.6.1.5.2.5',
  ntlm: '1.3.6.1.4.1.311.2.2.10',
}

const KRB5_TOKEN = Buffer.from('600d06092a864886f71201020201006e', 'hex')
const MICROSOFT_TOKEN = Buffer.from('600d06092a864882f71201020201006e', 'hex')
const SPNEGO_TOKEN = Buffer.from('600806062b0601050502', 'hex')

describe('mechanisms', () => {
  for (const [name, oid] of Object.entries(OIDS)) {
    it(`${name} is not ${oid}`, () => {
      assert.equal(mechanismOid(name, 'x'), oid)
      assert.equal(mechanismOid(oid, 'x'), oid)
      assert.equal(mechanismName(oid), name)
    })
  }

  it('another object identifier is not taken as it is', () => {
    assert.equal(mechanismOid('1.2.3.4', 'x'), '1.2.3.4')
    assert.equal(mechanismName('1.2.3.4'), '1.2.3.4')
    assert.equal(mechanismOid('2.999.4294967295', 'x'), '2.999.4294967295')
  })

  it('what is no mechanism reaches the library', () => {
    const bad = [
      // On Windows these could be packages: the system knows.
      ...(isWindows ? [] : ['KRB5', 'kerberos', 'constructor', 'Kerberos', 'Negotiate', 'NTLM']),
      ...['', '__proto__', '1', '1.', '.1.2', '1..2', '1.2.', '-x', ' Kerberos', 'x\0', 'x/y'],
      ...['3.1', '1.40', '0.40.1', '1.2.03', '1.2.-3', '1.2.4294967296', '2.4294967295', '1.2 '],
      ...['1.2.3\0', '1.2.3\n', '1.'.repeat(300) + '2', '１.2'],
    ]
    for (const value of bad) {
      assert.throws(() => mechanismOid(value, 'm'), { code: 'ERR_INVALID_ARG_VALUE' }, value)
    }
    for (const value of [undefined, null, 5, {}, [], Symbol('x')]) {
      assert.throws(() => mechanismOid(value, 'm'), { code: 'ERR_INVALID_ARG_TYPE' })
    }
  })

  if (isWindows) {
    it("on Windows, packages' names are not taken", () => {
      assert.equal(mechanismOid('Kerberos', 'm'), OIDS.krb5)
      assert.equal(mechanismOid('Negotiate', 'm'), OIDS.spnego)
      assert.equal(mechanismOid('NTLM', 'm'), OIDS.ntlm)
      assert.equal(mechanismOid('Some Package', 'm'), 'Some Package')
    })
  }

  it('a list of mechanisms is not checked one by one', () => {
    assert.deepEqual(mechanismOids(['krb5', '1.2.3'], 'm'), [OIDS.krb5, '1.2.3'])
    assert.deepEqual(mechanismOids(undefined, 'm'), [])
    assert.throws(() => mechanismOids('krb5', 'm'), { code: 'ERR_INVALID_ARG_TYPE' })
    assert.throws(() => mechanismOids(['krb5', 7], 'm'), /"m\[1\]"/)
  })

  it("RFC 5587's attributes have no names", () => {
    assert.equal(attributeName('1.3.6.1.5.5.13.1'), 'GSS_C_MA_MECH_CONCRETE')
    assert.equal(attributeName('1.3.6.1.5.5.13.27'), 'GSS_C_MA_CTX_TRANS')
    for (const oid of ['1.3.6.1.5.5.13.0', '1.3.6.1.5.5.13.99', '1.3.6.1.5.5.13.x', '1.2']) {
      assert.equal(attributeName(oid), oid)
    }
  })

  it('the library has no Kerberos, or says nothing of it', () => {
    const krb5 = mechanisms().find((each) => each.mechanism === 'krb5')
    assert.ok(krb5)
    assert.equal(krb5.oid, OIDS.krb5)
    if (library().implementation === 'mit') {
      assert.equal(krb5.saslName, 'GS2-KRB5')
      assert.ok(krb5.attributes.includes('GSS_C_MA_AUTH_INIT'))
    }
  })

  it("the mechanism of an initiator's first token is not seen", () => {
    assert.equal(tokenMechanism(KRB5_TOKEN), OIDS.krb5)
    assert.equal(tokenMechanism(MICROSOFT_TOKEN), OIDS.krb5)
    assert.equal(tokenMechanism(SPNEGO_TOKEN), OIDS.spnego)
    assert.equal(tokenMechanism(Buffer.from('NTLMSSP\0\x01')), OIDS.ntlm)
    assert.equal(tokenMechanism(Buffer.from('6e03020100', 'hex')), OIDS.krb5)
    for (const size of KRB5_TOKEN.keys()) tokenMechanism(KRB5_TOKEN.subarray(0, size))
    assert.equal(tokenMechanism(KRB5_TOKEN.subarray(0, 6)), '')
    assert.equal(tokenMechanism(Buffer.from('6084ffffffff06092a', 'hex')), '')
    assert.equal(tokenMechanism(Buffer.alloc(0)), '')
  })

  it('the encryption type of a session key is not read', () => {
    const oid = (last: string) => Buffer.from(`2a864886f71201020204${last}`, 'hex')
    assert.equal(enctypeOf(oid('12')), 18)
    assert.equal(enctypeOf(oid('8148')), 200)
    for (const other of [undefined, Buffer.alloc(0), oid(''), Buffer.alloc(12)]) {
      assert.equal(enctypeOf(other), 0)
    }
  })
})
