import assert from 'node:assert/strict'
import { userInfo } from 'node:os'
import { Initiator, Name } from 'gssapi'
import {
  ALICE,
  established,
  failure,
  heimdal,
  HOST,
  itUnless,
  onHeimdal,
  PRINCIPAL,
  SERVICE,
  SUITE,
} from '../helpers/handshake'
import { useRealm } from '../helpers/realm'

const NO_UID = heimdal('7.8 has no such type')
const KERBEROS_OID = '06092a864886f712010202'

describe('names', () => {
  useRealm(SUITE)

  it('a service in one string and in two is the same', () => {
    const one = Name.service('test', HOST)
    assert.equal(one.toString(), SERVICE)
    assert.equal(one.type, 'service')
    assert.equal(one.equals(Name.service(SERVICE)), true)
    assert.equal(one.equals(Name.service('test', 'other.example.test')), false)
    assert.throws(() => Name.service(SERVICE, HOST), { code: 'ERR_INVALID_ARG_VALUE' })
  })

  it('a service without a host is a name', () => {
    const name = Name.service('test')
    assert.equal(name.type, 'service')
    assert.equal(name.toString(), 'test')
  })

  it('a service canonicalises to its principal', async () => {
    const name = await Name.service(SERVICE).canonicalize()
    assert.equal(name.toString(), PRINCIPAL)
    assert.equal(name.equals(Name.principal(PRINCIPAL)), true)
    if (!onHeimdal) assert.equal(name.equals(Name.service(SERVICE)), true)
  })

  it('a principal without a realm gets the default realm', async () => {
    const name = Name.principal('alice')
    assert.equal(name.type, 'principal')
    const canonical = await name.canonicalize()
    assert.equal(canonical.toString(), ALICE)
    assert.equal(canonical.equals(Name.principal(ALICE)), true)
    assert.equal(canonical.equals(Name.principal('alice@OTHER.TEST')), false)
  })

  itUnless(heimdal('7.8 has no such type'), 'an enterprise name keeps its sign', async () => {
    const name = Name.enterprise('alice@corp.example.test')
    assert.equal(name.type, 'enterprise')
    assert.equal(name.toString(), 'alice@corp.example.test')
    const canonical = await name.canonicalize()
    assert.match(canonical.toString(), /alice\\?@corp\.example\.test@EXAMPLE\.TEST/)
  })

  it('a user is a principal of the default realm', async () => {
    assert.equal((await Name.user('alice').canonicalize()).toString(), ALICE)
  })

  itUnless(
    !onHeimdal && 'Heimdal 7.8 alone reads beyond it',
    'a service whose host is empty reaches the library',
    () => {
      for (const text of ['HTTP@', '@', 'HTTP@:80']) {
        assert.throws(() => Name.service(text), { code: 'GSS_S_BAD_NAME' }, text)
        assert.throws(() => new Initiator({ target: text }), { code: 'GSS_S_BAD_NAME' }, text)
      }
      assert.equal(String(Name.service('@host')), '@host')
      return Promise.resolve()
    },
  )

  itUnless(NO_UID, 'a user by number is a principal of the default realm', async () => {
    const { username, uid } = userInfo()
    const expected = `${username}@EXAMPLE.TEST`
    assert.equal((await Name.uid(uid).canonicalize()).toString(), expected)
    assert.equal((await Name.uidString(String(uid)).canonicalize()).toString(), expected)
    assert.equal(Name.uid(0).type, 'uid')
    assert.equal(Name.uidString('0').type, 'uidString')
  })

  if (onHeimdal) {
    it('a type that the library does not know fails at once, with a code', () => {
      assert.throws(() => Name.anonymous(), { name: 'GssError', code: /^GSS_S_/ })
      assert.throws(() => Name.uid(0), { name: 'GssError', code: /^GSS_S_/ })
      assert.throws(() => Name.import('x', '1.2.3.4.5'), { name: 'GssError', code: /^GSS_S_/ })
    })
  }

  it('each kind tells its type', () => {
    assert.equal(Name.user('alice').type, 'user')
    if (!onHeimdal) assert.equal(Name.anonymous().type, 'anonymous')
    assert.equal(Name.import('alice').type, 'none')
  })

  it('import takes a word or an object identifier as the type', () => {
    const service = Name.import(SERVICE, '1.2.840.113554.1.2.1.4')
    assert.equal(service.type, 'service')
    assert.equal(service.equals(Name.service(SERVICE)), true)
    assert.equal(Name.import(Buffer.from(ALICE), 'principal').equals(Name.principal(ALICE)), true)
    assert.throws(() => Name.import('x', 'no such type'), { code: 'ERR_INVALID_ARG_VALUE' })
  })

  itUnless(
    heimdal('7.8 refuses it at import'),
    'a name of an unknown type is GSS_S_BAD_NAMETYPE where it must be understood',
    async () => {
      const error = await failure(() => Name.import('x', '1.2.3.4.5').canonicalize())
      assert.equal(error.code, 'GSS_S_BAD_NAMETYPE')
    },
  )

  it('export and import bring the same name back', async () => {
    for (const name of [Name.service(SERVICE), Name.principal(ALICE)]) {
      const canonical = await name.canonicalize({ mechanism: 'krb5' })
      const token = canonical.export()
      assert.equal(token.subarray(0, 2).toString('hex'), '0401')
      assert.equal(token.subarray(4, 15).toString('hex'), KERBEROS_OID)
      const back = Name.exported(token)
      assert.equal(back.toString(), canonical.toString())
      assert.equal(back.equals(canonical), true)
      assert.ok((await back.canonicalize()).export().equals(token))
    }
  })

  itUnless(
    heimdal('7.8 canonicalises it by itself'),
    'a name that is of no mechanism is not exported',
    async () => {
      assert.throws(() => Name.service(SERVICE).export(), { code: 'GSS_S_NAME_NOT_MN' })
    },
  )

  it('the names of a context are exported and compared', async () => {
    const { acceptor } = await established()
    const name = acceptor.initiatorName
    assert.ok(name)
    assert.equal(name.equals(Name.principal(ALICE)), true)
    assert.equal(Name.exported(name.export()).toString(), ALICE)
  })

  it('toSpn is Windows’ form', () => {
    assert.equal(Name.service(SERVICE).toSpn(), `test/${HOST}`)
    assert.equal(Name.service(SERVICE).toSpn('EXAMPLE.TEST'), PRINCIPAL)
    assert.equal(Name.principal(PRINCIPAL).toSpn(), `test/${HOST}`)
    for (const name of [Name.user('alice'), Name.principal(ALICE), Name.service('test')]) {
      assert.throws(() => name.toSpn(), { code: 'GSS_S_BAD_NAMETYPE' })
    }
  })

  itUnless(
    heimdal('7.8 asks for a user of the machine'),
    'localName is the user of this machine, of another realm there is none',
    async () => {
      assert.equal(await Name.principal(ALICE).localName({ mechanism: 'krb5' }), 'alice')
      const error = await failure(() =>
        Name.principal('alice@OTHER.TEST').localName({ mechanism: 'krb5' }),
      )
      assert.equal(error.name, 'GssError')
    },
  )

  it('names of any script come back as they were', async () => {
    const name = Name.principal('ålice.李@EXAMPLE.TEST')
    assert.equal((await name.canonicalize()).toString(), 'ålice.李@EXAMPLE.TEST')
  })

  it('an unknown mechanism is GSS_S_BAD_MECH', async () => {
    const error = await failure(() =>
      Name.service(SERVICE).canonicalize({ mechanism: '1.3.6.1.4.1.99999.1' }),
    )
    assert.equal(error.code, 'GSS_S_BAD_MECH')
  })
})
