import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHash, X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { type AddressInfo, connect as connectTcp } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as tls from 'node:tls'
import { inspect } from 'node:util'
import { Acceptor, ChannelBindings, Initiator } from 'gssapi'
import { certificateHash } from '../../lib/context/certificate-hash'
import { children, oidText, readElement } from '../../lib/encoding/der'

type Version = 'TLSv1.2' | 'TLSv1.3'
type Ends = [client: tls.TLSSocket, server: tls.TLSSocket]

/** openssl's name of the digest to sign with, its key, and the hash that RFC 5929 §4.1 then wants. */
const KINDS: [name: string, key: string[], digest: string[], hash: string | null][] = [
  ['rsa-sha1', ['rsa:2048'], ['-sha1'], 'sha256'],
  ['rsa-sha256', ['rsa:2048'], ['-sha256'], 'sha256'],
  ['rsa-sha384', ['rsa:2048'], ['-sha384'], 'sha384'],
  ['rsa-sha512', ['rsa:2048'], ['-sha512'], 'sha512'],
  ['rsa-sha224', ['rsa:2048'], ['-sha224'], 'sha224'],
  ['rsa-sha512-256', ['rsa:2048'], ['-sha512-256'], 'sha512-256'],
  ['rsa-sha3-256', ['rsa:2048'], ['-sha3-256'], 'sha3-256'],
  ['ec-sha256', ['ec', '-pkeyopt', 'ec_paramgen_curve:P-256'], ['-sha256'], 'sha256'],
  ['ec-sha384', ['ec', '-pkeyopt', 'ec_paramgen_curve:P-384'], ['-sha384'], 'sha384'],
  ['ec-sha1', ['ec', '-pkeyopt', 'ec_paramgen_curve:P-256'], ['-sha1'], 'sha256'],
  ['pss-sha1', ['rsa:2048'], ['-sha1', '-sigopt', 'rsa_padding_mode:pss'], 'sha256'],
  ['pss-sha256', ['rsa:2048'], ['-sha256', '-sigopt', 'rsa_padding_mode:pss'], 'sha256'],
  ['pss-sha384', ['rsa:2048'], ['-sha384', '-sigopt', 'rsa_padding_mode:pss'], 'sha384'],
  ['pss-sha512', ['rsa:2048'], ['-sha512', '-sigopt', 'rsa_padding_mode:pss'], 'sha512'],
  ['ed25519', ['ed25519'], [], null],
  ['ed448', ['ed448'], [], null],
]

describe('channel bindings', function () {
  this.timeout(60_000)
  let folder: string
  const keyFile = (name: string) => join(folder, `${name}.key`)
  const certificateFile = (name: string) => join(folder, `${name}.pem`)

  function openssl(...args: string[]): Buffer {
    return execFileSync('openssl', args, { stdio: ['ignore', 'pipe', 'pipe'] })
  }

  before('make certificates', () => {
    folder = mkdtempSync(join(tmpdir(), 'gssapi-tls-'))
    for (const [name, [type = '', ...parameters], digest] of KINDS) {
      const files = ['-keyout', keyFile(name), '-out', certificateFile(name)]
      const subject = ['-subj', '/CN=localhost', '-days', '2', '-nodes']
      openssl('req', '-x509', '-newkey', type, ...parameters, ...digest, ...files, ...subject)
    }
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  const certificate = (name: string) => new X509Certificate(readFileSync(certificateFile(name)))

  function options(name: string, version: Version): tls.TlsOptions {
    return {
      key: readFileSync(keyFile(name)),
      cert: readFileSync(certificateFile(name)),
      minVersion: version,
      maxVersion: version,
    }
  }

  interface Connection {
    port: number
    version: Version
    session?: Buffer | undefined
  }

  async function connect(
    server: tls.Server,
    { port, version, session }: Connection,
  ): Promise<Ends> {
    const accepted = once(server, 'secureConnection') as Promise<[tls.TLSSocket]>
    const client = tls.connect({
      ...{ port, host: '127.0.0.1', rejectUnauthorized: false, session },
      ...{ minVersion: version, maxVersion: version },
    })
    await once(client, 'secureConnect')
    return [client, (await accepted)[0]]
  }

  async function withServer(
    name: string,
    version: Version,
    body: (server: tls.Server, port: number, open: tls.TLSSocket[]) => Promise<void>,
  ): Promise<void> {
    const server = tls.createServer(options(name, version))
    const open: tls.TLSSocket[] = []
    await once(server.listen(0, '127.0.0.1'), 'listening')
    try {
      await body(server, (server.address() as AddressInfo).port, open)
    } finally {
      for (const socket of open) socket.destroy()
      server.close()
    }
  }

  async function withEnds(
    name: string,
    version: Version,
    body: (client: tls.TLSSocket, server: tls.TLSSocket) => void,
  ): Promise<void> {
    await withServer(name, version, async (server, port, open) => {
      const ends = await connect(server, { port, version })
      open.push(...ends)
      body(...ends)
    })
  }

  function equal(one: ChannelBindings, other: ChannelBindings): void {
    assert.deepEqual(one.applicationData, other.applicationData)
  }

  for (const [name, , , hash] of KINDS) {
    it(`the hash for a certificate signed by ${name} is not that of RFC 5929`, () => {
      const from = certificate(name)
      if (hash === null) {
        for (const source of [from, from.raw]) {
          assert.throws(() => ChannelBindings.tlsServerEndPoint(source), {
            code: 'ERR_GSS_UNSUPPORTED',
          })
        }
        return
      }
      const { applicationData } = ChannelBindings.tlsServerEndPoint(from)
      const der = openssl('x509', '-in', certificateFile(name), '-outform', 'DER')
      const prefix = Buffer.from('tls-server-end-point:')
      const expected = createHash(hash).update(der).digest()
      assert.deepEqual(applicationData, Buffer.concat([prefix, expected]))
      equal(ChannelBindings.tlsServerEndPoint(from), ChannelBindings.tlsServerEndPoint(from.raw))
    })
  }

  it("openssl's own fingerprint differs", () => {
    const shown = ['-fingerprint', '-sha384', '-noout']
    const line = openssl('x509', '-in', certificateFile('ec-sha384'), ...shown).toString()
    const fingerprint = line.replace(/^.*=/, '').replaceAll(':', '').trim().toLowerCase()
    assert.equal(certificateHash(certificate('ec-sha384').raw).toString('hex'), fingerprint)
  })

  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    for (const name of ['rsa-sha256', 'ec-sha384', 'pss-sha512']) {
      it(`client and server see different end points, ${version}, ${name}`, async () => {
        await withEnds(name, version, (client, server) => {
          const bindings = ChannelBindings.tlsServerEndPoint(client)
          equal(bindings, ChannelBindings.tlsServerEndPoint(server))
          equal(bindings, ChannelBindings.tlsServerEndPoint(certificate(name)))
        })
      })

      it(`it is asked of a socket as often as one likes, and after others, ${version}, ${name}`, async () => {
        const expected = ChannelBindings.tlsServerEndPoint(certificate(name))
        await withEnds(name, version, (client, server) => {
          for (let i = 0; i < 3; i++) {
            equal(ChannelBindings.tlsServerEndPoint(client), expected)
            equal(ChannelBindings.tlsServerEndPoint(server), expected)
          }
        })
        await withEnds(name, version, (client) => {
          client.getPeerX509Certificate()
          equal(ChannelBindings.tlsServerEndPoint(client), expected)
        })
        await withEnds(name, version, (client) => {
          equal(ChannelBindings.tlsServerEndPoint(client), expected)
          client.getSession = () => undefined
          equal(ChannelBindings.tlsServerEndPoint(client), expected)
        })
      })
    }

    it(`client and server export different material, or connections the same, ${version}`, async () => {
      const seen = new Set<string>()
      for (let i = 0; i < 2; i++) {
        await withEnds('rsa-sha256', version, (client, server) => {
          const bindings = ChannelBindings.tlsExporter(client)
          equal(bindings, ChannelBindings.tlsExporter(server))
          assert.equal(bindings.applicationData.length, 'tls-exporter:'.length + 32)
          assert.match(bindings.applicationData.toString('latin1'), /^tls-exporter:/)
          seen.add(bindings.applicationData.toString('hex'))
        })
      }
      assert.equal(seen.size, 2)
    })

    it(`a socket that is not yet, or no longer, secure is taken, ${version}`, async () => {
      const makers = [
        (socket: tls.TLSSocket) => ChannelBindings.tlsServerEndPoint(socket),
        (socket: tls.TLSSocket) => ChannelBindings.tlsUnique(socket),
        (socket: tls.TLSSocket) => ChannelBindings.tlsExporter(socket),
      ]
      const refused = (socket: tls.TLSSocket) => {
        for (const make of makers) {
          assert.throws(() => make(socket), { name: 'GssError', code: 'ERR_INVALID_STATE' })
        }
      }
      await withServer('rsa-sha256', version, async (server, port, open) => {
        const fresh = new tls.TLSSocket(connectTcp(port, '127.0.0.1'))
        fresh.on('error', () => {})
        open.push(fresh)
        refused(fresh)
        const [client, accepted] = await connect(server, { port, version })
        open.push(client, accepted)
        client.destroy()
        refused(client)
      })
    })
  }

  it('client and server see different first messages, also where a session is resumed', async () => {
    const version = 'TLSv1.2'
    await withServer('rsa-sha256', version, async (server, port, open) => {
      let session: Buffer | undefined
      const seen = new Set<string>()
      for (const resumed of [false, true, true]) {
        const [client, accepted] = await connect(server, { port, version, session })
        open.push(client, accepted)
        assert.equal(client.isSessionReused(), resumed)
        const bindings = ChannelBindings.tlsUnique(client)
        equal(bindings, ChannelBindings.tlsUnique(accepted))
        // The first message is the client's, but where a session is resumed the server's.
        const first = resumed ? accepted.getFinished() : client.getFinished()
        const expected = Buffer.concat([Buffer.from('tls-unique:'), first!])
        assert.deepEqual(bindings.applicationData, expected)
        equal(
          ChannelBindings.tlsServerEndPoint(client),
          ChannelBindings.tlsServerEndPoint(accepted),
        )
        seen.add(bindings.applicationData.toString('hex'))
        session = client.getSession()
      }
      assert.equal(seen.size, 3)
    })
  })

  it('tls-unique is made of a TLS 1.3 connection', async () => {
    await withEnds('rsa-sha256', 'TLSv1.3', (client, server) => {
      for (const socket of [client, server]) {
        assert.throws(() => ChannelBindings.tlsUnique(socket), { code: 'ERR_GSS_UNSUPPORTED' })
      }
    })
  })

  it('something else is taken for a socket or a certificate', () => {
    const others = [undefined, null, 5, 'x', {}, [], new ArrayBuffer(3), () => {}]
    for (const other of others as tls.TLSSocket[]) {
      const expected = { name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE' }
      assert.throws(() => ChannelBindings.tlsServerEndPoint(other), expected)
      assert.throws(() => ChannelBindings.tlsUnique(other), expected)
      assert.throws(() => ChannelBindings.tlsExporter(other), expected)
    }
  })

  it('a damaged certificate is hashed, or hangs the reader', () => {
    const der = certificate('pss-sha256').raw
    const refused = { name: 'TypeError', code: 'ERR_INVALID_ARG_VALUE' }
    for (const size of der.keys()) {
      const cut = der.subarray(0, size)
      assert.throws(() => ChannelBindings.tlsServerEndPoint(cut), refused, `${size} bytes`)
    }
    assert.throws(() => ChannelBindings.tlsServerEndPoint(Buffer.concat([der, der])), refused)
    for (let at = 0; at < der.length; at++) {
      const altered = Buffer.from(der)
      altered[at] = (altered[at] ?? 0) ^ 0xff
      try {
        certificateHash(altered)
      } catch (error) {
        assert.match((error as Error & { code: string }).code, /ERR_(?:INVALID_ARG|GSS_UNSUPP)/)
      }
    }
  })

  it("the parts are the caller's own memory, or shown by inspect", () => {
    const data = Buffer.from('white rabbit')
    const address = { type: 2, address: Buffer.from([127, 0, 0, 1]) }
    const bindings = new ChannelBindings({ applicationData: data, initiatorAddress: address })
    data.fill(0)
    assert.equal(bindings.applicationData.toString(), 'white rabbit')
    bindings.applicationData.fill(0)
    assert.equal(bindings.applicationData.toString(), 'white rabbit')
    assert.equal(inspect(bindings), '[ChannelBindings]')
    new Acceptor({ channelBindings: bindings }).dispose()
    new Initiator({ target: 'HTTP@host', channelBindings: new ChannelBindings({}) }).dispose()
  })
})

describe('a TLS session', () => {
  it('is overwritten after the certificate was looked for: it holds the master secret', () => {
    const session = Buffer.alloc(200, 0x5a)
    const socket = {
      getFinished: () => Buffer.from('sent'),
      getPeerFinished: () => Buffer.from('received'),
      getEphemeralKeyInfo: () => ({}),
      getPeerX509Certificate: () => undefined,
      getSession: () => session,
    }
    assert.throws(() => ChannelBindings.tlsServerEndPoint(socket as never), {
      code: 'ERR_INVALID_STATE',
    })
    assert.deepEqual(session, Buffer.alloc(200))
  })
})

describe('DER', () => {
  it('lengths that do not add up are followed', () => {
    const read = (hex: string) => readElement(Buffer.from(hex, 'hex'), 0)
    assert.deepEqual(read('0401ff'), { tag: 4, start: 2, end: 3 })
    assert.deepEqual(read('048101ff'), { tag: 4, start: 3, end: 4 })
    for (const hex of [
      '',
      '04',
      '0401',
      '0480',
      '0482ffff',
      '0484ffffffff',
      '048500000000',
      '0481',
    ]) {
      assert.equal(read(hex), undefined, hex)
    }
    const parent = { tag: 0x30, start: 0, end: 5 }
    assert.equal(children(Buffer.from('0401ff0405', 'hex'), parent).length, 1)
  })

  it('identifiers are read wrongly', () => {
    assert.equal(oidText(Buffer.from('2a864886f712010202', 'hex')), '1.2.840.113554.1.2.2')
    assert.equal(oidText(Buffer.from('883703', 'hex')), '2.999.3')
    assert.equal(oidText(Buffer.alloc(0)), '')
  })
})
