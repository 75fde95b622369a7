import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { inspect } from 'node:util'
import { runInNewContext } from 'node:vm'
import {
  type AcquireOptions,
  Credential,
  type CredentialStore,
  library,
  Name,
  RenewingCredential,
  verifyPassword,
} from 'gssapi'
import {
  ALICE,
  converse,
  established,
  failure,
  heimdal,
  HOST,
  itUnless,
  MECHANISMS,
  newPair,
  onHeimdal,
  PASSWORD,
  PRINCIPAL,
  SERVICE,
  SUITE,
} from '../helpers/handshake'
import { useRealm } from '../helpers/realm'

const WINDOWS = library().backend === 'sspi' && 'SSPI has no keytabs'
const NO_CLIENT_KEYTAB = WINDOWS || heimdal('7.8 gets no ticket from a client keytab by itself')
const MIT_ONLY = WINDOWS || heimdal('gss_add_cred_from is MIT’s')
const ROBOT = 'robot@EXAMPLE.TEST'
const VALUE = { name: 'TypeError', code: 'ERR_INVALID_ARG_VALUE' }

const counted = (text: string) => {
  const bytes = Buffer.from(text, 'latin1')
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes])
}
const uint32 = (...values: number[]) =>
  Buffer.concat(
    values.map((value) => {
      const bytes = Buffer.alloc(4)
      bytes.writeUInt32BE(value)
      return bytes
    }),
  )
const HEAD = Buffer.from([5, 2])
const record = (body: Uint8Array) => Buffer.concat([uint32(body.length), body])
/** An entry, with one byte of version and what follows the key. */
function entry(key: Buffer, { components = ['x'], version = 1, enctype = 18, rest = '' } = {}) {
  return Buffer.concat([
    Buffer.from([0, components.length]),
    counted('EXAMPLE.TEST'),
    ...components.map(counted),
    uint32(1, 0),
    Buffer.from([version, enctype >> 8, enctype & 255]),
    counted(key.toString('latin1')),
    Buffer.from(rest, 'hex'),
  ])
}
const KEY = Buffer.alloc(32, 7)

describe('a keytab as bytes', function () {
  this.timeout(60_000)
  const realm = useRealm({
    ...SUITE,
    principals: { ...SUITE.principals, robot: { maxLife: 4 } },
  })
  let service: Buffer
  let client: Buffer
  before(async function () {
    if (WINDOWS !== false) return
    service = readFileSync(realm().keytab)
    client = readFileSync(await realm().extractKeytab('robot'))
  })

  const accepting = (keytab: CredentialStore['keytab'], options: AcquireOptions = {}) =>
    Credential.acquire({ usage: 'accept', ...options, store: { keytab } })
  const whoIs = async (credential: Credential, mechanism = 'krb5') => {
    const { acceptor } = await established({ initiator: { credential, mechanism } })
    return String(acceptor.initiatorName)
  }

  for (const mechanism of MECHANISMS) {
    const gap =
      WINDOWS || (mechanism === 'spnego' && heimdal('an imported credential is for krb5 alone'))
    itUnless(gap, `accepts as its file does (${mechanism})`, async () => {
      using credential = await accepting(service)
      for (let i = 0; i < 3; i++) {
        const { acceptor } = await established({
          initiator: { mechanism },
          acceptor: { credential },
        })
        assert.equal(String(acceptor.initiatorName), ALICE)
      }
    })
  }

  itUnless(WINDOWS, 'accepts by a name in it, and by no other', async () => {
    for (const name of [SERVICE, PRINCIPAL]) {
      using credential = await accepting(service, { name })
      await established({ acceptor: { credential } })
    }
    if (onHeimdal) return // which looks for the key when a token comes
    const error = await failure(() => accepting(service, { name: `HTTP@${HOST}` }))
    assert.equal(error.minorName, 'KG_KEYTAB_NOMATCH')
    assert.doesNotMatch(error.hint ?? '', /gssapi-keytab/)
  })

  itUnless(WINDOWS, 'is copied at once, whatever memory it is in', async () => {
    const shared = new Uint8Array(new SharedArrayBuffer(service.length + 9), 3, service.length)
    const inside = Buffer.concat([Buffer.alloc(5), service, Buffer.alloc(5)])
    const foreign = runInNewContext('new Uint8Array(size)', {
      size: service.length,
    }) as Uint8Array
    const views = [
      shared,
      inside.subarray(5, 5 + service.length),
      new DataView(inside.buffer, inside.byteOffset + 5, service.length),
      foreign,
    ]
    shared.set(service)
    foreign.set(service)
    for (const view of views) {
      const pending = accepting(view)
      const memory = new Uint8Array(view.buffer, view.byteOffset, view.byteLength)
      memory.fill(0)
      using credential = await pending
      await established({ acceptor: { credential } })
      memory.set(service)
    }
  })

  itUnless(
    WINDOWS,
    'is each credential’s own: one goes on when another by the same bytes has ended',
    async () => {
      const [one, other] = await Promise.all([accepting(service), accepting(service)])
      await established({ acceptor: { credential: one } })
      one.dispose()
      await established({ acceptor: { credential: other } })
      other.dispose()
      using again = await accepting(service)
      await established({ acceptor: { credential: again } })
    },
  )

  itUnless(
    WINDOWS,
    'lasts for the contexts that use it when its credential has ended',
    async () => {
      const credential = await accepting(service)
      const pairs = Array.from({ length: 8 }, () => newPair({ acceptor: { credential } }))
      const pending = pairs.map(converse)
      credential.dispose()
      await Promise.all(pending)
      for (const { acceptor } of pairs) assert.equal(String(acceptor.initiatorName), ALICE)
    },
  )

  itUnless(WINDOWS, 'of which a ticket is not refuses it', async () => {
    const altered = Buffer.from(service)
    // Each entry's key, flipped: the ticket cannot be decrypted.
    for (let at = 2; at < altered.length;) {
      const end = at + 4 + altered.readInt32BE(at)
      altered[end - 12]! ^= 1
      at = end
    }
    using credential = await accepting(altered)
    const error = await failure(() => established({ acceptor: { credential } }))
    assert.ok(error.minorName !== '', error.message)
    assert.match(error.hint ?? '', /keytab/)
  })

  itUnless(
    WINDOWS,
    'with the holes and the end of zeros that a file may have is the same',
    async () => {
      const hole = Buffer.concat([Buffer.from([255, 255, 255, 250]), Buffer.alloc(6, 9)])
      const rest = service.subarray(2)
      for (const bytes of [
        Buffer.concat([HEAD, hole, rest]),
        Buffer.concat([service, hole]),
        Buffer.concat([service, Buffer.alloc(4)]),
        Buffer.concat([service, Buffer.alloc(77)]),
      ]) {
        using credential = await accepting(bytes)
        await established({ acceptor: { credential } })
      }
    },
  )

  itUnless(WINDOWS, 'with a short version of the key only is the same', async () => {
    const entries: Buffer[] = []
    for (let at = 2; at < service.length;) {
      const size = service.readInt32BE(at)
      entries.push(record(service.subarray(at + 4, at + size))) // without the last four bytes
      at += 4 + size
    }
    using credential = await accepting(Buffer.concat([HEAD, ...entries]))
    await established({ acceptor: { credential } })
  })

  it('of another form is refused, and says why', async () => {
    const one = record(entry(KEY))
    const nobody = Buffer.concat([Buffer.from([0, 0]), entry(KEY).subarray(2)])
    const cases: [Uint8Array, RegExp][] = [
      [new Uint8Array(), /ends too early/],
      [HEAD.subarray(1), /ends too early/],
      [HEAD, /holds no key/],
      [Buffer.concat([HEAD, Buffer.alloc(40)]), /holds no key/],
      [Buffer.concat([Buffer.from([5, 1]), one]), /0x0501/],
      [Buffer.concat([Buffer.from([5, 4]), one]), /0x0502/],
      [Buffer.from('-----BEGIN CERTIFICATE-----'), /0x0502/],
      [Buffer.from(Buffer.concat([HEAD, one]).toString('base64')), /0x0502/],
      [Buffer.concat([HEAD, one, Buffer.from([0, 0, 0])]), /ends too early/],
      [Buffer.concat([HEAD, one, uint32(0), one]), /follows its end/],
      [Buffer.concat([HEAD, one, uint32(1)]), /ends too early/],
      [Buffer.concat([HEAD, one, uint32(0x80000000)]), /ends too early/],
      [Buffer.concat([HEAD, one, uint32(0xfffffffe, 0).subarray(0, 5)]), /ends too early/],
      [Buffer.concat([HEAD, record(nobody)]), /nobody/],
      [Buffer.concat([HEAD, record(entry(Buffer.alloc(0)))]), /key is empty/],
      [Buffer.concat([HEAD, record(entry(KEY).subarray(0, -1))]), /ends too early/],
    ]
    for (const [keytab, message] of cases) {
      for (const call of [
        () => accepting(keytab),
        () => Credential.acquire({ store: { clientKeytab: keytab } }),
        () => RenewingCredential.start({ clientKeytab: keytab }),
        () => verifyPassword(ALICE, PASSWORD, { keytab }),
      ]) {
        const error = await failure(call)
        assert.deepEqual({ name: error.name, code: error.code }, VALUE)
        assert.match(error.message, message)
      }
    }
  })

  itUnless(WINDOWS, 'has a MiB at most, whatever it is made of', async () => {
    const one = record(entry(KEY))
    const most = Math.floor((0x100000 - service.length) / one.length)
    const others = Array.from({ length: most }, () => one)
    const fits = Buffer.concat([HEAD, ...others, service.subarray(HEAD.length)])
    assert.ok(fits.length <= 0x100000)
    const { acceptor } = await established({ acceptor: { credential: await accepting(fits) } })
    assert.equal(String(acceptor.initiatorName), ALICE)
    for (const call of [
      () => accepting(Buffer.alloc(0x100001)),
      () => RenewingCredential.start({ clientKeytab: Buffer.alloc(0x100001) }),
    ]) {
      assert.equal((await failure(call)).code, 'ERR_OUT_OF_RANGE')
    }
  })

  itUnless(
    WINDOWS,
    'cut or altered anywhere is refused, or takes nothing but tickets of its keys',
    async function () {
      const refusals = new Set<string>()
      const first = service.subarray(0, 6 + service.readInt32BE(2))
      for (let size = 0; size < first.length; size++) {
        const error = await failure(() => accepting(first.subarray(0, size)))
        refusals.add(error.code)
      }
      assert.deepEqual([...refusals], ['ERR_INVALID_ARG_VALUE'])
      let taken = 0
      for (let at = 0; at < first.length; at++) {
        const altered = Buffer.from(first)
        altered[at]! ^= 0x55
        const credential = await (async () => accepting(altered))().catch(() => null)
        if (credential === null) continue
        taken++
        // What its keys are is all that was altered: it does not end the process.
        await newPair({ acceptor: { credential } })
          .acceptor.step(Buffer.from('6003060100', 'hex'))
          .catch(() => undefined)
        credential.dispose()
      }
      assert.ok(taken > 0)
    },
  )

  itUnless(WINDOWS, 'with names of strange letters is read as they are', async () => {
    const names: [string[], string | null][] = [
      [['a/b', 'c@d'], 'a\\/b/c\\@d@EXAMPLE.TEST'],
      [['\\', '\\n'], '\\\\/\\\\n@EXAMPLE.TEST'],
      [['\0\n\t\b', 'x'], null], // no Name has these
      [['', ''], null],
      [['\xc3\xa9'], 'é@EXAMPLE.TEST'],
    ]
    for (const [components, name] of names) {
      const bytes = Buffer.concat([HEAD, record(entry(KEY, { components }))])
      using credential = await accepting(bytes)
      assert.ok(credential)
      if (name === null || onHeimdal) continue // Heimdal 7.8 shows names without their escapes
      using named = await accepting(bytes, { name: Name.principal(name) })
      assert.equal(named.name?.toString(), name)
      const other = await failure(() => accepting(bytes, { name: Name.principal(`x${name}`) }))
      assert.equal(other.minorName, 'KG_KEYTAB_NOMATCH')
    }
  })

  itUnless(
    NO_CLIENT_KEYTAB,
    'gets tickets as a client keytab, for its first entry’s principal',
    async () => {
      const other = readFileSync(
        await realm().extractKeytab(['alice'], `${realm().dir}/two.keytab`),
      )
      const both = Buffer.concat([client, other.subarray(2)])
      using credential = await Credential.acquire({
        store: { clientKeytab: both, ccache: 'MEMORY:keytab-bytes-1' },
      })
      for (const mechanism of MECHANISMS) assert.equal(await whoIs(credential, mechanism), ROBOT)
      const file = `${realm().dir}/both.keytab`
      writeFileSync(file, both)
      const store = { clientKeytab: file, ccache: 'MEMORY:keytab-bytes-2' }
      using same = await Credential.acquire({ store })
      assert.equal(await whoIs(same), ROBOT)
    },
  )

  itUnless(NO_CLIENT_KEYTAB, 'renews the tickets of a kept credential', async () => {
    const store = { clientKeytab: Buffer.from(client), ccache: 'MEMORY:keytab-bytes-3' }
    using credential = await Credential.acquire({ store })
    store.clientKeytab.fill(0)
    for (const begun = Date.now(); Date.now() < begun + 7000;) {
      const contexts = Array.from({ length: 4 }, () => whoIs(credential))
      for (const name of await Promise.all(contexts)) assert.equal(name, ROBOT)
      await new Promise((resolve) => setTimeout(resolve, 500))
    }
  })

  itUnless(NO_CLIENT_KEYTAB, 'renews a RenewingCredential, beside or in its store', async () => {
    for (const options of [{ clientKeytab: client }, { store: { clientKeytab: client } }]) {
      const given = Buffer.from(client)
      const renewing = RenewingCredential.start(
        'store' in options ? { store: { clientKeytab: given } } : { clientKeytab: given },
      )
      given.fill(0)
      using credential = await renewing
      const first = credential.credential
      await credential.renew()
      assert.notEqual(credential.credential, first)
      assert.equal(await whoIs(credential.credential), ROBOT)
    }
    const twice = { clientKeytab: client, store: { clientKeytab: client } }
    assert.equal((await failure(() => RenewingCredential.start(twice))).code, VALUE.code)
  })

  itUnless(
    NO_CLIENT_KEYTAB,
    'without the principal asked for says so, and names no hidden place',
    async () => {
      const store = { clientKeytab: service, ccache: 'MEMORY:keytab-bytes-4' }
      const error = await failure(async () =>
        (await Credential.acquire({ name: ALICE, store })).inquire(),
      )
      assert.match(error.hint ?? '', /client keytab MEMORY: \(given as bytes\)/)
    },
  )

  itUnless(WINDOWS, 'verifies passwords', async () => {
    for (const options of [{ keytab: service }, { store: { keytab: service } }]) {
      const name = await verifyPassword(ALICE, PASSWORD, { ...options, service: SERVICE })
      assert.equal(String(name), ALICE)
      const wrong = await failure(() =>
        verifyPassword(ALICE, 'wrong', { ...options, service: SERVICE }),
      )
      assert.equal(wrong.code, 'ERR_GSS_PASSWORD_WRONG')
    }
    const twice = { keytab: service, store: { keytab: service } }
    assert.equal((await failure(() => verifyPassword(ALICE, PASSWORD, twice))).code, VALUE.code)
  })

  itUnless(MIT_ONLY, 'is added to a credential, and lasts as long as the sum', async () => {
    const base = await accepting(service, { mechanisms: ['krb5'] })
    const sum = await base.add({ mechanism: 'spnego', usage: 'accept', store: { keytab: service } })
    base.dispose()
    for (const mechanism of MECHANISMS) {
      await established({ initiator: { mechanism }, acceptor: { credential: sum } })
    }
    const error = await failure(() => sum.export())
    assert.equal(error.code, 'GSS_S_UNAVAILABLE')
    sum.dispose()
  })

  itUnless(WINDOWS, 'stays in its process: it is not exported', async () => {
    using credential = await accepting(service)
    const error = await failure(() => credential.export())
    assert.equal(error.code, 'GSS_S_UNAVAILABLE')
    assert.match(error.message, /given as bytes/)
    assert.match(error.hint ?? '', /the bytes of the keytab/)
  })

  it('is refused where no key is taken', async () => {
    const bytes = Buffer.concat([HEAD, record(entry(KEY))])
    for (const element of ['ccache', 'rcache', 'password', 'verify']) {
      const store = { [element]: bytes } as CredentialStore
      const error = await failure(() => Credential.acquire({ name: ALICE, store }))
      assert.equal(error.code, 'ERR_INVALID_ARG_TYPE', element)
    }
    if (WINDOWS !== false) {
      const error = await failure(() => accepting(bytes))
      assert.equal(error.code, 'ERR_GSS_UNSUPPORTED')
      return
    }
    const own = await Credential.acquire({ store: { ccache: realm().ccache } })
    const error = await failure(() => own.store({ store: { keytab: bytes } }))
    assert.equal(error.code, 'ERR_INVALID_ARG_TYPE')
  })

  it('is shown in no error', async () => {
    const secret = Buffer.from('a-secret-key-that-is-32-bytes-ok')
    const bytes = Buffer.concat([HEAD, record(entry(secret)), uint32(9)])
    for (const keytab of [bytes, bytes.subarray(0, -4)]) {
      const error = await failure(async () => {
        await established({ acceptor: { credential: await accepting(keytab) } })
      })
      const shown = inspect(error, { showHidden: true, depth: 9 }) + error.message
      assert.doesNotMatch(shown, /secret-key/)
      assert.equal(shown.includes(secret.toString('hex').slice(8, 40)), false)
    }
  })
})
