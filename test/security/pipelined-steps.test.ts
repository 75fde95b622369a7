import assert from 'node:assert/strict'
import { Acceptor, Initiator } from 'gssapi'
import { SERVICE, SUITE } from '../helpers/handshake'
import { useRealm } from '../helpers/realm'

const ROUNDS = 40

/** How it ended: what the promise resolved to, or the error's code. */
const end = (pending: Promise<unknown>): Promise<unknown> =>
  pending.catch((error: unknown) => (error as { code: string }).code)

describe('two steps at once, of which the first is aborted', () => {
  useRealm(SUITE)

  async function first(mechanism: string): Promise<Buffer> {
    return (await new Initiator({ target: SERVICE, mechanism }).step()) ?? Buffer.alloc(0)
  }

  it('an acceptor of krb5 takes no token of SPNEGO as its first', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const [token, foreign] = [await first('krb5'), await first('spnego')]
      const acceptor = new Acceptor({ mechanism: 'krb5' })
      const controller = new AbortController()
      const aborted = end(acceptor.step(token, { signal: controller.signal }))
      const other = end(acceptor.step(foreign).then(() => 'taken'))
      controller.abort()
      assert.notEqual(await other, 'taken')
      assert.equal(acceptor.complete && acceptor.mechanism !== 'krb5', false)
      await aborted
      acceptor.dispose()
    }
  })

  it('the second alone goes on as it would have', async () => {
    const [token, foreign] = [await first('krb5'), await first('spnego')]
    const acceptor = new Acceptor({ mechanism: 'krb5' })
    const signal = AbortSignal.abort()
    await assert.rejects(acceptor.step(token, { signal }), { name: 'AbortError' })
    await assert.rejects(acceptor.step(foreign), { code: 'GSS_S_BAD_MECH' })
    const another = new Acceptor({ mechanism: 'krb5' })
    await assert.rejects(another.step(token, { signal }), { name: 'AbortError' })
    await another.step(token)
    assert.ok(another.complete)
  })
})
