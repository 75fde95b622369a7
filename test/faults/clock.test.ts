import assert from 'node:assert/strict'
import { Initiator } from 'gssapi'
import { runForJson, sanitized } from '../helpers/child'
import { useRealm } from '../helpers/realm'
import { PAIR_REALM, SERVICE } from '../helpers/pair'

interface Told {
  code?: string
  minorName?: string
  hint?: string
  reply?: string
}

/** libfaketime and the sanitizer each wait for the other at the start: here the ordinary build runs. */
const ORDINARY = sanitized ? { LD_PRELOAD: '', GSSAPI_PREBUILD: '' } : {}

const at = (offset: string, args: string[] = [], env: NodeJS.ProcessEnv = {}) =>
  runForJson<Told>('faults/programs/clock', args, {
    through: ['faketime', '-f', offset],
    env: { ...ORDINARY, ...env },
  })

describe('a clock that is wrong', function () {
  this.timeout(60_000)
  const realm = useRealm(PAIR_REALM)

  for (const offset of ['+10m', '-10m']) {
    it(`an acceptor at ${offset} does not say so, or leaves the client without a word`, async () => {
      const client = new Initiator({ target: SERVICE })
      const token = await client.step()
      const told = await at(offset, [token!.toString('base64')])
      assert.equal(told.code, 'GSS_S_FAILURE')
      assert.match(told.minorName ?? '', /^KRB5KRB_AP_ERR_(SKEW|TKT_NYV)$/)
      assert.match(told.hint ?? '', /clock/)
      assert.ok(told.reply, 'no token for the client')
      await assert.rejects(client.step(Buffer.from(told.reply, 'base64')), {
        name: 'GssError',
        minorName: told.minorName,
        hint: /clock/,
      })
      client.dispose()
    })
  }

  /** With a ticket-granting ticket only, so that the KDC has to be asked. */
  async function beginAt(offset: string): Promise<Told> {
    const ccache = await realm().kinit('alice', { ccache: 'fresh' })
    return at(offset, [], { KRB5CCNAME: ccache })
  }

  it('an initiator whose clock is ahead does not say so', async () => {
    const told = await beginAt('+10m')
    assert.equal(told.minorName, 'KRB5KRB_AP_ERR_SKEW')
    assert.match(told.hint ?? '', /clock/)
  })

  it('an initiator whose ticket has expired does not say so', async () => {
    const told = await beginAt('+3d')
    assert.equal(told.minorName, 'KRB5KRB_AP_ERR_TKT_EXPIRED')
    assert.match(told.hint ?? '', /expired/)
  })

  it('a clock that is wrong by a minute is refused', async () => {
    assert.deepEqual(await beginAt('+1m'), {})
  })
})
