import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { Acceptor, Initiator } from 'gssapi'
import { Asn1 } from '../../lib/cli/asn1'
import { toJson, toText } from '../../lib/cli/text'
import { decodeToken } from '../../lib/cli/token/decode'
import { sanitized } from '../helpers/child'
import { runCli } from '../helpers/cli'
import { extended, flipped, positions, truncated } from '../helpers/forge'
import { useRealm } from '../helpers/realm'
import { PAIR_REALM, SERVICE } from '../helpers/pair'

/** For one token, of whatever kind, on a slow machine. */
const LIMIT = sanitized ? 20_000 : 5000
/** What is shown of a token is never much more than the token. */
const MOST_TEXT = 4 * 2 ** 20

let asn1: Asn1

/** It ends, in time, with something that can be shown. */
function survives(token: Uint8Array): boolean {
  const began = performance.now()
  const decoded = decodeToken(token, asn1)
  const text = toText(decoded.token)
  assert.ok(performance.now() - began < LIMIT, `${token.length} bytes took too long`)
  assert.ok(text.length < MOST_TEXT)
  // eslint-disable-next-line no-control-regex -- what a terminal would obey
  assert.doesNotMatch(text, /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/)
  return decoded.sound
}

function der(tag: number, contents: Uint8Array): Buffer {
  const size = Buffer.alloc(5)
  size[0] = 0x84
  size.writeUInt32BE(contents.length, 1)
  return Buffer.concat([Buffer.from([tag]), size, contents])
}

/** RFC 4120 §5.9.1, with what must be there. */
function krbError(...more: Buffer[]): Buffer {
  const text = (value: string) => der(0x1b, Buffer.from(value))
  const number = (value: number) => der(2, Buffer.from([value]))
  const name = [der(0xa0, number(1)), der(0xa1, der(0x30, text('HTTP')))]
  const fields = [
    der(0xa0, number(5)),
    der(0xa1, number(30)),
    der(0xa4, der(0x18, Buffer.from('20261124000000Z'))),
    der(0xa5, number(1)),
    der(0xa6, number(13)),
    der(0xa9, text('EXAMPLE.TEST')),
    der(0xaa, der(0x30, Buffer.concat(name))),
    ...more,
  ]
  return der(0x7e, der(0x30, Buffer.concat(fields)))
}

describe('gssapi token: hostile input', function () {
  this.timeout(300_000)
  useRealm(PAIR_REALM)
  const seeds: Buffer[] = []

  before('tokens of all kinds', async () => {
    asn1 = (await Asn1.find())!
    for (const options of [{ mechanism: 'krb5' }, { mechanism: 'spnego' }, { dceStyle: true }]) {
      const client = new Initiator({ target: SERVICE, ...options })
      const server = new Acceptor()
      let token = await client.step()
      for (let side = 0; token; side++) {
        seeds.push(token)
        token = await (side % 2 === 0 ? server : client).step(token)
      }
      seeds.push(client.wrap(Buffer.alloc(40)), server.getMic(Buffer.alloc(40)))
    }
    const ntlm = Buffer.concat([Buffer.from('NTLMSSP\0\x02\0\0\0'), Buffer.alloc(80, 1)])
    seeds.push(krbError(), ntlm)
    for (const seed of seeds.slice(0, 11)) assert.ok(survives(seed))
  })

  it('a bit that has flipped makes it fail', () => {
    for (const seed of seeds) {
      for (const position of positions(seed.length)) {
        for (const mask of [0x01, 0x80, 0xff]) survives(flipped(seed, position, mask))
      }
    }
  })

  it('a token that is cut or has more behind it makes it fail', () => {
    for (const seed of seeds)
      for (const token of [...truncated(seed), ...extended(seed)]) survives(token)
  })

  it('random bytes behind each known beginning make it fail', () => {
    const beginnings = [
      '60',
      'a0',
      'a1',
      '6a',
      '6e',
      '6f',
      '7e',
      '0404',
      '0504',
      '0405',
      '0401',
      '',
    ]
    const kinds = [...beginnings, '600b06092a864886f712010202', '4e544c4d535350000200'].map((hex) =>
      Buffer.from(hex, 'hex'),
    )
    for (const kind of kinds) {
      for (let i = 0; i < 200; i++) {
        const random = createHash('shake256', { outputLength: (i * 7) % 400 })
        survives(Buffer.concat([kind, random.update(`${kind.toString('hex')} ${i}`).digest()]))
      }
    }
  })

  const MEGABYTE = 2 ** 20
  const SPNEGO = Buffer.from('06062b0601050502', 'hex')
  const nested = (depth: number) => {
    let token: Buffer = Buffer.from([0x30, 0])
    for (let i = 0; i < depth; i++) token = der(i % 2 === 0 ? 0xa0 : 0x30, token)
    return token
  }
  const matryoshka = (depth: number) => {
    let token: Buffer = Buffer.from('NTLMSSP\0\x01\0\0\0'.padEnd(32, '\0'))
    for (let i = 0; i < depth; i++) {
      const fields = [der(0xa0, der(0x30, SPNEGO)), der(0xa2, der(4, token))]
      token = der(0x60, Buffer.concat([SPNEGO, der(0xa0, der(0x30, Buffer.concat(fields)))]))
    }
    return token
  }
  const bombs: Record<string, () => Uint8Array> = {
    'a megabyte of nothing': () => Buffer.alloc(MEGABYTE),
    'a megabyte of openings (indefinite length)': () =>
      Buffer.alloc(MEGABYTE, Buffer.from([0xa0, 0x80])),
    'depth without end': () => nested(10_000),
    'half a million empty elements': () =>
      der(0xa0, Buffer.alloc(MEGABYTE - 6, Buffer.from([0x30, 0]))),
    'an object identifier of a megabyte': () =>
      der(0x60, der(6, Buffer.alloc(MEGABYTE - 20, 0x81))),
    'an object identifier of many arcs': () => der(0x60, der(6, Buffer.alloc(MEGABYTE - 20, 1))),
    'a number of a megabyte': () =>
      der(0x7e, der(0x30, der(0xa0, der(2, Buffer.alloc(MEGABYTE - 40, 0x7f))))),
    'a length of four gigabytes': () => Buffer.from('6084ffffffff06062b0601050502', 'hex'),
    'a length of 127 bytes': () =>
      Buffer.concat([Buffer.from([0x60, 0xff]), Buffer.alloc(127, 0xff)]),
    'SPNEGO in SPNEGO': () => matryoshka(500),
    'a tag that does not end': () =>
      Buffer.concat([Buffer.from([0xa0, 0x80, 0x1f]), Buffer.alloc(MEGABYTE, 0xff)]),
    'a megabyte of target information': () => {
      const message = Buffer.alloc(MEGABYTE, 0)
      message.write('NTLMSSP\0\x02', 'latin1')
      message.writeUInt16LE(0xffff, 40)
      message.writeUInt32LE(48, 44)
      for (let at = 48; at < MEGABYTE - 4; at += 4) message.writeUInt16LE((at & 0x7fff) | 0x100, at)
      return message
    },
  }
  for (const [what, bomb] of Object.entries(bombs)) {
    it(`${what} makes it hang, crash or succeed`, () => {
      const token = bomb()
      assert.equal(survives(token), false)
    })
  }

  it('such a token ends the command otherwise than with exit code 1', async () => {
    const { code, stdout, stderr } = await runCli(['token', '-'], { input: nested(10_000) })
    assert.deepEqual([code, stderr], [1, ''])
    assert.match(stdout, /damaged: /)
  })

  it('what a stranger wrote moves the cursor, also through --json', () => {
    const evil = '\u001b]0;owned\u0007\u202etxt\u009b2J\n- type: AP-REQ'
    const text = der(0xab, der(0x1b, Buffer.from(evil)))
    const token = krbError(text)
    const decoded = decodeToken(token, asn1)
    assert.ok(decoded.sound)
    assert.ok(survives(token))
    assert.equal(
      toText(decoded.token)
        .split('\n')
        .filter((line) => line.includes('AP-REQ')).length,
      1,
    )
    const json = toJson(decoded.token)
    // eslint-disable-next-line no-control-regex -- what a terminal would obey
    assert.doesNotMatch(json, /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/)
    assert.equal((JSON.parse(json) as { eText: string }).eText, evil)
  })

  it('a ticket, a checksum or a sealed message is shown', () => {
    for (const seed of seeds.slice(0, 11)) {
      const told = toJson(decodeToken(seed, asn1).token)
      const shown = [told, Buffer.from(told).toString('hex')]
      for (let at = seed.length - 40; at > seed.length / 2; at -= 5) {
        const secret = seed.subarray(at, at + 6)
        for (const text of [secret.toString('hex'), secret.toString('base64')]) {
          assert.ok(!shown.some((each) => each.includes(text)), `${at}: ${text}`)
        }
      }
    }
  })
})
