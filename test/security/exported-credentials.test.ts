import assert from 'node:assert/strict'
import { Credential, GssError } from 'gssapi'
import { extended, flipped, truncated } from '../helpers/forge'
import { ALICE, PASSWORD, pattern, SUITE } from '../helpers/handshake'
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

  it('what is no bytes is a TypeError', () => {
    for (const wrong of [undefined, null, 'text', 1, {}, []]) {
      assert.throws(() => void Credential.import(wrong as never), { code: 'ERR_INVALID_ARG_TYPE' })
    }
  })
})
