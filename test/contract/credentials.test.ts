import assert from 'node:assert/strict'
import { Credential, library, Name } from 'gssapi'
import {
  ALICE,
  established,
  failure,
  firstToken,
  heimdal,
  itUnless,
  MECHANISMS,
  newPair,
  onHeimdal,
  PASSWORD,
  PRINCIPAL,
  SERVICE,
  SUITE,
  withEnv,
} from '../helpers/handshake'
import { useRealm } from '../helpers/realm'

const OTHER = 'other@server.example.test'

describe('credentials', () => {
  const realm = useRealm({ ...SUITE, services: [SERVICE, OTHER, 'test@second.example.test'] })

  for (const mechanism of MECHANISMS) {
    describe(mechanism, () => {
      it('a default initiator is not decided before it must be', async () => {
        const credential = await Credential.acquire()
        assert.equal(credential.name, null)
        assert.equal(credential.usage, 'initiate')
        const { acceptor } = await established({ initiator: { mechanism, credential } })
        assert.equal(String(acceptor.initiatorName), ALICE)
      })

      it('an initiator by name, as text or Name', async () => {
        for (const name of [ALICE, Name.principal('alice')]) {
          const credential = await Credential.acquire({ name })
          assert.match(String(credential.name), /^alice/)
          const { acceptor } = await established({ initiator: { mechanism, credential } })
          assert.equal(String(acceptor.initiatorName), ALICE)
        }
      })

      for (const name of [undefined, SERVICE, PRINCIPAL]) {
        it(`an acceptor by ${name ?? 'no name'}`, async () => {
          const credential = await Credential.acquire({ usage: 'accept', ...(name && { name }) })
          assert.equal(credential.usage, 'accept')
          const { acceptor } = await established({
            initiator: { mechanism },
            acceptor: { credential },
          })
          assert.equal(String(acceptor.acceptorName), PRINCIPAL)
        })
      }

      it('an acceptor by service@host takes no ticket for another service', async () => {
        const credential = await Credential.acquire({ usage: 'accept', name: OTHER })
        const { initiator, acceptor } = newPair({
          initiator: { mechanism },
          acceptor: { credential },
        })
        const token = await firstToken(initiator)
        const error = await failure(() => acceptor.step(token))
        assert.equal(error.name, 'GssError')
        assert.equal(acceptor.complete, false)
      })

      it('one credential serves many contexts at once', async () => {
        const [initiate, accept] = await Promise.all([
          Credential.acquire({ name: ALICE }),
          Credential.acquire({ usage: 'accept' }),
        ])
        await Promise.all(
          Array.from({ length: 8 }, () =>
            established({
              initiator: { mechanism, credential: initiate },
              acceptor: { credential: accept },
            }),
          ),
        )
      })

      itUnless(
        heimdal('7.8 finds no initiator credential then'),
        'a credential for both sides',
        async () => {
          const credential = await Credential.acquire({ usage: 'both', mechanisms: ['krb5'] })
          assert.equal(credential.usage, 'both')
          assert.equal((await credential.inquire({ mechanism: 'krb5' })).usage, 'both')
        },
      )
    })
  }

  itUnless(
    heimdal('7.8 knows no acceptor by service alone'),
    'an acceptor by service alone takes any host of it, and no other service',
    async () => {
      const credential = await Credential.acquire({ usage: 'accept', name: 'test' })
      for (const target of [SERVICE, 'test@second.example.test']) {
        await established({ initiator: { target }, acceptor: { credential } })
      }
      const { initiator, acceptor } = newPair({
        initiator: { target: OTHER },
        acceptor: { credential },
      })
      const token = await firstToken(initiator)
      await assert.rejects(acceptor.step(token), { name: 'GssError' })
    },
  )

  const UNTRIED = library().implementation !== 'mit' && 'MIT’s documented behaviour'
  itUnless(UNTRIED, 'a lifetime asked for changes nothing, as its documentation says', async () => {
    const clientKeytab = await realm().extractKeytab('alice')
    const store = { ccache: 'MEMORY:lifetime', clientKeytab }
    const credentials = [
      await Credential.acquire({ name: ALICE, password: PASSWORD, lifetime: 100 }),
      await Credential.acquire({ store, lifetime: 100 }),
    ]
    for (const credential of credentials) {
      const { lifetime } = await credential.inquire()
      assert.ok(lifetime !== null && lifetime > 86000, String(lifetime))
    }
  })

  it('inquire tells name, lifetime, usage and mechanisms', async () => {
    const info = await (await Credential.acquire()).inquire()
    assert.equal(String(info.name), ALICE)
    assert.equal(info.usage, 'initiate')
    assert.ok(info.lifetime !== null && info.lifetime > 86000 && info.lifetime <= 86400)
    assert.ok(info.mechanisms.includes('krb5'))
    const krb5 = await (await Credential.acquire()).inquire({ mechanism: 'krb5' })
    assert.ok(krb5.initiatorLifetime > 86000 && krb5.initiatorLifetime <= 86400)
  })

  it('an acceptor credential does not expire', async () => {
    const info = await (
      await Credential.acquire({ usage: 'accept' })
    ).inquire({ mechanism: 'krb5' })
    assert.equal(info.usage, 'accept')
    assert.equal(info.acceptorLifetime, Infinity)
  })

  it('mechanisms are those asked for', async () => {
    const credential = await Credential.acquire({ mechanisms: ['krb5'] })
    assert.deepEqual(credential.mechanisms, ['krb5'])
    assert.deepEqual((await credential.inquire()).mechanisms, ['krb5'])
    const error = await failure(() => Credential.acquire({ mechanisms: ['1.3.6.1.4.1.99999.1'] }))
    assert.equal(error.code, 'GSS_S_BAD_MECH')
  })

  it('a name without a ticket is GSS_S_NO_CRED', async () => {
    const error = await failure(async () => {
      const credential = await Credential.acquire({ name: 'bob@EXAMPLE.TEST' })
      await established({ initiator: { credential } })
    })
    assert.equal(error.code, 'GSS_S_NO_CRED')
    assert.match(error.hint ?? '', /kinit/)
  })

  it('an acceptor without a key is GSS_S_NO_CRED, and the hint names the keytab', async () => {
    const error = await failure(async () => {
      const credential = await Credential.acquire({ usage: 'accept', name: 'nokey@host.test' })
      await established({ acceptor: { credential } })
    })
    if (!onHeimdal) assert.equal(error.code, 'GSS_S_NO_CRED')
    assert.match(error.hint ?? '', /keytab|key/)
  })

  it('a password makes a credential, without a cache', async () => {
    const nowhere = { KRB5CCNAME: `FILE:${realm().dir}/none` }
    await withEnv(nowhere, async () => {
      for (const password of [PASSWORD, Buffer.from(PASSWORD)]) {
        const credential = await Credential.acquire({
          name: ALICE,
          password,
          mechanisms: ['krb5'],
        })
        const { acceptor } = await established({ initiator: { credential } })
        assert.equal(String(acceptor.initiatorName), ALICE)
      }
    })
  })

  it('a disposed credential is refused, and a context that uses it goes on', async () => {
    const credential = await Credential.acquire()
    const { initiator, acceptor } = newPair({ initiator: { credential } })
    credential.dispose()
    credential.dispose()
    const reply = await acceptor.step(await firstToken(initiator))
    await initiator.step(reply)
    assert.equal(initiator.complete, true)
    assert.throws(() => newPair({ initiator: { credential } }), { code: 'ERR_GSS_DISPOSED' })
    assert.equal((await failure(() => credential.inquire())).code, 'ERR_GSS_DISPOSED')
  })
})
