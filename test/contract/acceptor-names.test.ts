import assert from 'node:assert/strict'
import { Credential, library, Name } from 'gssapi'
import { established, failure, heimdal, HOST, itUnless, SUITE } from '../helpers/handshake'
import { useRealm } from '../helpers/realm'

const EMPTY =
  (library().backend === 'sspi' && 'Windows: an acceptor is its account, whatever its name') ||
  heimdal('7.8 reads beyond an empty host, which is refused')

describe("an acceptor's name with an empty host", () => {
  useRealm({ ...SUITE, services: [...SUITE.services, `other@${HOST}`] })

  itUnless(EMPTY, 'stands for its service on every host, as one without a host does', async () => {
    for (const name of ['test@', 'test', Name.service('test@')]) {
      const credential = await Credential.acquire({ name, usage: 'accept' })
      const { acceptor } = await established({ acceptor: { credential } })
      assert.equal(String(acceptor.acceptorName), `test/${HOST}@EXAMPLE.TEST`)
      const target = `other@${HOST}`
      const error = await failure(() =>
        established({ initiator: { target }, acceptor: { credential } }),
      )
      assert.match(error.minorName ?? '', /WRONG_PRINC|NOT_US/)
    }
  })
})
