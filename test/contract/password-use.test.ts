import assert from 'node:assert/strict'
import { type AcquireOptions, Credential, library } from 'gssapi'
import {
  ALICE,
  established,
  failure,
  heimdal,
  itUnless,
  PASSWORD,
  SERVICE,
  SUITE,
} from '../helpers/handshake'
import { useRealm } from '../helpers/realm'

const NO_STORE = heimdal('7.8 lacks gss_acquire_cred_from')
const NO_COPY = heimdal('adding is refused there, untried')
const BOB = 'bob@EXAMPLE.TEST'
const OTHERS = 'cheshire-5'
const VALUE = { name: 'TypeError', code: 'ERR_INVALID_ARG_VALUE' }

/** A password as the option, and as an element of a store. */
const withPassword = (
  how: 'option' | 'element',
  { store, ...others }: AcquireOptions,
  password = PASSWORD,
): AcquireOptions =>
  how === 'option'
    ? { ...others, password, ...(store && { store }) }
    : { ...others, store: { password, ...store } }

describe('what a password is given with', () => {
  const realm = useRealm({
    ...SUITE,
    principals: { ...SUITE.principals, bob: OTHERS },
  })
  const whoIs = async (credential: Credential) => {
    const { acceptor } = await established({ initiator: { credential } })
    return String(acceptor.initiatorName)
  }

  for (const how of ['option', 'element'] as const) {
    const property = how === 'option' ? /"options\.password"/ : /"options\.store\.password"/

    describe(`as the ${how}`, () => {
      const mistakes: [string, AcquireOptions, RegExp][] = [
        ['a ccache', { name: ALICE, store: { ccache: 'MEMORY:x' } }, /beside ccache/],
        ['a clientKeytab', { name: ALICE, store: { clientKeytab: 'x' } }, /beside clientKeytab/],
        ['nobody’s name', {}, /options\.name/],
        ['nobody’s name and a keytab', { store: { keytab: 'x' } }, /options\.name/],
      ]
      for (const [title, options, message] of mistakes) {
        it(`${title} beside it is a mistake, told at once and without it`, async () => {
          const given = withPassword(how, options)
          const base = await Credential.acquire({ mechanisms: ['krb5'] })
          for (const call of [
            () => Credential.acquire(given),
            () => base.add({ mechanism: 'spnego', ...given }),
          ]) {
            await assert.rejects(call, VALUE)
            await assert.rejects(call, property)
            await assert.rejects(call, message)
            await assert.rejects(call, (error) => !String(error).includes(PASSWORD))
          }
        })
      }

      const noUse = library().backend === 'sspi' && 'SSPI accepts as its account'
      itUnless(noUse, 'an acceptor has no use for it', async () => {
        const given = withPassword(how, { name: SERVICE, usage: 'accept' })
        const base = await Credential.acquire({ mechanisms: ['krb5'] })
        await assert.rejects(() => Credential.acquire(given), VALUE)
        await assert.rejects(() => base.add({ mechanism: 'spnego', ...given }), VALUE)
      })

      const bob = (password: string): AcquireOptions => {
        const given = { name: BOB, store: { keytab: realm().keytab } }
        return withPassword(how, given, password)
      }

      itUnless(NO_STORE, 'a keytab beside it is taken', async () => {
        assert.equal(await whoIs(await Credential.acquire(bob(OTHERS))), BOB)
        const error = await failure(() => Credential.acquire(bob(PASSWORD)))
        assert.match(error.minorName ?? '', /PREAUTH_FAILED|BAD_INTEGRITY/)
      })

      itUnless(NO_COPY, 'a keytab beside it is taken where it is added', async () => {
        const base = await Credential.acquire({ mechanisms: ['spnego'] })
        assert.equal(await whoIs(await base.add({ mechanism: 'krb5', ...bob(OTHERS) })), BOB)
      })
    })
  }

  it('it is given once', async () => {
    const twice = { name: ALICE, password: PASSWORD, store: { password: PASSWORD } }
    await assert.rejects(() => Credential.acquire(twice), VALUE)
  })
})
