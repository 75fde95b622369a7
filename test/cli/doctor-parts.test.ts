/** What the doctor reads by itself, piece by piece: keytabs, krb5.conf, a host's names, KDCs that answer in part. */
import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Realm, type RealmOptions } from 'gssapi/testing'
import { Asn1 } from '../../lib/cli/asn1'
import { checkHost } from '../../lib/cli/doctor/host'
import { checkKdcs } from '../../lib/cli/doctor/kdc'
import { readKeytab } from '../../lib/cli/doctor/keytab-file'
import { Profile } from '../../lib/cli/doctor/profile'
import { MAX_TEXT, readInput } from '../../lib/cli/token/input'
import { cliJson } from '../helpers/cli'

const REALM = 'EXAMPLE.TEST'

function number(value: number, size: number): Buffer {
  const bytes = Buffer.alloc(size)
  bytes.writeUIntBE(value, 0, size)
  return bytes
}
const counted = (bytes: string | Buffer) =>
  Buffer.concat([number(bytes.length, 2), Buffer.from(bytes)])

/** An entry of MIT's file format 0x0502; a version beyond 255 stands at its end. */
function entry(name: string, kvno: number): Buffer {
  const parts = [number(1, 2), counted(REALM), counted(name), number(1, 4), number(0, 4)]
  const key = [number(kvno & 0xff, 1), number(18, 2), counted(Buffer.alloc(32)), number(kvno, 4)]
  const body = Buffer.concat([...parts, ...key])
  return Buffer.concat([number(body.length, 4), body])
}

/** What an entry leaves that was removed: its size, negative, and what was there. */
function hole(size: number): Buffer {
  const head = Buffer.alloc(4)
  head.writeInt32BE(-size)
  return Buffer.concat([head, Buffer.alloc(size, 0xff)])
}

describe('gssapi doctor: what it reads', function () {
  this.timeout(60_000)
  const folder = mkdtempSync(join(tmpdir(), 'gssapi-doctor-'))
  after(() => rmSync(folder, { recursive: true, force: true }))

  function profile(text: string): Profile {
    const file = join(folder, 'krb5.conf')
    writeFileSync(file, text)
    return new Profile([file])
  }

  it('a key version beyond 255 is read whole', () => {
    const file = join(folder, 'long.keytab')
    writeFileSync(file, Buffer.concat([number(0x0502, 2), entry('alice', 300), entry('bob', 7)]))
    assert.deepEqual(
      readKeytab(file).map(({ principal, kvno }) => [principal, kvno]),
      [
        [`alice@${REALM}`, 300],
        [`bob@${REALM}`, 7],
      ],
    )
  })

  it('an entry behind one that was removed is found', () => {
    const file = join(folder, 'hole.keytab')
    writeFileSync(file, Buffer.concat([number(0x0502, 2), hole(40), entry('alice', 2)]))
    assert.deepEqual(readKeytab(file), [{ principal: `alice@${REALM}`, kvno: 2, etype: 18 }])
  })

  it('a host belongs to the realm of the nearest domain around it', () => {
    const read = profile(
      '[domain_realm]\n .example.test = OUTER.TEST\n .sub.example.test = INNER.TEST\n host.example.test = HOST.TEST\n',
    )
    assert.equal(read.realmOf('a.b.sub.example.test'), 'INNER.TEST')
    assert.equal(read.realmOf('A.Example.Test'), 'OUTER.TEST')
    assert.equal(read.realmOf('host.example.test'), 'HOST.TEST')
    assert.equal(read.realmOf('example.test'), undefined)
  })

  it('includedir takes the files that MIT takes', () => {
    const place = join(folder, 'conf.d')
    mkdirSync(place)
    const names = ['plain-name_1', 'dotted.conf', '.hidden.conf', 'old.conf.bak', 'with space']
    for (const name of names)
      writeFileSync(join(place, name), `[libdefaults]\n ${name.length} = x\n`)
    const read = profile(`includedir ${place}\n`).read.slice(1)
    assert.deepEqual(
      read.sort(),
      ['dotted.conf', 'plain-name_1'].map((name) => join(place, name)),
    )
  })

  it('an address that has another name is a warning, unless rdns or canonicalisation is off', async () => {
    const status = async (text: string) => (await checkHost('127.0.0.1', profile(text))).status
    assert.equal(await status(''), 'warning')
    assert.equal(await status('[libdefaults]\n rdns = true\n'), 'warning')
    assert.equal(await status('[libdefaults]\n rdns = false\n'), 'ok')
    assert.equal(await status('[libdefaults]\n dns_canonicalize_hostname = false\n'), 'ok')
  })

  const kdcs = (...places: string[]) =>
    `[realms]\n ${REALM} = {\n${places.map((place) => `  kdc = ${place}\n`).join('')} }\n`

  async function withRealm(options: RealmOptions, use: (realm: Realm) => Promise<void>) {
    await using realm = await Realm.create(options)
    await use(realm)
  }

  it('a clock two minutes off is a warning, and a fault where clockskew allows less', async () => {
    await withRealm({ clockOffset: -120 }, async (realm) => {
      const clock = async (text: string) => {
        const read = profile(`${text}${kdcs(`127.0.0.1:${realm.kdcPort}`)}`)
        return (await checkKdcs(REALM, read, await Asn1.find())).find(
          ({ check }) => check === 'clock',
        )
      }
      assert.equal((await clock(''))?.status, 'warning')
      const strict = await clock('[libdefaults]\n clockskew = 90\n')
      assert.equal(strict?.status, 'failed')
      assert.match(strict.found, /; 90 s are allowed$/)
      assert.equal((await clock('[libdefaults]\n clockskew = 90s\n'))?.status, 'failed')
    })
  })

  it('a KDC that answers over UDP or TCP alone is a warning', async () => {
    await withRealm({}, async (realm) => {
      const statuses = async (port: number) => {
        const checks = await checkKdcs(REALM, profile(kdcs(`127.0.0.1:${port}`)), await Asn1.find())
        return Object.fromEntries(checks.map(({ check, status }) => [check, status]))
      }
      const tcp = createServer((from) => {
        const to = connect(realm.kdcPort, '127.0.0.1')
        from.pipe(to).pipe(from)
        for (const each of [from, to]) each.on('error', () => {})
      }).listen(0, '127.0.0.1')
      await once(tcp, 'listening')
      const overTcp = await statuses((tcp.address() as AddressInfo).port)
      tcp.close()
      assert.deepEqual(overTcp, { 'KDC over UDP': 'warning', 'KDC over TCP': 'ok', clock: 'ok' })

      const [near, far] = [createSocket('udp4'), createSocket('udp4')]
      let port = 0
      near.on('message', (bytes, from) => {
        port = from.port
        far.send(bytes, realm.kdcPort, '127.0.0.1')
      })
      far.on('message', (bytes) => near.send(bytes, port, '127.0.0.1'))
      near.bind(0, '127.0.0.1')
      await once(near, 'listening')
      const overUdp = await statuses(near.address().port)
      near.close()
      far.close()
      assert.deepEqual(overUdp, { 'KDC over UDP': 'ok', 'KDC over TCP': 'warning', clock: 'ok' })
    })
  })

  it('of many KDCs five are asked', async () => {
    const closed = [1, 2, 3, 4, 5, 6, 7].map((port) => `127.0.0.1:${port}`)
    const checks = await checkKdcs(REALM, profile(kdcs(...closed)), await Asn1.find())
    const asked = checks.filter(({ check }) => check === 'KDC over TCP').map(({ found }) => found)
    assert.deepEqual(
      asked.map((found) => found.split(': ')[0]),
      closed.slice(0, 5),
    )
  })

  it('a machine’s account in the keytab is no service', async () => {
    await withRealm({ principals: { alice: 'secret', MACHINE$: true } }, async (realm) => {
      await realm.kinit('alice')
      const env = { ...realm.env, KRB5_KTNAME: await realm.extractKeytab('MACHINE$') }
      const told = await cliJson<{ checks: { check: string }[] }>(['doctor'], 0, { env })
      const names = told.checks.map(({ check }) => check)
      assert.ok(names.includes('keytab') && !names.includes('service'), names.join())
    })
  })

  it('standard input without end is not read to its end', async () => {
    let given = 0
    async function* endless() {
      for (;;) {
        given += 65_536
        yield Buffer.alloc(65_536, 0x41)
      }
    }
    await assert.rejects(readInput(endless()), /more than \d+ bytes are no token/)
    assert.ok(given <= MAX_TEXT + 65_536, `${given}`)
  })
})
