import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Acceptor, Initiator, Name } from 'gssapi'
import { packageRoot } from '../helpers/addon'
import { cliJson, runCli } from '../helpers/cli'
import { failure } from '../helpers/failure'
import { useRealm } from '../helpers/realm'
import { establish, PAIR_REALM, SERVICE, sequenceNumber } from '../helpers/pair'

interface Shown {
  type?: string
  damaged?: string
  [field: string]: unknown
}

const shown = (token: Uint8Array, code = 0) =>
  cliJson<Shown>(['token', Buffer.from(token).toString('base64')], code)

const KRB5 = '1.2.840.113554.1.2.2 (krb5)'
const AES256 = 'aes256-cts-hmac-sha1-96 (18)'

/** Each token of a handshake, in its order. */
async function tokensOf(options: { mechanism?: string; dceStyle?: boolean; mutual?: boolean }) {
  const client = new Initiator({ target: SERVICE, ...options })
  const server = new Acceptor()
  const tokens: Buffer[] = []
  let token = await client.step()
  while (token) {
    tokens.push(token)
    const side = tokens.length % 2 === 1 ? server : client
    token = await side.step(token)
  }
  assert.ok(client.complete && server.complete)
  return tokens
}

const inside = (value: unknown, ...path: string[]): Shown =>
  path.reduce((at, name) => at[name] as Shown, value as Shown)

describe('gssapi token: what real tokens say', function () {
  this.timeout(60_000)
  const realm = useRealm(PAIR_REALM)

  function assertApReq(shown: Shown, kvno: number, options = 'mutual-required') {
    assert.match(shown.type ?? '', /^AP-REQ, \d+ bytes$/)
    assert.equal(shown['pvno'], 5)
    assert.deepEqual(shown['apOptions'], options === '' ? [] : [options])
    const ticket = inside(shown, 'ticket')
    assert.equal(ticket['realm'], 'EXAMPLE.TEST')
    assert.equal(inside(ticket, 'sname')['name'], 'HTTP/server.example.test')
    const { etype, kvno: seen, cipherBytes } = inside(ticket, 'encPart')
    assert.deepEqual([etype, seen], [AES256, kvno])
    assert.ok(Number(cipherBytes) > 100)
    assert.equal(inside(shown, 'authenticator')['etype'], AES256)
  }

  it('krb5: the framing, the service, the key version or the reply is not told', async () => {
    const [first, second] = await tokensOf({ mechanism: 'krb5' })
    const request = await shown(first!)
    assert.equal(request.type, `GSS-API framing (RFC 2743 §3.1), ${first!.length} bytes`)
    assert.equal(request['mechanism'], KRB5)
    assert.equal(inside(request, 'token')['tokId'], '01 00')
    assertApReq(inside(request, 'token'), 1)
    const reply = inside(await shown(second!), 'token')
    assert.match(reply.type ?? '', /^AP-REP/)
    assert.equal(inside(reply, 'encPart')['etype'], AES256)
  })

  it('a client that does not ask for mutual authentication is not told', async () => {
    const [first] = await tokensOf({ mechanism: 'krb5', mutual: false })
    assertApReq(inside(await shown(first!), 'token'), 1, '')
  })

  it('SPNEGO: the mechanisms offered and chosen, or the state, are not told', async () => {
    const [first, second] = await tokensOf({ mechanism: 'spnego' })
    const init = inside(await shown(first!), 'token')
    assert.match(init.type ?? '', /^SPNEGO NegTokenInit/)
    assert.deepEqual(init['mechTypes'], [KRB5])
    assertApReq(inside(init, 'mechToken', 'token'), 1)
    const response = await shown(second!)
    assert.match(response.type ?? '', /^SPNEGO NegTokenResp/)
    assert.equal(response['negState'], 'accept-completed (0)')
    assert.equal(response['supportedMech'], KRB5)
    assert.match(inside(response, 'responseToken', 'token').type ?? '', /^AP-REP/)
  })

  it('DCE style: three bare messages are not read', async () => {
    const tokens = await tokensOf({ mechanism: 'krb5', dceStyle: true })
    const types = await Promise.all(tokens.map(async (token) => (await shown(token)).type))
    assert.deepEqual(
      types,
      ['AP-REQ', 'AP-REP', 'AP-REP'].map((name, i) => `${name}, ${tokens[i]!.length} bytes`),
    )
  })

  it('the key version is not the one of the key in use', async () => {
    await realm().changeKeys('HTTP/server.example.test', { keytab: realm().keytab })
    const ccache = await realm().kinit('alice', { ccache: 'after-change' })
    const before = process.env['KRB5CCNAME']
    process.env['KRB5CCNAME'] = ccache
    const [first] = await tokensOf({ mechanism: 'krb5' })
    process.env['KRB5CCNAME'] = before
    assertApReq(inside(await shown(first!), 'token'), 2)
  })

  it("an acceptor's refusal is not told by name", async () => {
    const token = await new Initiator({ target: SERVICE, mechanism: 'krb5' }).step()
    await new Acceptor().step(token)
    const { token: refusal, minorName } = await failure(() => new Acceptor().step(token)) // a replay
    assert.ok(refusal && minorName)
    const error = inside(await shown(refusal), 'token')
    assert.match(error.type ?? '', /^KRB-ERROR/)
    assert.equal(error['errorCode'], `${minorName} (34)`)
    assert.equal(error['realm'], 'EXAMPLE.TEST')
    assert.equal(inside(error, 'sname')['name'], 'HTTP/server.example.test')
    const age = Date.now() - Date.parse(error['stime'] as string)
    assert.ok(age > -2000 && age < 60_000, String(age))
  })

  it('messages: who sent it, whether it is sealed, or its number is told wrong', async () => {
    const { client, server } = await establish({ mechanism: 'krb5' })
    for (const side of [client, server]) {
      const sender = side.isInitiator ? [] : ['SentByAcceptor']
      const sealed = side.wrap(Buffer.alloc(100))
      assert.deepEqual(await shown(sealed), {
        type: `Wrap token (RFC 4121 §4.2.6.2), ${sealed.length} bytes`,
        tokId: '05 04',
        flags: [...sender, 'Sealed', 'AcceptorSubkey'],
        sealed: true,
        extraCount: 0,
        rightRotation: 0,
        sequence: String(sequenceNumber(sealed)),
        cipherBytes: sealed.length - 16,
      })
      const signed = await shown(side.wrap(Buffer.alloc(100), { confidential: false }))
      assert.deepEqual(
        [signed['sealed'], signed['messageBytes'], signed['checksumBytes']],
        [false, 100, 12],
      )
      const mic = side.getMic(Buffer.alloc(100))
      assert.deepEqual(await shown(mic), {
        type: `MIC token (RFC 4121 §4.2.6.1), ${mic.length} bytes`,
        tokId: '04 04',
        flags: [...sender, 'AcceptorSubkey'],
        sequence: String(sequenceNumber(mic)),
        checksumBytes: mic.length - 16,
      })
    }
  })

  it('an exported name is taken for a token', async () => {
    const name = await Name.principal('alice@EXAMPLE.TEST').canonicalize({ mechanism: 'krb5' })
    const exported = await shown(name.export())
    assert.match(exported.type ?? '', /^exported name/)
    assert.deepEqual([exported['mechanism'], exported['name']], [KRB5, 'alice@EXAMPLE.TEST'])
  })

  describe('given in another way', () => {
    let token: Buffer
    let expected: string
    before('a token', async () => {
      token = (await new Initiator({ target: SERVICE, mechanism: 'spnego' }).step())!
      expected = (await runCli(['token', token.toString('base64')])).stdout
      assert.match(expected, /AP-REQ/)
    })

    const base64 = () => token.toString('base64')
    const lines = (text: string) => text.replaceAll(/(.{76})/g, '$1\n')
    const ways: Record<string, () => { args: string[]; input?: string | Uint8Array }> = {
      base64url: () => ({ args: [token.toString('base64url')] }),
      hexadecimal: () => ({ args: [token.toString('hex')] }),
      'hexadecimal with colons': () => ({
        args: [token.toString('hex').replaceAll(/(..)(?!$)/g, '$1:')],
      }),
      'a header value': () => ({ args: [`Negotiate ${base64()}`] }),
      'a header value in two words': () => ({ args: ['negotiate', base64()] }),
      'a whole header': () => ({ args: [`WWW-Authenticate: Negotiate ${base64()}`] }),
      'base64 on standard input': () => ({ args: ['-'], input: `${base64()}\n` }),
      'base64 in lines on standard input': () => ({ args: ['-'], input: lines(base64()) }),
      'hexadecimal in lines on standard input': () => ({
        args: [],
        input: lines(token.toString('hex')),
      }),
      'bytes on standard input': () => ({ args: ['-'], input: token }),
    }
    for (const [what, way] of Object.entries(ways)) {
      it(`${what} is not read, or read as something else`, async () => {
        const { args, input = '' } = way()
        const { stdout, stderr, code } = await runCli(['token', ...args], { input })
        assert.deepEqual({ stdout, stderr, code }, { stdout: expected, stderr: '', code: 0 })
      })
    }
  })

  describe('where asn1js is not installed', () => {
    let folder: string
    before('a copy of the package without it', () => {
      folder = mkdtempSync(join(tmpdir(), 'gssapi-without-'))
      for (const name of ['package.json', 'lib', 'build', 'node_modules/node-gyp-build']) {
        cpSync(join(packageRoot, name), join(folder, name), { recursive: true })
      }
    })
    after('is removed', () => rmSync(folder, { recursive: true, force: true }))
    const bin = () => ({ file: join(folder, 'lib/cli/main.js') })

    it('a Kerberos token is a stack trace, or nobody says what to install', async () => {
      const token = await new Initiator({ target: SERVICE }).step()
      const { code, stderr } = await runCli(['token', token!.toString('base64')], bin())
      assert.equal(code, 2)
      assert.match(stderr, /npm install asn1js/)
      assert.doesNotMatch(stderr, /^\s+at /m)
    })

    it('what needs no ASN.1 fails too', async () => {
      const { client } = await establish()
      const mic = client.getMic(Buffer.from('x')).toString('hex')
      const { code, stdout } = await runCli(['token', mic], bin())
      assert.equal(code, 0)
      assert.match(stdout, /^MIC token/)
      assert.equal((await runCli(['info'], bin())).code, 0)
    })

    it('a program that uses the package is asked for it', () => {
      const { peerDependenciesMeta: meta } = JSON.parse(
        readFileSync(join(packageRoot, 'package.json'), 'utf8'),
      )
      assert.equal(meta.asn1js.optional, true)
    })
  })

  describe('what is no token', () => {
    const refused: Record<string, [input: string, message: RegExp]> = {
      nothing: ['', /the input is empty/],
      'a header without a token': ['Negotiate ', /neither base64|the input is empty/],
      'a sentence': ['this is no token!', /neither base64, base64url nor hexadecimal/],
      'half a byte': ['60820', /neither base64, base64url nor hexadecimal/],
      'three megabytes': ['A'.repeat(4 * 2 ** 20), /are no token/],
    }
    for (const [what, [input, message]] of Object.entries(refused)) {
      it(`${what} is decoded`, async () => {
        const { code, stdout, stderr } = await runCli(['token', '-'], { input })
        assert.equal(code, 2, stdout)
        assert.match(stderr, message)
      })
    }

    it('a token of an unknown kind is a success', async () => {
      const told = await shown(Buffer.from('00112233', 'hex'), 1)
      assert.match(told.damaged ?? '', /unknown token: 4 bytes/)
    })

    it('a cut token is a success, or hides what can still be read', async () => {
      const token = await new Initiator({ target: SERVICE, mechanism: 'krb5' }).step()
      const told = await shown(token!.subarray(0, 200), 1)
      assert.equal(told['mechanism'], KRB5)
      assert.equal(told['missingBytes'], token!.length - 200)
      assert.ok(inside(told, 'token').damaged)
    })
  })
})

describe('gssapi token: what old keys make', function () {
  this.timeout(60_000)
  const types = { 'arcfour-hmac': 'HMAC MD5 (RC4)', 'des3-cbc-sha1': 'HMAC SHA1 DES3-KD' }
  for (const [encryptionType, algorithm] of Object.entries(types)) {
    describe(encryptionType, () => {
      useRealm({ ...PAIR_REALM, encryptionTypes: [encryptionType] })

      it('a message of RFC 1964 is not read', async () => {
        const { client, server } = await establish({ mechanism: 'krb5' })
        const sealed = inside(await shown(client.wrap(Buffer.alloc(64))), 'token')
        assert.match(sealed.type ?? '', /^Wrap token \(RFC 1964/)
        assert.match(String(sealed['sgnAlg']), new RegExp(`^${algorithm.replace(/[()]/g, '\\$&')}`))
        assert.doesNotMatch(String(sealed['sealAlg']), /none|^\d/)
        const open = server.wrap(Buffer.alloc(64), { confidential: false })
        assert.match(String(inside(await shown(open), 'token')['sealAlg']), /^none/)
        const mic = inside(await shown(server.getMic(Buffer.alloc(64))), 'token')
        assert.match(mic.type ?? '', /^MIC token \(RFC 1964/)
      })
    })
  }
})
