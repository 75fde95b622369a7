import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Credential, GssError, library } from 'gssapi'
import { describeBefore, encodeDescription, splitDescribed } from '../../lib/encoding/description'
import { openEnvelope, sealEnvelope } from '../../lib/encoding/envelope'
import { describeEnd, runProgram } from '../helpers/child'
import { extended, flipped, truncated } from '../helpers/forge'
import { ALICE, itUnless, onHeimdal, PASSWORD, pattern, SERVICE, SUITE } from '../helpers/handshake'
import { useRealm } from '../helpers/realm'

async function refused(token: Uint8Array): Promise<void> {
  await assert.rejects(
    async () => Credential.import(token),
    (error: unknown) => error instanceof GssError && error.code === 'GSS_S_DEFECTIVE_TOKEN',
  )
}

interface Change {
  what: string
  token: Buffer
}

const ANYTHING = [
  ...[null, 0, -1, 2147483648, 1e18, '', 'x', 'A'.repeat(300), '!!!!', 'QQ==', true, {}],
  ...[[], [null], ['x'], [1, 2, 3], 'FILE:/nonexistent', 'MEMORY:', 'MEMORY:x', 'KCM:'],
]

/** Each place in a value, without the value itself. */
function placesIn(value: unknown, path: number[] = []): number[][] {
  const inner = Array.isArray(value) ? value.flatMap((each, i) => placesIn(each, [...path, i])) : []
  return path.length === 0 ? inner : [path, ...inner]
}

/** The first part of an exported credential, krb5's, which SPNEGO's repeats, and a function that puts another in its place. */
function opened(exported: Buffer): { value: unknown; withPart: (text: string) => Buffer } {
  const body = openEnvelope('credential', library(), exported, 'test')
  const { description, token } = splitDescribed(body)!
  const bytes = Buffer.from(token)
  const start = 4 + bytes.readUInt32BE(0)
  const end = start + 4 + bytes.readUInt32BE(start)
  const value: unknown = JSON.parse(bytes.subarray(start + 4, end).toString('latin1'))
  const withPart = (text: string) => {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(Buffer.byteLength(text, 'latin1'))
    const parts = [bytes.subarray(0, start), length, Buffer.from(text, 'latin1')]
    const described = describeBefore(
      encodeDescription(description as object)!,
      Buffer.concat(parts),
    )
    return sealEnvelope('credential', library(), described)
  }
  return { value, withPart }
}

/** Exported credentials with each value of ANYTHING in each place, and with each place left out. */
async function changedCredentials(makers: (() => Promise<Credential>)[]): Promise<Change[]> {
  const changes: Change[] = []
  for (const make of makers) {
    const { value, withPart } = opened(await Promise.resolve((await make()).export()))
    for (const path of placesIn(value)) {
      for (const [i, other] of [...ANYTHING, undefined].entries()) {
        const copy = structuredClone(value)
        let at = copy as unknown[]
        for (const step of path.slice(0, -1)) at = at[step] as unknown[]
        at.splice(path.at(-1)!, 1, ...(i === ANYTHING.length ? [] : [other]))
        const what = `${path.join('.')} = ${i === ANYTHING.length ? 'left out' : JSON.stringify(other)}`
        changes.push({ what, token: withPart(JSON.stringify(copy)) })
      }
    }
  }
  return changes
}

/** MIT 1.20 dies of broken JSON: each of these runs is a test by itself. */
describe('forged exported credentials', function () {
  this.timeout(120_000)
  useRealm(SUITE)
  const tokens: Buffer[] = []

  before('genuine ones', async () => {
    tokens.push(await (await Credential.acquire({ name: ALICE, password: PASSWORD })).export())
    tokens.push(await (await Credential.acquire({ usage: 'accept' })).export())
  })

  it('the genuine ones are read', async () => {
    for (const token of tokens) await Credential.import(token)
  })

  it('no flipped bit comes to the library', async () => {
    for (const token of tokens) {
      const step = Math.max(1, Math.floor(token.length / 1500))
      for (let i = 0; i < token.length; i += step) await refused(flipped(token, i, 1 << (i & 7)))
    }
  })

  it('no cut or lengthened one, and no noise', async () => {
    for (const token of tokens) {
      for (const forged of [...truncated(token), ...extended(token)]) await refused(forged)
    }
    for (const size of [0, 1, 4, 7, 39, 40, 1000, 100_000]) await refused(pattern(size))
  })

  const DESCRIBED = {
    usage: 'initiate',
    mechanisms: ['1.2.840.113554.1.2.2'],
    name: null,
    negotiable: null,
    noCiFlags: false,
  }
  /** In an intact envelope: only somebody who may make credentials anyway can make it. */
  const intact = (description: object | null, body: Uint8Array) =>
    sealEnvelope(
      'credential',
      library(),
      describeBefore(encodeDescription(description as object)!, body),
    )

  it('a description that is none is refused, whatever is in it', async () => {
    const principal = '1.2.840.113554.1.2.2.1'
    const changes: object[] = [
      ...[undefined, 5, 'x', null].map((usage) => ({ usage })),
      ...[undefined, null, 'x', [5], ['x']].map((mechanisms) => ({ mechanisms })),
      ...[undefined, 5, [], ['a'], ['a', 5], ['a', 'b'], ['', principal], ['a\0b', principal]].map(
        (name) => ({ name }),
      ),
      ...[
        ['a', principal, ''],
        ['a', '1.3.6.1.5.6.4'],
      ].map((name) => ({ name })),
      ...[undefined, 'x', ['x'], {}].map((negotiable) => ({ negotiable })),
      ...[undefined, null, 1].map((noCiFlags) => ({ noCiFlags })),
    ]
    for (const change of changes) await refused(intact({ ...DESCRIBED, ...change }, pattern(40)))
    await refused(intact(null, pattern(40)))
    await refused(intact([], pattern(40)))
  })

  itUnless(
    onHeimdal && 'Heimdal: its format is another',
    'parts that the library dies of are refused',
    async () => {
      const counted = (bytes: Buffer) => {
        const length = Buffer.alloc(4)
        length.writeUInt32BE(bytes.length)
        return Buffer.concat([length, bytes])
      }
      const part = (oid: string, text: string | Buffer) =>
        Buffer.concat([counted(Buffer.from(oid, 'hex')), counted(Buffer.from(text))])
      const krb5 = (text: string) => part('2a864886f712010202', text)
      const spnego = (inner: Buffer) => part('2b0601050502', inner)
      const broken = [
        '',
        '[',
        '{}',
        '{',
        'null',
        '5',
        '[]',
        '["K5C1"]',
        '["K5C1",{}]',
        '["K5C1",[]]',
        '["X",[1]]',
      ]
      for (const text of broken) {
        await refused(intact(DESCRIBED, krb5(text)))
        await refused(intact(DESCRIBED, spnego(krb5(text))))
      }
      await refused(intact(DESCRIBED, spnego(spnego(krb5('["K5C1",[1]]')))))
      for (const size of [0, 1, 3, 4, 8, 20]) await refused(intact(DESCRIBED, pattern(size)))
    },
  )

  const MADE: Record<string, () => Promise<Credential>> = {
    'by a password': () => Credential.acquire({ name: ALICE, password: PASSWORD }),
    'of a cache': () => Credential.acquire({ name: ALICE }),
    'of whatever cache fits': () => Credential.acquire(),
    'an acceptor’s': () => Credential.acquire({ usage: 'accept' }),
    'a named acceptor’s': () => Credential.acquire({ usage: 'accept', name: SERVICE }),
    'without a replay cache': () =>
      Credential.acquire({ usage: 'accept', store: { rcache: 'none:' } }),
    'of a service on any host': () =>
      Credential.acquire({ usage: 'accept', name: SERVICE.replace(/@.*/, '') }),
    'for both sides': () => Credential.acquire({ usage: 'both' }),
    'with encryption types': async () => {
      const credential = await Credential.acquire({ name: ALICE })
      credential.setEnctypes(['aes256-cts-hmac-sha1-96'])
      return credential
    },
  }
  for (const [title, make] of Object.entries(MADE)) {
    itUnless(
      onHeimdal && 'Heimdal: its format is another',
      `a genuine one is read: ${title}`,
      async () => {
        const credential = await Credential.import(await Promise.resolve((await make()).export()))
        credential.dispose()
      },
    )
  }

  itUnless(
    onHeimdal && 'Heimdal: its format is another',
    'any value in any place is an answer or a refusal, and no end of the process',
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'gssapi-import-'))
      const file = join(folder, 'tokens')
      const changes = await changedCredentials(Object.values(MADE).slice(0, 4))
      writeFileSync(file, changes.map(({ token }) => token.toString('base64')).join('\n'))
      const ends: string[] = []
      for (let from = 0; from < changes.length && ends.length < 20;) {
        const ended = await runProgram('security/programs/import', [file, `${from}`, SERVICE])
        if (ended.code === 0) break
        const at = Number(ended.stdout.trim().split('\n').at(-1))
        ends.push(`${changes[at]?.what}: ${describeEnd({ ...ended, stdout: '' })}`)
        from = at + 1
      }
      rmSync(folder, { recursive: true })
      assert.deepEqual(ends, [])
    },
  )

  it('what is no bytes is a TypeError', async () => {
    for (const wrong of [undefined, null, 'text', 1, {}, []]) {
      await assert.rejects(() => Credential.import(wrong as never), {
        code: 'ERR_INVALID_ARG_TYPE',
      })
    }
  })
})
