/** Tokens that no library on this machine makes, put together by their specifications; and the tables of names. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { Acceptor, Credential, Initiator } from 'gssapi'
import { Asn1 } from '../../lib/cli/asn1'
import { ENCTYPES, KRB_ERRORS, NAME_TYPES, PADATA_TYPES } from '../../lib/cli/kerberos-names'
import { toJson, toText } from '../../lib/cli/text'
import { decodeToken } from '../../lib/cli/token/decode'
import type { Fields } from '../../lib/cli/values'
import { failure } from '../helpers/failure'
import { flipped } from '../helpers/forge'
import { useRealm } from '../helpers/realm'
import { establish, PAIR_REALM, SERVICE } from '../helpers/pair'

let asn1: Asn1
before('asn1js', async () => {
  asn1 = (await Asn1.find())!
})

function sound(token: Uint8Array): Fields {
  const decoded = decodeToken(token, asn1)
  assert.ok(decoded.sound, toText(decoded.token))
  return decoded.token
}

const typeOf = (value: unknown) => (value as { type: string }).type

/** One DER element with contents below 64 kB. */
function der(tag: number, ...parts: (Uint8Array | string)[]): Buffer {
  const contents = Buffer.concat(parts.map((part) => Buffer.from(part as string)))
  const { length } = contents
  const size = length < 128 ? [length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...size]), contents])
}

const KRB5 = Buffer.from('06092a864886f712010202', 'hex')
const MS_KRB5 = Buffer.from('06092a864882f712010202', 'hex')
const NTLM = Buffer.from('060a2b06010401823702020a', 'hex')
const SPNEGO = Buffer.from('06062b0601050502', 'hex')

describe('gssapi token: SPNEGO of others', function () {
  this.timeout(30_000)
  useRealm(PAIR_REALM)

  it("Windows' hints are taken for the MIC, or the MIC behind them is not found", async () => {
    const { client } = await establish({ mechanism: 'krb5' })
    const mic = client.getMic(Buffer.from('list'))
    const hints = der(0x30, der(0xa0, der(0x1b, 'not_defined_in_RFC4178@please_ignore')))
    const fields = [
      der(0xa0, der(0x30, MS_KRB5, KRB5, NTLM)),
      der(0xa3, hints),
      der(0xa4, der(4, mic)),
    ]
    const init = der(0xa0, der(0x30, ...fields))
    const { token } = sound(der(0x60, SPNEGO, init)) as { token: Fields }
    assert.deepEqual(token['mechTypes'], [
      '1.2.840.48018.1.2.2 (krb5, as Microsoft miscounted it)',
      '1.2.840.113554.1.2.2 (krb5)',
      '1.3.6.1.4.1.311.2.2.10 (ntlm)',
    ])
    assert.deepEqual(token['negHints'], {
      hintName: 'not_defined_in_RFC4178@please_ignore',
      hintAddressBytes: undefined,
    })
    assert.match(typeOf(token['mechListMIC']), /^MIC token/)
    assert.deepEqual({ ...sound(init), type: '' }, { ...token, type: '' }) // Windows also sends it bare
  })

  it('a MIC in its place of RFC 4178, and the flags, are not read', async () => {
    const { server } = await establish({ mechanism: 'krb5' })
    const mic = der(0xa3, der(4, server.getMic(Buffer.from('list'))))
    const init = der(
      0xa0,
      der(0x30, der(0xa0, der(0x30, KRB5)), der(0xa1, Buffer.from('03020162', 'hex')), mic),
    )
    const first = sound(init)
    assert.deepEqual(first['reqFlags'], ['mutualFlag', 'replayFlag', 'integFlag'])
    assert.match(typeOf(first['mechListMIC']), /^MIC token/)
    const response = sound(der(0xa1, der(0x30, der(0xa0, der(10, Buffer.from([3]))), mic)))
    assert.equal(response['negState'], 'request-mic (3)')
    const { flags } = response['mechListMIC'] as Fields
    assert.deepEqual(flags, ['SentByAcceptor', 'AcceptorSubkey'])
  })

  it("an acceptor's reject is not told with its reason", async () => {
    const token = await new Initiator({ target: SERVICE, mechanism: 'spnego' }).step()
    const altered = flipped(token!, token!.length - 5)
    const { token: reject } = await failure(() => new Acceptor().step(altered))
    const told = sound(reject!)
    assert.equal(told['negState'], 'reject (2)')
    assert.match(toText(told), /errorCode: KRB5KRB_AP_ERR_BAD_INTEGRITY \(31\)/)
  })

  it('IAKERB: the request to the KDC inside is not read', async () => {
    const password = PAIR_REALM.principals.alice
    const name = 'alice@EXAMPLE.TEST'
    const credential = await Credential.acquire({ name, password, mechanisms: ['iakerb'] })
    const client = new Initiator({ target: SERVICE, mechanism: 'iakerb', credential })
    const told = sound((await client.step())!)
    const { targetRealm, message } = told['token'] as { targetRealm: string; message: Fields }
    assert.equal(targetRealm, 'EXAMPLE.TEST')
    assert.match(typeOf(message), /^AS-REQ/)
    const body = message['reqBody'] as { cname: Fields; sname: Fields; etypes: string[] }
    assert.equal(body.cname['name'], 'alice')
    assert.equal(body.sname['name'], 'krbtgt/EXAMPLE.TEST')
    assert.ok(body.etypes.includes('aes256-cts-hmac-sha1-96 (18)'))
  })
})

/** MS-NLMP §2.2.1: a head of fixed places, and behind it what they point at. */
function ntlm(type: number, head: number, values: [at: number, value: Buffer][]): Buffer {
  const message = Buffer.alloc(head)
  message.write('NTLMSSP\0', 'latin1')
  message.writeUInt32LE(type, 8)
  let offset = head
  for (const [at, value] of values) {
    message.writeUInt16LE(value.length, at)
    message.writeUInt16LE(value.length, at + 2)
    message.writeUInt32LE(offset, at + 4)
    offset += value.length
  }
  return Buffer.concat([message, ...values.map(([, value]) => value)])
}

const utf16 = (text: string) => Buffer.from(text, 'utf16le')

function pair(id: number, value: Buffer): Buffer {
  const head = Buffer.alloc(4)
  head.writeUInt16LE(id)
  head.writeUInt16LE(value.length, 2)
  return Buffer.concat([head, value])
}

/** Windows 10's: 10.0 build 19041, NTLMSSP revision 15. */
const WINDOWS = Buffer.from('0a00614a0000000f', 'hex')

describe('gssapi token: NTLM', () => {
  it('NEGOTIATE: the flags, names or version are not told', () => {
    const message = ntlm(1, 40, [
      [16, Buffer.from('EXAMPLE')],
      [24, Buffer.from('DESK')],
    ])
    message.writeUInt32LE(0x0200_3211, 12)
    WINDOWS.copy(message, 32)
    assert.deepEqual(sound(message), {
      type: `NTLM NEGOTIATE message (type 1), ${message.length} bytes`,
      flags: [
        'UNICODE',
        'SIGN',
        'NTLM',
        'OEM_DOMAIN_SUPPLIED',
        'OEM_WORKSTATION_SUPPLIED',
        'VERSION',
      ],
      domain: 'EXAMPLE',
      workstation: 'DESK',
      version: '10.0 build 19041, NTLMSSP 15',
    })
    assert.ok(sound(message.subarray(0, 16))) // the shortest there is
  })

  it('CHALLENGE: the target information is not told, or the challenge is', () => {
    const time = Buffer.alloc(8)
    time.writeBigUInt64LE(BigInt(Date.UTC(2026, 10, 24) + 11_644_473_600_000) * 10_000n)
    const info = [
      pair(2, utf16('EXAMPLE')),
      pair(1, utf16('SERVER')),
      pair(4, utf16('example.test')),
      pair(3, utf16('server.example.test')),
      pair(5, utf16('example.test')),
      pair(6, Buffer.from([2, 0, 0, 0])),
      pair(7, time),
      pair(9, utf16('HTTP/server')),
      pair(10, Buffer.alloc(16)),
      pair(77, Buffer.alloc(3)),
      pair(0, Buffer.alloc(0)),
    ]
    const message = ntlm(2, 48, [
      [12, utf16('EXAMPLE')],
      [40, Buffer.concat(info)],
    ])
    message.writeUInt32LE(0x00808201, 20)
    message.write('SECRET!!', 24, 'latin1')
    const told = sound(message)
    assert.equal(told['targetName'], 'EXAMPLE')
    assert.equal(told['serverChallengeBytes'], 8)
    assert.deepEqual(told['targetInfo'], {
      nbDomainName: 'EXAMPLE',
      nbComputerName: 'SERVER',
      dnsDomainName: 'example.test',
      dnsComputerName: 'server.example.test',
      dnsTreeName: 'example.test',
      flags: ['MIC provided'],
      timestamp: '2026-11-24T00:00:00.000Z',
      targetName: 'HTTP/server',
      channelBindings: 'none',
      avPair77Bytes: 3,
    })
    assert.doesNotMatch(toJson(told), /SECRET|534543524554/)
  })

  it('AUTHENTICATE: the user is not told, or the responses are', () => {
    const response = Buffer.concat([Buffer.from('RESPONSE'), Buffer.alloc(60, 0x5a)])
    const message = ntlm(3, 88, [
      [28, utf16('EXAMPLE')],
      [36, utf16('alice')],
      [44, utf16('DESK')],
      [12, Buffer.alloc(24)],
      [20, response],
      [52, Buffer.from('SESSIONKEYSECRET')],
    ])
    message.writeUInt32LE(0x4000_0001, 60)
    const told = sound(message)
    assert.deepEqual(told, {
      type: `NTLM AUTHENTICATE message (type 3), ${message.length} bytes`,
      flags: ['UNICODE', 'KEY_EXCH'],
      domain: 'EXAMPLE',
      user: 'alice',
      workstation: 'DESK',
      response: 'NTLMv2',
      ntResponseBytes: 68,
      lmResponseBytes: 24,
      encryptedSessionKeyBytes: 16,
      version: undefined,
    })
    assert.doesNotMatch(toJson(told), /RESPONSE[^"]|SECRET/)
  })

  it('SPNEGO around it hides it', () => {
    const message = ntlm(1, 32, [])
    const fields = [der(0xa0, der(0x30, NTLM)), der(0xa2, der(4, message))]
    const told = sound(der(0x60, SPNEGO, der(0xa0, der(0x30, ...fields))))
    assert.match(toText(told), /mechToken:\n\s+NTLM NEGOTIATE message/)
  })

  it('a name outside the message is read', () => {
    const message = ntlm(1, 32, [[16, Buffer.from('EXAMPLE')]])
    for (const offset of [33, message.length, 0xffff_ffff]) {
      message.writeUInt32LE(offset, 20)
      const { token, sound } = decodeToken(message, asn1)
      assert.deepEqual([sound, token['damaged']], [false, 'the domain lies outside the message'])
    }
  })
})

describe("gssapi token: Kerberos' numbers", () => {
  const header = readFileSync('/usr/include/krb5/krb5.h', 'utf8')
  const defined = (pattern: RegExp): Map<number, string[]> => {
    const found = new Map<number, string[]>()
    for (const [, name = '', value = ''] of header.matchAll(pattern)) {
      const number = Number(value)
      found.set(number, [...(found.get(number) ?? []), name.toLowerCase().replaceAll('_', '-')])
    }
    return found
  }

  function compare(names: Readonly<Record<number, string>>, found: Map<number, string[]>) {
    for (const [value, name] of Object.entries(names)) {
      const expected = name.toLowerCase().replaceAll('_', '-')
      assert.ok(found.get(Number(value))?.includes(expected), `${value} ${name}`)
    }
  }

  it('an encryption type has a wrong name', () =>
    compare(ENCTYPES, defined(/#define ENCTYPE_(\w+)\s+(0x[0-9a-f]+)/g)))
  it('a name type has a wrong name', () => {
    const plain = Object.entries(NAME_TYPES).map(([value, name]) => [value, name.slice(3)])
    compare(Object.fromEntries(plain), defined(/#define KRB5_NT_(\w+)\s+(-?\d+)/g))
  })
  it('a padata type has a wrong name', () =>
    compare(PADATA_TYPES, defined(/#define KRB5_(?:ENC)?PADATA_(\w+)\s+(\d+)/g)))

  it('an error code has a wrong name', () => {
    const BASE = 1_765_328_384
    const codes = [...header.matchAll(/#define (KRB5K(?:DC|RB)_\w+)\s+\((-\d+)L\)/g)]
    const found = new Map(codes.map(([, name, value]) => [Number(value) + BASE, name]))
    assert.ok(found.size > 60)
    for (const [value, name] of Object.entries(KRB_ERRORS)) {
      assert.equal(found.get(Number(value)), name)
    }
    const missing = [...found].filter(
      ([value, name]) => value >= 0 && value < 128 && KRB_ERRORS[value] !== name,
    )
    assert.deepEqual(
      missing.map(([, name]) => name),
      ['KRB5KRB_AP_ERR_ILL_CR_TKT'],
    ) // MIT's own
  })
})
