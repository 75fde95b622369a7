import assert from 'node:assert/strict'
import { inspect } from 'node:util'
import { Credential, GssError } from 'gssapi'
import { established, failure, firstToken, newPair, pattern, SUITE } from '../helpers/handshake'
import { useRealm } from '../helpers/realm'

const SECRET = 'Jabberwock-8831-Snark'

/** All that a log could show of a value, also of what is hidden on it. */
function everything(value: unknown): string {
  const shown = [
    String(value),
    inspect(value, { depth: 20, showHidden: true, maxStringLength: null, maxArrayLength: null }),
    inspect(value, { depth: 20, customInspect: false, maxArrayLength: null }),
    JSON.stringify(value),
  ]
  if (value instanceof Error) shown.push(value.stack ?? '', value.message, inspect(value.cause))
  return shown.join('\n')
}

function assertHides(value: unknown, secret: string): void {
  const shown = everything(value)
  const bytes = Buffer.from(secret)
  const forms = [
    secret,
    bytes.toString('hex'),
    bytes.toString('base64'),
    inspect(bytes).slice(8, 40),
  ]
  for (const form of forms) assert.ok(!shown.includes(form), shown.slice(0, 300))
}

/** Its bytes in the forms in which Node prints them. */
function assertHidesBytes(value: unknown, secret: Buffer): void {
  const shown = everything(value)
  const part = secret.subarray(4, 16)
  const list = [...part].join(', ')
  const spaced = part.toString('hex').replace(/..(?!$)/g, '$& ')
  for (const form of [part.toString('hex'), spaced, list, [...part].join(',')]) {
    assert.ok(!shown.includes(form), shown.slice(0, 300))
  }
}

describe('secrets', () => {
  useRealm(SUITE)

  const mechanisms = ['krb5']
  const attempts: Record<string, () => unknown> = {
    'a wrong password': () =>
      Credential.acquire({ name: 'alice@EXAMPLE.TEST', password: SECRET, mechanisms }),
    'a wrong password in bytes': () =>
      Credential.acquire({ name: 'alice@EXAMPLE.TEST', password: Buffer.from(SECRET), mechanisms }),
    'an unknown user': () =>
      Credential.acquire({ name: 'nobody@EXAMPLE.TEST', password: SECRET, mechanisms }),
    'an unknown realm': () =>
      Credential.acquire({ name: 'alice@NOWHERE.TEST', password: SECRET, mechanisms }),
    'a password in the store': () =>
      Credential.acquire({ name: 'alice@EXAMPLE.TEST', store: { password: SECRET } }),
    'a password and a bad cache': () =>
      Credential.acquire({
        name: 'alice@EXAMPLE.TEST',
        store: { password: SECRET, ccache: 'NO:x' },
      }),
    'a password and a bad keytab': () =>
      Credential.acquire({
        name: 'alice@EXAMPLE.TEST',
        store: { password: SECRET, keytab: 'NO:x', verify: '' },
      }),
    'a password that is no text': () =>
      Credential.acquire({ name: 'alice', password: { secret: SECRET } as never }),
    'a password with NUL': () => Credential.acquire({ name: 'alice', password: `${SECRET}\0` }),
    'a password that is too long': () =>
      Credential.acquire({ name: 'alice', password: SECRET.repeat(10_000) }),
    'a password with a lone surrogate': () =>
      Credential.acquire({ name: 'alice', password: `${SECRET}\ud800` }),
    'a store password with NUL': () =>
      Credential.acquire({ name: 'alice', store: { password: `${SECRET}\0` } }),
    'a store that is a string': () => Credential.acquire({ store: SECRET as never }),
    'a store password that is no text': () =>
      Credential.acquire({ store: { password: [SECRET] as never } }),
    'a password and a wrong option': () =>
      Credential.acquire({ password: SECRET, usage: 'neither' as never }),
  }
  for (const [title, attempt] of Object.entries(attempts)) {
    it(`${title}: the error does not show it`, async () => {
      assertHides(await failure(attempt), SECRET)
    })
  }

  it('a credential made by a password does not show it', async () => {
    const password = SUITE.principals.alice
    const credential = await Credential.acquire({
      name: 'alice@EXAMPLE.TEST',
      password,
      mechanisms,
    })
    assertHides(credential, password)
    assertHides(await credential.inquire(), password)
  })

  it('the caller’s password bytes are left as they were', async () => {
    const password = Buffer.from(SUITE.principals.alice)
    await Credential.acquire({ name: 'alice@EXAMPLE.TEST', password, mechanisms })
    assert.equal(password.toString(), SUITE.principals.alice)
  })

  it('a context does not show its key, its tokens or its messages', async () => {
    const { initiator, acceptor } = newPair()
    const token = await firstToken(initiator)
    const reply = await acceptor.step(token)
    assert.ok(reply)
    await initiator.step(reply)
    const { key } = initiator.sessionKey()
    const message = pattern(100, 77)
    const sealed = initiator.wrap(message)
    acceptor.unwrap(sealed)
    for (const context of [initiator, acceptor]) {
      for (const secret of [key, token, reply, sealed, message]) assertHidesBytes(context, secret)
    }
  })

  it('an error that carries a token for the peer does not show it', async () => {
    const { initiator, acceptor } = newPair()
    const token = await firstToken(initiator)
    await acceptor.step(token)
    const error = await failure(() => newPair().acceptor.step(token))
    assert.ok(error instanceof GssError)
    assert.ok(Buffer.isBuffer(error.token))
    const logged = [inspect(error, { depth: 20 }), JSON.stringify(error), String(error.stack)]
    const hex = error.token.subarray(4, 16).toString('hex')
    for (const text of logged) {
      assert.ok(!text.includes(hex))
      assert.ok(!text.includes(hex.replace(/..(?!$)/g, '$& ')))
      assert.ok(!text.includes('token:'))
    }
  })

  it('an error of a message shows neither message nor token', async () => {
    const { initiator, acceptor } = await established()
    const token = initiator.wrap(Buffer.from(SECRET), { confidential: false })
    token[token.length - 1] = (token[token.length - 1] ?? 0) ^ 1
    const error = await failure(() => acceptor.unwrap(token))
    assertHides(error, SECRET)
    assertHidesBytes(error, token)
  })

  it('a message that is no bytes is not shown by the TypeError', async () => {
    const { initiator } = await established()
    const error = await failure(() => initiator.wrap(SECRET as never))
    assertHides(error, SECRET)
  })
})
