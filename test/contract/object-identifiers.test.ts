import assert from 'node:assert/strict'
import { describeMechanism, mechanisms, Name } from 'gssapi'
import { established, failure, MECHANISMS, SERVICE, SUITE } from '../helpers/handshake'
import { useRealm } from '../helpers/realm'

/** More than a table of 4,096 holds. */
const MANY = 4200

const madeUp = (i: number) => `1.3.6.1.4.1.99999.${i}`

async function everythingWorks() {
  for (const mechanism of MECHANISMS) {
    await established({ initiator: { mechanism } })
  }
  assert.equal(Name.service(SERVICE).type, 'service')
  assert.equal(describeMechanism('spnego').mechanism, 'spnego')
}

describe('thousands of object identifiers', () => {
  useRealm(SUITE)

  it('of mechanisms that are asked about leave every other known', async () => {
    for (let i = 0; i < MANY; i++) {
      const { code, message } = await failure(() => describeMechanism(madeUp(i)))
      assert.ok(code === 'GSS_S_BAD_MECH' && !message.includes('not an object identifier'), message)
    }
    await everythingWorks()
  })

  it('of attributes that mechanisms are chosen by leave every other known', async () => {
    for (let i = 0; i < MANY; i += 2) {
      assert.deepEqual(mechanisms({ desired: [madeUp(i), madeUp(i + 1)] }), [])
    }
    await everythingWorks()
  })

  it('of what a context is asked for leave every other known', async () => {
    const { initiator, acceptor } = await established()
    for (let i = 1; i < MANY; i++) assert.ok(Array.isArray(acceptor.krb5.authorizationData(i)))
    assert.deepEqual(initiator.sessionKey(), acceptor.sessionKey())
    await everythingWorks()
  })

  it('of types of names leave every other known, and each name its own', async () => {
    const value = Buffer.from('somebody')
    const names: Name[] = []
    for (let i = 0; i < MANY; i++) {
      try {
        names.push(Name.import(value, madeUp(i)))
      } catch (error) {
        // Where no mechanism takes the type, Heimdal has no such name.
        assert.match(
          (error as { code: string }).code,
          /^GSS_S_(BAD_NAMETYPE|NAME_NOT_MN|BAD_NAME)$/,
        )
      }
    }
    await everythingWorks()
    for (const [i, name] of names.entries()) assert.equal(name.type, madeUp(i))
  })
})
