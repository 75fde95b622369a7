import assert from 'node:assert/strict'
import { Credential, GssError, library } from 'gssapi'
import { describeBefore, encodeDescription } from '../../lib/description'
import { sealEnvelope } from '../../lib/envelope'
import { extended, flipped, truncated } from '../helpers/forge'
import { ALICE, itUnless, onHeimdal, PASSWORD, pattern, SUITE } from '../helpers/handshake'
import { useRealm } from '../helpers/realm'

async function refused(token: Uint8Array): Promise<void> {
  await assert.rejects(
    async () => Credential.import(token),
    (error: unknown) => error instanceof GssError && error.code === 'GSS_S_DEFECTIVE_TOKEN',
  )
}

/** MIT 1.20 dies of broken JSON: each of these runs is a test by itself. */
describe('forged exported credentials', function () {
  this.timeout(120_000)
  useRealm(SUITE)
  const tokens: Buffer[] = []

  before('genuine ones', async () => {
    tokens.push((await Credential.acquire({ name: ALICE, password: PASSWORD })).export())
    tokens.push((await Credential.acquire({ usage: 'accept' })).export())
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

  it('what is no bytes is a TypeError', () => {
    for (const wrong of [undefined, null, 'text', 1, {}, []]) {
      assert.throws(() => void Credential.import(wrong as never), { code: 'ERR_INVALID_ARG_TYPE' })
    }
  })
})
