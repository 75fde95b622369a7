import assert from 'node:assert/strict'
import { Credential, Initiator, Name, verifyPassword } from 'gssapi'
import { assertHint } from '../helpers/failure'
import {
  ALICE,
  established,
  failure,
  HOST,
  MECHANISMS,
  PASSWORD,
  SERVICE,
} from '../helpers/handshake'
import { useRealm } from '../helpers/realm'

const ALICIA = 'alicia@EXAMPLE.TEST'
const BOB = 'bob@EXAMPLE.TEST'
const of = (host: string, service = 'files') => `${service}/${host}@EXAMPLE.TEST`

/** kadmin's rename_principal: the keys stay, and with them the salt, which was the old name; keytabs keep the old name. */
describe('principals that were renamed', () => {
  const realm = useRealm({
    principals: {
      alice: PASSWORD,
      careful: { password: PASSWORD, attributes: ['+requires_preauth'] },
      bob: 'cheshire-5',
    },
    services: [SERVICE, 'files@old.example.test', 'files@same.example.test', `print@${HOST}`],
    kinit: 'bob',
  })
  let ticket = ''
  let clientKeytab = ''
  let caches = 0

  before('a ticket and a keytab of the old name, then the new ones', async () => {
    ticket = await realm().kinit('alice', { ccache: 'before' })
    clientKeytab = await realm().extractKeytab('alice')
    await realm().kadmin('rename_principal -force alice alicia')
    await realm().kadmin('rename_principal -force careful cautious')
    await realm().kadmin('rename_principal -force files/old.example.test files/new.example.test')
  })

  const verified = async (user: string, password = PASSWORD) =>
    String(await verifyPassword(user, password, { service: SERVICE }))

  describe('a user', () => {
    it('logs on by the new name with the old password, whether the KDC asks for proof or not', async () => {
      assert.equal(await verified('alicia'), ALICIA)
      assert.equal(await verified('cautious'), 'cautious@EXAMPLE.TEST')
      for (const name of ['alicia', 'cautious']) {
        const error = await failure(() => verified(name, 'mistyped'))
        assert.equal(error.code, 'ERR_GSS_PASSWORD_WRONG')
      }
    })

    for (const mechanism of MECHANISMS) {
      it(`${mechanism}: is seen by the new name`, async () => {
        const name = 'alicia'
        const credential = await Credential.acquire({
          name,
          password: PASSWORD,
          mechanisms: [mechanism],
        })
        const { acceptor } = await established({ initiator: { mechanism, credential } })
        assert.equal(String(acceptor.initiatorName), ALICIA)
        assert.ok(acceptor.initiatorName?.equals(Name.principal(ALICIA)))
      })
    }

    it('is unknown by the old name', async () => {
      const error = await failure(() => verified('alice'))
      assert.equal(error.code, 'ERR_GSS_USER_UNKNOWN')
      const again = await failure(() => Credential.acquire({ name: ALICE, password: PASSWORD }))
      assert.equal(again.minorName, 'KRB5KDC_ERR_C_PRINCIPAL_UNKNOWN')
    })

    it('keeps the old name at services as long as the ticket from before lives', async () => {
      const credential = await Credential.acquire({ store: { ccache: ticket } })
      const { acceptor } = await established({ initiator: { credential } })
      assert.equal(String(acceptor.initiatorName), ALICE)
    })

    it('has no use for a client keytab of the old name, and is told why', async () => {
      const store = () => ({ ccache: `MEMORY:renamed${caches++}`, clientKeytab })
      for (const name of [undefined, ALICE]) {
        const options = { store: store(), ...(name && { name }) }
        const error = await failure(async () => (await Credential.acquire(options)).inquire())
        assert.equal(error.minorName, 'KRB5KDC_ERR_C_PRINCIPAL_UNKNOWN')
        assertHint(error, /does not know the client's principal/)
      }
      const error = await failure(() => Credential.acquire({ store: store(), name: ALICIA }))
      assert.equal(error.code, 'GSS_S_NO_CRED')
      assertHint(error, /^No key to log on with could be read from the client keytab \//)
    })

    it('logs on by a new password, whose salt is of the new name', async () => {
      await realm().kadmin('change_password -pw looking-glass-9 cautious')
      assert.equal(await verified('cautious', 'looking-glass-9'), 'cautious@EXAMPLE.TEST')
      assert.equal((await failure(() => verified('cautious'))).code, 'ERR_GSS_PASSWORD_WRONG')
    })
  })

  describe('a service whose keytab has the old name', () => {
    const target = Name.principal(of('new.example.test'))
    const accepting = (name?: string | Name) =>
      Credential.acquire({ usage: 'accept', ...(name !== undefined && { name }) })

    const names: [string, string | Name | undefined][] = [
      ['any name', undefined],
      ['the service alone', 'files'],
      ['the old host', 'files@old.example.test'],
      ['the old principal', Name.principal(of('old.example.test'))],
    ]
    for (const mechanism of MECHANISMS) {
      for (const [what, name] of names) {
        it(`${mechanism}: is reached by the new one, if it accepts as ${what}`, async () => {
          const credential = await accepting(name)
          const { initiator, acceptor } = await established({
            initiator: { target, mechanism },
            acceptor: { credential },
          })
          assert.equal(String(acceptor.initiatorName), BOB)
          assert.equal(String(acceptor.acceptorName), of('old.example.test'))
          assert.equal(String(initiator.acceptorName), of('new.example.test'))
        })
      }
    }

    it('is not reached if it accepts as another', async () => {
      const others = ['print', 'files@same.example.test', Name.principal(of('same.example.test'))]
      for (const name of others) {
        const credential = await accepting(name)
        const error = await failure(() =>
          established({ initiator: { target }, acceptor: { credential } }),
        )
        assert.match(error.minorName ?? '', /^KRB5KRB_AP_(ERR_NOT_US|WRONG_PRINC)$/)
        assertHint(error, /^The ticket is for another service, files\/new\.example\.test, than /)
      }
    })

    it('has no key of the new name', async () => {
      const error = await failure(() => accepting('files@new.example.test'))
      assert.equal(error.code, 'GSS_S_NO_CRED')
      assert.equal(error.minorName, 'KG_KEYTAB_NOMATCH')
    })

    it('is unknown to the KDC by the old one', async () => {
      const old = Name.principal(of('old.example.test'))
      const error = await failure(() => new Initiator({ target: old }).step())
      assert.equal(error.minorName, 'KRB5KDC_ERR_S_PRINCIPAL_UNKNOWN')
    })

    it('vouches for a user’s password all the same', async () => {
      const name = await verifyPassword('bob', 'cheshire-5', { service: 'files@new.example.test' })
      assert.equal(String(name), BOB)
    })
  })
})
