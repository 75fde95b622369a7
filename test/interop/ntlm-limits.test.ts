import assert from 'node:assert/strict'
import { Acceptor, Credential, Initiator, Name, wrapWinrm } from 'gssapi'
import { converse, failure, itUnless, SERVICE } from '../helpers/handshake'
import { noNtlm, useNtlm } from '../helpers/ntlm'

const PASSWORD = 'Tea-Party-4'
const MESSAGE = Buffer.from('a message')

/** What gss-ntlmssp 1.2 has not is an error with its code, and the context goes on. */
describe('what NTLM lacks', () => {
  useNtlm([`TEST:alice:${PASSWORD}`])

  async function established() {
    const mechanisms = ['ntlm']
    const name = Name.user('alice@TEST')
    const credential = await Credential.acquire({ name, password: PASSWORD, mechanisms })
    const own = await Credential.acquire({ usage: 'accept', mechanisms })
    const pair = {
      initiator: new Initiator({ target: SERVICE, mechanism: 'ntlm', mutual: false, credential }),
      acceptor: new Acceptor({ credential: own, mechanism: 'ntlm' }),
    }
    await converse(pair)
    return { ...pair, credential }
  }

  itUnless(
    noNtlm,
    'messages in parts, AEAD, WinRM’s and a pseudo-random function are taken for done',
    async () => {
      const { initiator, acceptor } = await established()
      const calls = [
        () =>
          initiator.wrapIov([{ type: 'header' }, { type: 'data', buffer: Buffer.from(MESSAGE) }]),
        () => initiator.wrapAead(MESSAGE, MESSAGE),
        () => wrapWinrm(initiator, MESSAGE),
        () => initiator.prf(MESSAGE, 16),
      ]
      for (const call of calls) {
        assert.throws(call, { name: 'GssError', code: 'GSS_S_UNAVAILABLE' })
      }
      assert.ok(acceptor.unwrap(initiator.wrap(MESSAGE)).message.equals(MESSAGE))
    },
  )

  itUnless(noNtlm, 'a credential that cannot be read again ends the process', async () => {
    const { credential } = await established()
    const error = await failure(async () => Credential.import(await credential.export()))
    assert.match(error.code, /^GSS_S_/)
  })
})
