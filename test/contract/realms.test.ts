import assert from 'node:assert/strict'
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { Credential, Name, verifyPassword } from 'gssapi'
import { realmOf } from '../../lib/credential/realms'
import {
  failure,
  heimdal,
  itUnless,
  onHeimdal,
  PASSWORD,
  SERVICE,
  SUITE,
  withEnv,
} from '../helpers/handshake'
import { hasDesk } from '../helpers/remote-realm'
import { useRealm } from '../helpers/realm'

const DESK = hasDesk && 'Wine: its Kerberos reads another machine’s configuration'

describe('held to realms', () => {
  const realm = useRealm(SUITE)
  const realms = ['OTHER.TEST', 'EXAMPLE.TEST']
  const NOT_ALLOWED = 'ERR_GSS_REALM_NOT_ALLOWED'
  const calls: Record<string, (name: string | Name, realms: string[]) => Promise<unknown>> = {
    verifyPassword: (name, realms) => verifyPassword(name, PASSWORD, { service: SERVICE, realms }),
    acquire: (name, realms) => Credential.acquire({ name, password: PASSWORD, realms }),
    'acquire for SPNEGO': (name, realms) =>
      Credential.acquire({ name, password: PASSWORD, realms, mechanisms: ['spnego'] }),
  }
  let kdc: Socket
  /** When it was asked. */
  const asked: number[] = []

  before('a KDC of another realm that never answers', async () => {
    kdc = createSocket('udp4', () => asked.push(Date.now())).bind(0, '127.0.0.1')
    await once(kdc, 'listening')
  })
  after(() => kdc.close())

  function beside(): string {
    const file = `${realm().krb5Conf}.silent`
    const entry = `[realms]\n SILENT.TEST = {\n  kdc = 127.0.0.1:${kdc.address().port}\n }\n`
    writeFileSync(file, readFileSync(realm().krb5Conf, 'utf8').replace('[realms]\n', entry))
    return file
  }

  for (const [what, call] of Object.entries(calls)) {
    const spnego = what.endsWith('SPNEGO') && heimdal('7.8 takes no password for SPNEGO')
    const gap = DESK || spnego

    itUnless(gap, `${what}: a name of one of them is taken, also without its realm`, async () => {
      await call('alice', realms)
      await call('alice@EXAMPLE.TEST', realms)
      await call(Name.user('alice'), realms)
      assert.equal((await failure(() => call('alice', ['OTHER.TEST']))).code, NOT_ALLOWED)
      assert.equal((await failure(() => call('alice', ['example.test']))).code, NOT_ALLOWED)
    })

    itUnless(gap, `${what}: a name of another is refused before its KDC is asked`, async () => {
      await withEnv({ KRB5_CONFIG: beside() }, async () => {
        const began = performance.now()
        const others = ['x@SILENT.TEST', 'alice@example.test', 'a\\@EXAMPLE.TEST@SILENT.TEST']
        for (const name of [...others, Name.principal('x/EXAMPLE.TEST@SILENT.TEST')]) {
          const error = await failure(() => call(name, realms))
          assert.deepEqual([error.name, error.code], ['GssError', NOT_ALLOWED], String(name))
          assert.match(error.hint ?? '', /options\.realms/)
        }
        assert.equal((await failure(() => call(Name.service('x@y'), realms))).code, NOT_ALLOWED)
        assert.ok(performance.now() - began < 1000)
        assert.deepEqual(asked, [])
        if (onHeimdal) return // it asks that one later than we would wait
        const signal = AbortSignal.timeout(700)
        const name = 'x@SILENT.TEST'
        await assert.rejects(Credential.acquire({ name, password: 'x', signal }))
        assert.notEqual(asked.splice(0).length, 0, 'it would have been asked')
      })
    })
  }

  it('mistakes are thrown at once', async () => {
    for (const [what, call] of Object.entries(calls)) {
      for (const wrong of [null, 'EXAMPLE.TEST', [], [5], [''], ['a\0b']]) {
        const error = await failure(() => call('alice', wrong as string[]))
        assert.ok(error instanceof TypeError, what)
        assert.match(error.message, /"options\.realms/)
      }
    }
    await assert.rejects(Credential.acquire({ realms }), /"options\.realms" property needs a name/)
  })

  it('a realm stands behind the last @ that is not escaped', () => {
    const texts: [string, string][] = [
      ['alice@A.TEST', 'A.TEST'],
      ['alice', ''],
      ['a\\@b', ''],
      ['a\\@b@A', 'A'],
      ['a\\\\@A', 'A'],
      ['a\\/b/c@A\\@B', 'A\\@B'],
      ['a@SILENT.TEST@EXAMPLE.TEST', ''],
    ]
    for (const [text, expected] of texts) assert.equal(realmOf(text), expected, text)
  })
})
