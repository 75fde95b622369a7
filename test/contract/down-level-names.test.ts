import assert from 'node:assert/strict'
import { changePassword, Credential, library, Name, verifyPassword } from 'gssapi'
import { failure, itUnless, onHeimdal, PASSWORD, SERVICE, SUITE } from '../helpers/handshake'
import { useRealm } from '../helpers/realm'

const WINDOWS =
  library().backend === 'sspi' && 'Windows: a backslash parts the domain and its user there'
const OTHERS = 'another-Password-5'

describe('a backslash in a name', () => {
  useRealm({ ...SUITE, principals: { ...SUITE.principals, CORPalice: OTHERS } })

  const TYPED = [
    'CORP\\alice',
    'CORP\\nancy',
    'CORP\\tom',
    'CORP\\bob',
    'CORP\\0',
    'a\\',
    'a\\\\\\b',
  ]

  itUnless(WINDOWS, 'that escapes nothing is refused with a hint, in every call', async () => {
    const own = await Credential.acquire()
    for (const typed of TYPED) {
      const calls: Record<string, () => unknown> = {
        principal: () => Name.principal(typed),
        user: () => Name.user(typed),
        enterprise: () => Name.enterprise(typed),
        import: () => Name.import(typed, 'principal'),
        'import by identifier': () => Name.import(typed, '1.2.840.113554.1.2.1.1'),
        'import of bytes': () => Name.import(Buffer.from(typed), 'user'),
        acquire: () => Credential.acquire({ name: typed, password: OTHERS }),
        'acquire spnego': () =>
          Credential.acquire({ name: typed, password: OTHERS, mechanisms: ['spnego'] }),
        verifyPassword: () => verifyPassword(typed, OTHERS, { service: SERVICE }),
        changePassword: () => changePassword(typed, OTHERS, PASSWORD),
        impersonate: () => own.impersonate(typed),
        authorizeLocalName: () => Name.principal('alice').authorizeLocalName(typed),
      }
      for (const [what, call] of Object.entries(calls)) {
        const error = await failure(call)
        assert.deepEqual([error.name, error.code], ['GssError', 'GSS_S_BAD_NAME'], what)
        assert.match(error.hint ?? '', /Windows domain.*user@REALM.*Name\.enterprise/, what)
        assert.match(error.message, /backslash/, what)
      }
    }
  })

  itUnless(WINDOWS, 'that escapes something is the name’s', async () => {
    const names: [string, string][] = [
      ['a\\@b@EXAMPLE.TEST', 'a\\@b@EXAMPLE.TEST'],
      ['a\\/b@EXAMPLE.TEST', 'a\\/b@EXAMPLE.TEST'],
      ['CORP\\\\alice@EXAMPLE.TEST', 'CORP\\\\alice@EXAMPLE.TEST'],
      ['a\\\\\\@b@EXAMPLE.TEST', 'a\\\\\\@b@EXAMPLE.TEST'],
    ]
    for (const [text, shown] of names) {
      const name = await Name.principal(text).canonicalize()
      const expected = onHeimdal ? shown.replace(/\\(.)/g, '$1') : shown // it shows no escapes
      assert.equal(String(name), expected)
      assert.equal(String(Name.exported(name.export())), expected)
    }
  })

  itUnless(WINDOWS, 'nobody is let in by another account’s password', async () => {
    await verifyPassword('CORPalice', OTHERS, { service: SERVICE })
    await assert.rejects(verifyPassword('CORP\\alice', OTHERS, { service: SERVICE }), {
      code: 'GSS_S_BAD_NAME',
    })
  })
})
