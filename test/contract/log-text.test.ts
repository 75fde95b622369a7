/** What strangers write reaches error.message: a log and a terminal must not obey it. */
import assert from 'node:assert/strict'
import { inspect } from 'node:util'
import {
  Acceptor,
  Credential,
  type CredentialStore,
  type GssError,
  Initiator,
  library,
  Name,
  verifyPassword,
} from 'gssapi'
import { externalKdc } from '../helpers/external-realm'
import { krbError, krbErrorToken, withFakeKdc } from '../helpers/fake-kdc'
import {
  failure,
  firstToken,
  heimdal,
  HOST,
  itUnless,
  MECHANISMS,
  newPair,
  onHeimdal,
  PASSWORD,
  SERVICE,
} from '../helpers/handshake'
import { useRealm } from '../helpers/realm'
import { runCli } from '../helpers/cli'

const ESCAPES = '\x1b]0;owned\x07\x1b[2J\u009b31m'
const HOSTILE = `${ESCAPES}\nAccepted publickey for root\r\nnext\u2028\u202etxt.exe\u200b`
/** The end of a line is allowed where it is no stranger's: in a stack, and between inspect's lines. */
const OBEYED = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u

function tame(error: Error & Partial<GssError>): void {
  assert.ok(error instanceof Error)
  const { message, hint = '', majorMessages = [], minorMessages = [] } = error
  for (const line of [message, hint, ...majorMessages, ...minorMessages]) {
    assert.doesNotMatch(line, OBEYED)
    assert.ok(line.length <= 1000, `${line.length} characters`)
  }
  const printed = inspect(error, { depth: 9 })
  assert.doesNotMatch(printed.replaceAll('\n', ' '), OBEYED)
  assert.doesNotMatch(printed, /^Accepted/m)
}

const OTHER = `other@${HOST}`
const KEPT =
  heimdal('each thread keeps the krb5.conf that it read first') ||
  (externalKdc() !== undefined && 'it needs a KDC of its own')
const WINDOWS = library().backend === 'sspi' && 'SSPI: the texts are the system’s own'

describe('text of strangers in errors', () => {
  const realm = useRealm({
    principals: { alice: PASSWORD },
    services: [SERVICE, OTHER],
    kinit: 'alice',
  })
  const answered = <T>(eText: string, body: () => Promise<T>) =>
    withFakeKdc(realm(), krbError({ code: 60, eText }), body)

  for (const mechanism of MECHANISMS) {
    itUnless(WINDOWS || KEPT, `a KDC’s is shown in escapes (${mechanism})`, async () => {
      const error = await answered(HOSTILE, () =>
        failure(() => new Initiator({ target: `never@${HOST}`, mechanism }).step()),
      )
      tame(error)
      assert.match(error.message, /\\x1b\]0;owned\\x07/)
      assert.match(error.message, /\\x0aAccepted publickey for root\\x0d\\x0anext\\u2028\\u202etxt/)
    })

    itUnless(WINDOWS, `a ticket’s service is shown in escapes (${mechanism})`, async () => {
      const token = await firstToken(newPair({ initiator: { mechanism } }).initiator)
      const name = `${ESCAPES}\n${HOST}`.slice(0, HOST.length)
      const at = token.indexOf(HOST)
      assert.ok(at > 0)
      token.write(name, at, 'latin1')
      const credential = await Credential.acquire({ usage: 'accept', name: OTHER })
      const error = await failure(() => new Acceptor({ credential }).step(token))
      tame(error)
      if (!onHeimdal) assert.match(error.message, /\\x1b\]0;owned/)
    })

    itUnless(WINDOWS, `a peer’s KRB-ERROR is shown in escapes (${mechanism})`, async () => {
      const { initiator } = newPair({ initiator: { mechanism } })
      await initiator.step()
      tame(await failure(() => initiator.step(krbErrorToken({ code: 60, eText: HOSTILE }))))
    })
  }

  itUnless(WINDOWS || KEPT, 'a KDC’s is cut so that the message has 1,000 characters', async () => {
    const error = await answered(`${'x'.repeat(1990)}${HOSTILE}`, () =>
      failure(() => new Initiator({ target: `other@${HOST}` }).step()),
    )
    tame(error)
    assert.match(error.message, /x{700,999}…$/)
    assert.equal(error.message.length, 1000)
  })

  itUnless(
    WINDOWS || KEPT,
    'a KDC’s is shown in escapes where a password is verified',
    async () => {
      tame(
        await answered(HOSTILE, () =>
          failure(() => verifyPassword('alice', PASSWORD, { service: SERVICE })),
        ),
      )
    },
  )

  it('a name that was asked for is shown in escapes', async () => {
    tame(await failure(() => new Initiator({ target: `x${HOSTILE}@${HOST}` }).step()))
    const name = Name.principal(`x${HOSTILE}@EXAMPLE.TEST`)
    // SSPI asks a KDC where the credential is used, and not before.
    if (WINDOWS === false) tame(await failure(() => Credential.acquire({ name, password: 'x' })))
    assert.doesNotMatch(inspect(Name.user('\u202ebob')), OBEYED)
  })

  itUnless(WINDOWS, 'a name of a file is shown in escapes', async () => {
    const store = { ccache: `FILE:/nowhere/${HOSTILE}` }
    tame(await failure(async () => (await Credential.acquire({ store })).inquire()))
  })

  it('an argument that is quoted is shown in escapes', async () => {
    const wrong = [
      () => Name.uidString(HOSTILE),
      () => new Initiator({ target: HOSTILE, mechanism: HOSTILE }),
      () => Credential.acquire({ store: { [HOSTILE]: 'x' } as CredentialStore }),
      () => Credential.acquire({ usage: HOSTILE as 'both' }),
      () => Name.user({ constructor: { name: HOSTILE } } as unknown as string),
      () => Name.service(`${HOSTILE}@`, 'host'),
    ]
    for (const call of wrong) tame(await failure(call))
  })

  itUnless(WINDOWS || KEPT, 'the doctor shows a KDC’s in escapes', async () => {
    const { stdout, stderr } = await answered(HOSTILE, () => runCli(['doctor', `unknown@${HOST}`]))
    const shown = (stdout + stderr).replaceAll('\n', ' ')
    assert.doesNotMatch(shown, OBEYED)
    assert.doesNotMatch(stdout, /^Accepted/m)
    assert.match(stdout, /Accepted publickey/)
  })
})
