import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { Credential, GssError, library, SecurityContext } from 'gssapi'
import { sealEnvelope } from '../../lib/encoding/envelope'
import { extended, flipped, truncated } from '../helpers/forge'
import { established, failure, pattern, SUITE } from '../helpers/handshake'
import { useRealm } from '../helpers/realm'

async function refused(token: Uint8Array, options?: { raw: boolean }): Promise<void> {
  await assert.rejects(
    async () => SecurityContext.import(token, options),
    (error: unknown) => error instanceof GssError && error.code === 'GSS_S_DEFECTIVE_TOKEN',
  )
}

const NOISE = [0, 1, 4, 7, 8, 39, 40, 41, 1000, 100_000]

describe('forged exported contexts', function () {
  this.timeout(120_000)
  useRealm(SUITE)
  const tokens: Buffer[] = []

  before('genuine ones', async () => {
    for (const mechanism of ['krb5', 'spnego']) {
      const { initiator, acceptor } = await established({ initiator: { mechanism } })
      tokens.push(await initiator.export(), await acceptor.export())
    }
  })

  it('the genuine ones are read', async () => {
    for (const token of tokens) (await SecurityContext.import(token)).dispose()
  })

  it('no flipped bit comes to the library', async () => {
    for (const token of tokens) {
      for (let i = 0; i < token.length; i++) await refused(flipped(token, i, 1 << (i & 7)))
    }
  })

  it('no cut or lengthened one, and no noise', async () => {
    for (const token of tokens) {
      for (const forged of [...truncated(token), ...extended(token)]) await refused(forged)
    }
    for (const size of NOISE) await refused(pattern(size))
    await refused(Buffer.alloc(17 * 1024 * 1024))
    await refused(Buffer.alloc(17 * 1024 * 1024), { raw: true })
  })

  it('no credential, and no context of another library or another version', async () => {
    await refused(await (await Credential.acquire()).export())
    const { implementation } = library()
    const body = tokens[0]!.subarray(-600)
    for (const maker of [
      { implementation: 'heimdal', version: '7.8.0' },
      { implementation, version: '9.99' },
      { implementation, version: '' },
    ]) {
      await refused(sealEnvelope('context', maker, body))
    }
  })

  it('a context is no credential', async () => {
    const error = await failure(() => Credential.import(tokens[0]!))
    assert.equal(error.code, 'GSS_S_DEFECTIVE_TOKEN')
    assert.match(error.message, /no exported credential/)
  })

  it('an intact envelope around noise is the library’s to refuse, and it does', async () => {
    for (const size of NOISE.slice(1)) {
      const forged = sealEnvelope('context', library(), pattern(size))
      const error = await failure(() => SecurityContext.import(forged))
      assert.match(error.code, /^GSS_S_/)
    }
  })

  it('a raw token that is cut or noise is an error, as far as the library looks', async () => {
    const { initiator } = await established()
    const token = await initiator.export({ raw: true })
    for (const size of NOISE) {
      const error = await failure(() => SecurityContext.import(pattern(size), { raw: true }))
      assert.match(error.code, /^GSS_S_/)
    }
    for (const end of [1, 3, 4, 8, 13, 17]) {
      const error = await failure(() =>
        SecurityContext.import(token.subarray(0, end), { raw: true }),
      )
      assert.match(error.code, /^GSS_S_/)
    }
  })

  it('a sealed one is not taken for a raw one, nor the other way round', async () => {
    const { initiator, acceptor } = await established()
    const raw = await initiator.export({ raw: true })
    const error = await failure(() => SecurityContext.import(tokens[0]!, { raw: true }))
    assert.match(error.code, /^GSS_S_/)
    await refused(raw)
    const context = await SecurityContext.import(raw, { raw: true })
    acceptor.unwrap(context.wrap(Buffer.from('still good')))
  })

  it('the bytes are the caller’s: a copy is imported, and what is imported is not changed', async () => {
    const { initiator, acceptor } = await established()
    const token = await initiator.export()
    const digest = createHash('sha256').update(token).digest()
    const shared = new Uint8Array(new SharedArrayBuffer(token.length + 7), 7)
    shared.set(token)
    const pending = SecurityContext.import(shared)
    shared.fill(0)
    const context = await pending
    acceptor.unwrap(context.wrap(Buffer.from('x')))
    assert.deepEqual(createHash('sha256').update(token).digest(), digest)
  })

  it('what is no bytes, or no option, is a mistake of the caller', async () => {
    for (const wrong of [undefined, null, 'text', 1, {}, [], new ArrayBuffer(8)]) {
      await assert.rejects(SecurityContext.import(wrong as never), {
        code: 'ERR_INVALID_ARG_TYPE',
      })
    }
    const token = tokens[0]!
    const { initiator } = await established()
    for (const wrong of [null, 1, 'x', [], { raw: 1 }, { raw: null }, { signal: {} }]) {
      for (const call of [
        () => SecurityContext.import(token, wrong as never),
        () => initiator.export(wrong as never),
      ]) {
        await assert.rejects(call(), { code: 'ERR_INVALID_ARG_TYPE' })
      }
    }
    await assert.rejects(SecurityContext.import(token, { onSequenceError: 'ignore' } as never), {
      code: 'ERR_INVALID_ARG_VALUE',
    })
    initiator.wrap(Buffer.from('it goes on'))
  })

  it('many at once are imported and exported', async () => {
    const pairs = await Promise.all(Array.from({ length: 40 }, () => established()))
    const exported = await Promise.all(pairs.map(({ initiator }) => initiator.export()))
    const contexts = await Promise.all(exported.map((token) => SecurityContext.import(token)))
    for (const [i, context] of contexts.entries()) {
      const token = context.wrap(Buffer.from(`message ${i}`))
      assert.equal(pairs[i]!.acceptor.unwrap(token).message.toString(), `message ${i}`)
      context.dispose()
    }
  })
})
