import assert from 'node:assert/strict'
import { inspect } from 'node:util'
import { Name, type NameType } from 'gssapi'
import { typeOfOid } from '../../lib/mechanism/name-types'
import { exportedType, nameType } from '../../lib/name/checks'
import { initiatorName, targetName } from '../../lib/name/name'

/** RFC 2743 §3.2, for Kerberos. */
function exported(name: string, tokId = '0401', rest = ''): Buffer {
  const mechanism = Buffer.from('06092a864886f712010202', 'hex')
  const length = Buffer.alloc(4)
  length.writeUInt32BE(Buffer.byteLength(name))
  const parts = [Buffer.from(tokId, 'hex'), Buffer.from([0, mechanism.length]), mechanism, length]
  return Buffer.concat([...parts, Buffer.from(name), Buffer.from(rest, 'hex')])
}

const BAD_NAME = { code: 'GSS_S_BAD_NAME', call: 'gss_import_name' }

describe('names', () => {
  it('the type asked for is not the type', () => {
    const names: [Name, NameType][] = [
      [Name.service('HTTP', 'host.example.test'), 'service'],
      [Name.service('HTTP'), 'service'],
      [Name.principal('alice@EXAMPLE.TEST'), 'principal'],
      [Name.enterprise('alice@example.test'), 'enterprise'],
      [Name.user('root'), 'user'],
      [Name.uid(0), 'uid'],
      [Name.uidString('0'), 'uidString'],
      [Name.anonymous(), 'anonymous'],
      [Name.import('alice'), 'none'],
      [Name.import('HTTP@host', 'service'), 'service'],
      [Name.import('HTTP@host', '1.2.840.113554.1.2.1.4'), 'service'],
      [Name.import(Buffer.from('alice'), 'user'), 'user'],
    ]
    for (const [name, type] of names) assert.equal(name.type, type)
  })

  it('text with letters of other languages is damaged', () => {
    for (const text of ['jürgen@EXAMPLE.TEST', '名前@EXAMPLE.TEST', '😀@EXAMPLE.TEST']) {
      assert.equal(Name.principal(text).toString(), text)
    }
  })

  it('the name is not shown by inspect, JSON or template strings', () => {
    const name = Name.service('HTTP', 'host')
    assert.equal(inspect(name), "Name(service) 'HTTP@host'")
    assert.equal(JSON.stringify({ name }), '{"name":"HTTP@host"}')
    assert.equal(name.toString(), 'HTTP@host')
    assert.equal(inspect(Object.create(Name.prototype)), '[Name]')
  })

  it("Windows' form is not that of services", () => {
    assert.equal(Name.service('HTTP', 'www.example.test').toSpn(), 'HTTP/www.example.test')
    assert.equal(Name.service('HTTP@host').toSpn('REALM'), 'HTTP/host@REALM')
    assert.equal(Name.principal('HTTP/host@REALM').toSpn(), 'HTTP/host')
    assert.equal(Name.principal('HTTP/host@REALM').toSpn('OTHER'), 'HTTP/host@OTHER')
    assert.equal(Name.principal('HTTP/host').toSpn(), 'HTTP/host')
    assert.equal(Name.principal('ldap/dc1.a.test/a.test@A.TEST').toSpn(), 'ldap/dc1.a.test/a.test')
    assert.equal(Name.principal('ldap/dc1.a.test/a.test').toSpn('B'), 'ldap/dc1.a.test/a.test@B')
    const others = [
      Name.principal('a\\/b@REALM'),
      Name.principal('a\\/b/host@REALM'),
      Name.principal('a/b\\@host@REALM'),
      Name.principal('a/b\\\\host@REALM'),
      Name.principal('a/b/c/d@REALM'),
      Name.principal('a//c@REALM'),
      Name.service('HTTP'),
      Name.principal('alice@REALM'),
      Name.user('root'),
      Name.anonymous(),
    ]
    for (const name of others) {
      assert.throws(() => name.toSpn(), { code: 'GSS_S_BAD_NAMETYPE' }, inspect(name))
    }
  })

  it('a string means the wrong thing as target or initiator', () => {
    assert.equal(targetName('HTTP@host', 'x').type, 'service')
    assert.equal(targetName('HTTP', 'x').type, 'service')
    assert.equal(targetName('HTTP/host@REALM', 'x').type, 'principal')
    assert.equal(initiatorName('alice@REALM', 'x').type, 'principal')
    const name = Name.user('root')
    assert.equal(targetName(name, 'x'), name)
    assert.equal(initiatorName(name, 'x'), name)
    for (const value of [undefined, null, 5, {}, Object.create(Name.prototype)]) {
      assert.throws(() => targetName(value, 'options.target'), { code: 'ERR_INVALID_ARG_TYPE' })
    }
  })

  it('bad text reaches the library', () => {
    const makers = [
      (text: string) => Name.service(text),
      (text: string) => Name.service('HTTP', text),
      (text: string) => Name.principal(text),
      (text: string) => Name.enterprise(text),
      (text: string) => Name.user(text),
      (text: string) => Name.uidString(text),
      (text: string) => Name.import(text),
      (text: string) => Name.import(text, 'user'),
    ]
    for (const make of makers) {
      for (const text of ['', 'a\0b', '\ud800', 'x\udc00y']) {
        assert.throws(() => make(text), { name: 'TypeError', code: 'ERR_INVALID_ARG_VALUE' })
      }
      for (const value of [null, 5, {}, Symbol('x'), 10n]) {
        assert.throws(() => make(value as string), { code: 'ERR_INVALID_ARG_TYPE' })
      }
      assert.throws(() => make('1'.repeat(65537)), { name: 'RangeError', code: 'ERR_OUT_OF_RANGE' })
    }
    assert.throws(() => Name.service('é'.repeat(40000)), { code: 'ERR_OUT_OF_RANGE' })
    assert.throws(() => Name.service('HTTP@a', 'b'), { code: 'ERR_INVALID_ARG_VALUE' })
    assert.throws(() => Name.uidString('12x'), { code: 'ERR_INVALID_ARG_VALUE' })
  })

  it('a uid is no number of 32 bits', () => {
    Name.uid(4294967295)
    Name.import('1000', 'uid')
    for (const uid of [-1, 1.5, NaN, Infinity, 2 ** 32, 2 ** 53]) {
      assert.throws(() => Name.uid(uid), { name: 'RangeError', code: 'ERR_OUT_OF_RANGE' })
    }
    for (const text of ['abc', '0x0', '1e3', ' 7', ' ']) {
      assert.throws(() => Name.import(text, 'uid'), { code: 'ERR_OUT_OF_RANGE' })
    }
  })

  it('a type that is none is taken', () => {
    for (const type of ['', 'host', 'toString', '1.2.x', '9.9']) {
      assert.throws(() => Name.import('x', type), { code: 'ERR_INVALID_ARG_VALUE' })
    }
    for (const type of [null, 5, {}]) {
      assert.throws(() => Name.import('x', type as unknown as string), {
        code: 'ERR_INVALID_ARG_TYPE',
      })
    }
    for (const value of [undefined, null, 5, new ArrayBuffer(3), [1]]) {
      assert.throws(() => Name.import(value as unknown as string), { code: 'ERR_INVALID_ARG_TYPE' })
    }
  })

  it('a word and its object identifier are not the same type', () => {
    for (const word of ['service', 'principal', 'enterprise', 'user', 'uid', 'uidString']) {
      const { oid } = nameType(word, 'type')
      assert.equal(typeOfOid(oid), word)
      assert.equal(nameType(oid, 'type').type, word)
    }
    assert.equal(typeOfOid('1.3.6.1.5.6.3'), 'anonymous')
    assert.equal(typeOfOid('1.3.6.1.5.6.4'), 'exported')
    assert.equal(typeOfOid('1.3.6.1.5.6.6'), 'exported')
    assert.equal(typeOfOid('1.3.6.1.5.6.2'), 'service')
    assert.equal(typeOfOid(''), 'none')
    assert.equal(typeOfOid('1.2.3'), '1.2.3')
  })

  it('an exported name whose lengths add up is refused', () => {
    const token = exported('alice@EXAMPLE.TEST')
    const name = Name.exported(token)
    assert.equal(name.type, 'exported')
    assert.equal(name.toString(), 'alice@EXAMPLE.TEST')
    assert.deepEqual(name.export(), token)
    assert.equal(name.equals(Name.import(token, '1.3.6.1.5.6.4')), true)
    assert.equal(exportedType(exported('a', '0402')), '1.3.6.1.5.6.6')
    assert.equal(exportedType(exported('a', '0402', '0000000400000000')), '1.3.6.1.5.6.6')
  })

  it('Quirk(mit): an exported name whose lengths do not add up aborts the process', () => {
    const token = exported('alice@EXAMPLE.TEST')
    for (const size of token.keys()) {
      assert.throws(() => Name.exported(token.subarray(0, size)), BAD_NAME, `${size} bytes`)
    }
    assert.throws(() => Name.exported(Buffer.concat([token, Buffer.alloc(1)])), BAD_NAME)
    const lengthBytes = [0, 1, 2, 3, 4, 5, 15, 16, 17, 18]
    for (const at of lengthBytes) {
      for (const change of [1, 0x7f, 0x80, 0xff]) {
        const altered = Buffer.from(token)
        altered[at] = (altered[at] ?? 0) ^ change
        // 04 02 with nothing behind is a composite name without attributes.
        if (at === 1 && altered[1] === 2) continue
        assert.throws(() => Name.exported(altered), BAD_NAME, `byte ${at} ^ ${change}`)
      }
    }
    for (const rest of ['00', '000000', '00000001', '0000000100ff', 'ffffffff']) {
      assert.throws(() => Name.exported(exported('a', '0402', rest)), BAD_NAME)
    }
    assert.throws(() => Name.import(token.subarray(1), 'exported'), BAD_NAME)
    assert.throws(() => Name.import(token.subarray(1), '1.3.6.1.5.6.6'), BAD_NAME)
    assert.throws(() => Name.exported('x' as unknown as Buffer), { code: 'ERR_INVALID_ARG_TYPE' })
  })

  it('a name cannot be exported, and no code says why', () => {
    assert.throws(() => Name.service('HTTP@host').export(), { code: 'GSS_S_NAME_NOT_MN' })
  })

  it('the constructor, or an object that is no name, is let in', () => {
    const Constructor = Name as unknown as new (...args: unknown[]) => Name
    assert.throws(() => new Constructor(), { code: 'ERR_ILLEGAL_CONSTRUCTOR' })
    assert.throws(() => new Constructor(Symbol('Name'), {}), { code: 'ERR_ILLEGAL_CONSTRUCTOR' })
    const name = Name.user('root')
    for (const other of [undefined, null, 'root', {}, Object.create(Name.prototype)]) {
      assert.throws(() => name.equals(other as Name), { code: 'ERR_INVALID_ARG_TYPE' })
    }
  })

  it('mistakes in asynchronous calls are rejections', async () => {
    const name = Name.user('root')
    await assert.rejects(() => name.canonicalize({ mechanism: 'nonsense' }), {
      code: 'ERR_INVALID_ARG_VALUE',
    })
    await assert.rejects(() => name.localName({ mechanism: 5 as unknown as string }), {
      code: 'ERR_INVALID_ARG_TYPE',
    })
    const signal = {} as AbortSignal
    await assert.rejects(() => name.canonicalize({ mechanism: 'krb5', signal }), {
      code: 'ERR_INVALID_ARG_TYPE',
    })
  })

  it('a call that was aborted before it began runs', async () => {
    const signal = AbortSignal.abort(new Error('enough'))
    await assert.rejects(
      Name.user('root').canonicalize({ mechanism: 'krb5', signal }),
      (error: Error) => {
        assert.equal(error.name, 'AbortError')
        assert.equal((error as Error & { code: string }).code, 'ABORT_ERR')
        assert.equal((error.cause as Error).message, 'enough')
        return true
      },
    )
  })
})
