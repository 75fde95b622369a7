import assert from 'node:assert/strict'
import {
  changePassword,
  Credential,
  destroyTicketCache,
  Name,
  RenewingCredential,
  renewTicket,
} from 'gssapi'
import { ALICE, SUITE } from '../helpers/handshake'
import { useRealm } from '../helpers/realm'

type Call = (options: never) => unknown

const OF_A_NAME: Record<string, (name: Name) => Call> = {
  canonicalize: (name) => (options) => name.canonicalize(options),
  localName: (name) => (options) => name.localName(options),
  authorizeLocalName: (name) => (options) => name.authorizeLocalName('alice', options),
}

const OF_A_CREDENTIAL: Record<string, (credential: Credential) => Call> = {
  inquire: (credential) => (options) => credential.inquire(options),
  impersonate: (credential) => (options) => credential.impersonate(ALICE, options),
  add: (credential) => (options) => credential.add(options),
  store: (credential) => (options) => credential.store(options),
  inquireByOid: (credential) => (options) => credential.inquireByOid('1.2.3', options),
  impersonator: (credential) => (options) => credential.impersonator(options),
  export: (credential) => (options) => credential.export(options),
}

const FUNCTIONS: Record<string, Call> = {
  'Credential.acquire': (options) => Credential.acquire(options),
  'Credential.import': (options) => Credential.import(new Uint8Array(3), options),
  'RenewingCredential.start': (options) => RenewingCredential.start(options),
  changePassword: (options) => changePassword(ALICE, 'a', 'b', options),
  renewTicket: (options) => renewTicket('MEMORY:a', 'MEMORY:b', options),
  destroyTicketCache: (options) => destroyTicketCache('MEMORY:a', options),
}

/** The rejection; fails where the call throws, and where the stack has no frame of this file. */
async function rejection(call: () => unknown): Promise<Error & { code?: string }> {
  const promise = call()
  assert.ok(promise instanceof Promise)
  const error = await promise.then(
    () => assert.fail('it resolved'),
    (thrown: unknown) => thrown as Error,
  )
  assert.match(error.stack ?? '', /contract\/rejections|contract\\rejections/)
  return error
}

async function mistaken(call: Call): Promise<void> {
  for (const options of [null, 5, 'x', [], { signal: 5 }, { signal: {} }]) {
    const { name, code } = await rejection(() => call(options as never))
    assert.equal(name, 'TypeError')
    assert.match(code ?? '', /^ERR_INVALID_ARG_(?:TYPE|VALUE)$/)
  }
}

describe('a call that returns a promise rejects with a mistake, and never throws', () => {
  useRealm(SUITE)

  for (const [title, call] of Object.entries(FUNCTIONS)) {
    it(title, () => mistaken(call))
  }

  for (const [title, of] of Object.entries(OF_A_NAME)) {
    it(`Name: ${title}`, async () => {
      await mistaken(of(Name.principal(ALICE)))
      const borrowed = of({ [title]: Reflect.get(Name.prototype, title) as unknown } as never)
      assert.equal((await rejection(() => borrowed(undefined as never))).name, 'TypeError')
    })
  }

  for (const [title, of] of Object.entries(OF_A_CREDENTIAL)) {
    it(`Credential: ${title}`, async () => {
      const credential = await Credential.acquire()
      await mistaken(of(credential))
      const method = Reflect.get(Credential.prototype, title) as unknown
      const given = title === 'add' ? { mechanism: 'krb5' } : undefined
      const borrowed = of({ [title]: method } as never)
      assert.equal((await rejection(() => borrowed(given as never))).name, 'TypeError')
      credential.dispose()
      const { code } = await rejection(() => of(credential)(given as never))
      assert.equal(code, 'ERR_GSS_DISPOSED')
    })
  }
})
