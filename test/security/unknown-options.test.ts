import assert from 'node:assert/strict'
import {
  Acceptor,
  ChannelBindings,
  changePassword,
  configure,
  Credential,
  destroyTicketCache,
  Initiator,
  mechanisms,
  Name,
  RenewingCredential,
  renewTicket,
  SecurityContext,
  verifyPassword,
} from 'gssapi'
import { Realm } from 'gssapi/testing'
import { established, SERVICE, SUITE } from '../helpers/handshake'
import { callsWithOptions, type OptionsObject } from '../helpers/public-calls'
import { useRealm } from '../helpers/realm'

const BYTES = Buffer.from('bytes')
const PARTS = [{ type: 'header' } as const, { type: 'data', buffer: BYTES } as const]
const MIC_PARTS = [{ type: 'mic' } as const, { type: 'data', buffer: BYTES } as const]

/** What calls are made on. */
interface Made {
  context: SecurityContext
  credential: Credential
  name: Name
  realm: Realm
}

type Call = (options: never, made: Made) => unknown

const CALLS: Record<string, Call> = {
  configure: (o) => configure(o),
  mechanisms: (o) => mechanisms(o),
  'new Acceptor': (o) => new Acceptor(o),
  'new Initiator': (o: object) => new Initiator({ target: SERVICE, ...o }),
  'new ChannelBindings': (o) => new ChannelBindings(o),
  'Name#canonicalize': (o, { name }) => name.canonicalize(o),
  'Name#localName': (o, { name }) => name.localName(o),
  'Name#authorizeLocalName': (o, { name }) => name.authorizeLocalName('alice', o),
  'Name#setAttribute': (o, { name }) => name.setAttribute('a', BYTES, o),
  'Credential.acquire': (o) => Credential.acquire(o),
  'Credential.import': (o) => Credential.import(BYTES, o),
  'Credential#inquire': (o, { credential }) => credential.inquire(o),
  'Credential#impersonate': (o, { credential }) => credential.impersonate('alice', o),
  'Credential#add': (o: object, { credential }) => credential.add({ mechanism: 'krb5', ...o }),
  'Credential#store': (o, { credential }) => credential.store(o),
  'Credential#inquireByOid': (o, { credential }) => credential.inquireByOid('1.2.3', o),
  'Credential#impersonator': (o, { credential }) => credential.impersonator(o),
  'Credential#export': (o, { credential }) => credential.export(o),
  'RenewingCredential.start': (o) => RenewingCredential.start(o),
  changePassword: (o) => changePassword('alice', 'old', 'new', o),
  verifyPassword: (o) => verifyPassword('alice', 'secret', o),
  renewTicket: (o) => renewTicket('MEMORY:a', 'MEMORY:b', o),
  destroyTicketCache: (o) => destroyTicketCache('MEMORY:a', o),
  'SecurityContext.import': (o) => SecurityContext.import(BYTES, o),
  'SecurityContext#step': (o) => new Acceptor().step(BYTES, o),
  'SecurityContext#export': (o, { context }) => context.export(o),
  'SecurityContext#wrap': (o, { context }) => context.wrap(BYTES, o),
  'SecurityContext#wrapInto': (o, { context }) => context.wrapInto(BYTES, Buffer.alloc(300), 0, o),
  'SecurityContext#wrapAsync': (o, { context }) => context.wrapAsync(BYTES, o),
  'SecurityContext#unwrapAsync': (o, { context }) => context.unwrapAsync(BYTES, o),
  'SecurityContext#getMic': (o, { context }) => context.getMic(BYTES, o),
  'SecurityContext#getMicInto': (o, { context }) =>
    context.getMicInto(BYTES, Buffer.alloc(300), 0, o),
  'SecurityContext#getMicAsync': (o, { context }) => context.getMicAsync(BYTES, o),
  'SecurityContext#verifyMicAsync': (o, { context }) => context.verifyMicAsync(BYTES, BYTES, o),
  'SecurityContext#overhead': (o, { context }) => context.overhead(o),
  'SecurityContext#wrapSizeLimit': (o, { context }) => context.wrapSizeLimit(1000, o),
  'SecurityContext#wrapIov': (o, { context }) => context.wrapIov(PARTS, o),
  'SecurityContext#wrapIovLength': (o, { context }) => context.wrapIovLength(PARTS, o),
  'SecurityContext#getMicIov': (o, { context }) => context.getMicIov(MIC_PARTS, o),
  'SecurityContext#wrapAead': (o, { context }) => context.wrapAead(BYTES, BYTES, o),
  'SecurityContext#prf': (o, { context }) => context.prf(BYTES, 16, o),
  'Realm.create': (o) => Realm.create(o),
  'Realm#kinit': (o, { realm }) => realm.kinit('alice', o),
  'Realm#addPrincipal': (o, { realm }) => realm.addPrincipal('carol', o),
  'Realm#addService': (o, { realm }) => realm.addService('HTTP@carol', o),
  'Realm#changeKeys': (o, { realm }) => realm.changeKeys('alice', o),
}

/** Objects of options that stand where TypeScript's type does not name the call's `options`. */
const INSIDE: Record<string, [call: Call, holder: string, ...keys: string[]]> = {
  'a part of a message': [
    (o: object, { context }) =>
      context.wrapIov([{ type: 'header' }, { type: 'data', buffer: BYTES, ...o }]),
    'buffers[1]',
    'type',
    'buffer',
  ],
  'a principal of a realm': [
    (o) => Realm.create({ principals: { dave: o } }),
    'principals["dave"]',
    'password',
    'attributes',
  ],
}

/** Its last letter twice: never another option's name. */
const misspelt = (key: string): string => `${key}${key.at(-1) ?? ''}`

/** { store: { keytabb: 1 } } for 'store' and 'keytabb'. */
const holding = (holder: string, key: string): object =>
  holder === '' ? { [key]: undefined } : { [holder]: { [key]: undefined } }

const within = (holder: string, key: string): string => (holder === '' ? key : `${holder}.${key}`)

/** What it throws or rejects with. */
async function thrownBy(call: () => unknown): Promise<unknown> {
  try {
    await call()
  } catch (error) {
    return error
  }
  return undefined
}

describe('options that a call does not have', () => {
  const realm = useRealm(SUITE)
  let made: Made
  let found: Map<string, OptionsObject[]>

  before('what is called, and what TypeScript says of it', async function () {
    this.timeout(60_000)
    found = callsWithOptions()
    const { initiator } = await established()
    const credential = await Credential.acquire({ usage: 'accept' })
    made = { context: initiator, credential, name: Name.service(SERVICE), realm: realm() }
  })

  const refused = async (call: Call, options: object, message: string, title: string) => {
    const error = await thrownBy(() => call(options as never, made))
    assert.ok(error instanceof TypeError, `${title}: ${String(error)}`)
    assert.deepEqual(
      [error.message, (error as NodeJS.ErrnoException).code],
      [message, 'ERR_INVALID_ARG_VALUE'],
      title,
    )
  }

  it('are looked for in every call that has options', () => {
    assert.deepEqual([...found.keys()].sort(), Object.keys(CALLS).sort())
  })

  for (const [name, call] of Object.entries(CALLS)) {
    it(`${name} refuses a misspelt option, and names the one that was meant`, async () => {
      for (const { holder, keys } of found.get(name) ?? []) {
        for (const key of keys) {
          const wrong = within(holder, misspelt(key))
          const message = `Unknown option "${wrong}" (did you mean "${within(holder, key)}"?)`
          await refused(call, holding(holder, misspelt(key)), message, wrong)
        }
      }
    })

    it(`${name} refuses an option that is like none`, async () => {
      for (const { holder } of found.get(name) ?? []) {
        const message = `Unknown option "${within(holder, '☃☃☃☃☃☃☃☃☃')}"`
        await refused(call, holding(holder, '☃☃☃☃☃☃☃☃☃'), message, holder)
      }
    })
  }

  for (const [name, [call, holder, ...keys]] of Object.entries(INSIDE)) {
    it(`${name} refuses a misspelt property`, async () => {
      for (const key of keys) {
        const wrong = within(holder, misspelt(key))
        const message = `Unknown option "${wrong}" (did you mean "${within(holder, key)}"?)`
        await refused(call, { [misspelt(key)]: undefined }, message, wrong)
      }
    })
  }

  it('are refused of the object itself, and not of the class that it is of', async () => {
    class Options {
      readonly usage = 'accept'
      get store() {
        return undefined
      }
      other() {
        return 1
      }
    }
    const credential = await Credential.acquire(new Options())
    assert.equal(credential.usage, 'accept')
    credential.dispose()
  })
})
