import assert from 'node:assert/strict'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { Name } from 'gssapi'
import { established, failure, heimdal, itUnless, MECHANISMS, SUITE } from '../helpers/handshake'
import { useRealm } from '../helpers/realm'

const { username } = userInfo()
const NO_LOGIN = heimdal('7.8 has rules of its own for who may be whom')
const folder = join(tmpdir(), `gssapi-k5login-${process.pid}`)

/** `folder` has the files that say who may act as whom, as ~/.k5login does. */
describe('acting as a user of this machine', () => {
  useRealm({ ...SUITE, libdefaults: { k5login_directory: folder } })

  const allow = (...principals: string[]): void => {
    const file = join(folder, username)
    writeFileSync(file, principals.map((each) => `${each}\n`).join(''), { mode: 0o600 })
  }

  before(() => mkdirSync(folder, { recursive: true, mode: 0o700 }))
  after(() => {
    rmSync(folder, { recursive: true })
  })

  for (const mechanism of MECHANISMS) {
    itUnless(
      NO_LOGIN,
      `${mechanism}: who is not listed may, or who is listed may not`,
      async () => {
        const { acceptor } = await established({ initiator: { mechanism } })
        const name = acceptor.initiatorName
        assert.ok(name)
        allow('somebody@EXAMPLE.TEST')
        assert.equal(await name.authorizeLocalName(username), false)
        allow('somebody@EXAMPLE.TEST', 'alice@EXAMPLE.TEST')
        assert.equal(await name.authorizeLocalName(username), true)
        assert.equal(await name.authorizeLocalName(Name.user(username)), true)
      },
    )

    itUnless(NO_LOGIN, `${mechanism}: a user whom this machine does not have`, async () => {
      const { acceptor } = await established({ initiator: { mechanism } })
      assert.equal(await acceptor.initiatorName?.authorizeLocalName('alice-of-nowhere'), false)
    })
  }

  it('somebody of another realm may act as the user of that name', async () => {
    const name = await Name.principal(`${username}@OTHER.TEST`).canonicalize()
    assert.equal(await name.authorizeLocalName(username), false)
  })

  itUnless(heimdal('does not tell'), 'of a name of no mechanism it is decided', async () => {
    const error = await failure(() => Name.principal('alice').authorizeLocalName(username))
    assert.match(error.code, /^GSS_S_(FAILURE|UNAVAILABLE)$/)
  })

  it('a mistake in the arguments reaches the library', async () => {
    const name = await Name.principal('alice').canonicalize()
    for (const wrong of [undefined, null, 5, {}, []] as never[]) {
      await assert.rejects(() => name.authorizeLocalName(wrong), { code: 'ERR_INVALID_ARG_TYPE' })
    }
    for (const wrong of ['', 'a\0b']) {
      await assert.rejects(() => name.authorizeLocalName(wrong), { code: 'ERR_INVALID_ARG_VALUE' })
    }
    const error = await failure(() => name.authorizeLocalName(Name.service('x@y')))
    assert.match(error.code, /^GSS_S_/)
  })
})
