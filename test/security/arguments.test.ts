import assert from 'node:assert/strict'
import { Acceptor, ChannelBindings, configure, Credential, GssError, Initiator, Name } from 'gssapi'
import { established, type Pair, SERVICE, SUITE } from '../helpers/handshake'
import { useRealm } from '../helpers/realm'

const foreign = new (class Foreign {
  readonly complete = true
})()

/** What nobody should pass anywhere. */
const WRONG: unknown[] = [
  null,
  undefined,
  NaN,
  -1,
  1.5,
  2 ** 53,
  Infinity,
  10n,
  true,
  'x',
  '',
  'a\0b',
  '\ud800',
  'x'.repeat(100_000),
  {},
  { length: 5 },
  [],
  [1, 2, 3],
  Symbol('s'),
  () => undefined,
  foreign,
  new ArrayBuffer(8),
  new Date(0),
  Object.create(null),
  new Proxy({}, {}),
]

type Call = (value: never) => unknown
const show = (value: unknown) => {
  const kind = Object.prototype.toString.call(value)
  return typeof value === 'string' ? `'${value.slice(0, 10)}'` : `${typeof value} ${kind}`
}

function mistake(error: unknown, what: string): void {
  const { code } = error as { code?: unknown }
  assert.equal(typeof code, 'string', `${what}: ${String(error)}`)
  const known =
    error instanceof TypeError || error instanceof RangeError || error instanceof GssError
  assert.ok(known, `${what}: ${String(error)}`)
}

/** Either it takes the value, or it says by type and code that it does not. */
async function survives(what: string, call: Call, values = WRONG): Promise<void> {
  for (const value of values) {
    try {
      await call(value as never)
    } catch (error) {
      mistake(error, `${what}(${show(value)})`)
    }
  }
}

/** It refuses the value, as a TypeError or RangeError with Node's code. */
async function refuses(what: string, call: Call, values: unknown[]): Promise<void> {
  for (const value of values) {
    const label = `${what}(${show(value)})`
    let thrown: unknown
    try {
      await call(value as never)
    } catch (error) {
      thrown = error
    }
    assert.ok(
      thrown instanceof TypeError || thrown instanceof RangeError,
      `${label}: ${String(thrown)}`,
    )
    assert.match((thrown as unknown as { code: string }).code, /^ERR_/, label)
  }
}

const NO_BYTES = WRONG.filter((value) => !(value instanceof Uint8Array))
const NO_TEXT = WRONG.filter((value) => typeof value !== 'string')
const given = (values: unknown[]) => values.filter((value) => value !== undefined)
const NO_BOOLEAN = given(WRONG).filter((value) => typeof value !== 'boolean')
const NO_OBJECT = given(WRONG).filter((value) => typeof value !== 'object' || value === null)
const NO_COUNT = WRONG.filter(
  (value) => typeof value !== 'number' || value !== Math.abs(value) || value > 2 ** 32,
)

describe('arguments', () => {
  useRealm(SUITE)
  let pair: Pair
  let name: Name
  let credential: Credential

  before('objects to call', async () => {
    pair = await established()
    name = await Name.service(SERVICE).canonicalize()
    credential = await Credential.acquire()
  })

  it('bytes that are none are a TypeError in every call', async () => {
    const { initiator, acceptor } = pair
    const mic = initiator.getMic(Buffer.from('a'))
    const calls: Record<string, Call> = {
      wrap: (v) => initiator.wrap(v),
      wrapAsync: (v) => initiator.wrapAsync(v),
      wrapInto: (v) => initiator.wrapInto(v, Buffer.alloc(200)),
      'wrapInto out': (v) => initiator.wrapInto(Buffer.alloc(1), v),
      unwrap: (v) => acceptor.unwrap(v),
      unwrapAsync: (v) => acceptor.unwrapAsync(v),
      unwrapInto: (v) => acceptor.unwrapInto(v, Buffer.alloc(200)),
      'unwrapInto out': (v) => acceptor.unwrapInto(mic, v),
      getMic: (v) => initiator.getMic(v),
      getMicAsync: (v) => initiator.getMicAsync(v),
      verifyMic: (v) => acceptor.verifyMic(v, mic),
      'verifyMic mic': (v) => acceptor.verifyMic(mic, v),
      verifyMicAsync: (v) => acceptor.verifyMicAsync(v, mic),
      'verifyMicAsync mic': (v) => acceptor.verifyMicAsync(mic, v),
      'Name.exported': (v) => Name.exported(v),
    }
    for (const [what, call] of Object.entries(calls)) await refuses(what, call, NO_BYTES)
    await refuses('step', (v) => new Acceptor().step(v), NO_BYTES)
    await refuses('stepSync', (v) => new Acceptor().stepSync(v), NO_BYTES)
  })

  it('text that is none is a TypeError in every call', async () => {
    const calls: Record<string, Call> = {
      service: (v) => Name.service(v),
      principal: (v) => Name.principal(v),
      enterprise: (v) => Name.enterprise(v),
      user: (v) => Name.user(v),
      uidString: (v) => Name.uidString(v),
      inquireByOid: (v) => pair.initiator.inquireByOid(v),
    }
    const bad = ['', 'a\0b', '\ud800', 'x'.repeat(100_000)]
    for (const [what, call] of Object.entries(calls)) {
      await refuses(what, call, [...NO_TEXT, ...bad])
    }
    await refuses('service host', (v) => Name.service('test', v), [...given(NO_TEXT), ...bad])
    await refuses('import', (v) => Name.import(v), NO_TEXT)
    await refuses('import type', (v) => Name.import('x', v), given(NO_TEXT))
    await refuses('toSpn', (v) => name.toSpn(v), given(NO_TEXT))
  })

  it('numbers that are none are a TypeError or RangeError', async () => {
    await refuses('uid', (v) => Name.uid(v), NO_COUNT)
    await refuses('wrapSizeLimit', (v) => pair.initiator.wrapSizeLimit(v), NO_COUNT)
    const out = Buffer.alloc(300)
    const message = Buffer.alloc(3)
    const offsets = given(NO_COUNT)
    await refuses('wrapInto offset', (v) => pair.initiator.wrapInto(message, out, v), offsets)
    await refuses('unwrapInto offset', (v) => pair.initiator.unwrapInto(message, out, v), offsets)
    await refuses('qop', (v) => pair.initiator.wrap(message, { qop: v }), offsets)
    await refuses('mic qop', (v) => pair.initiator.getMic(message, { qop: v }), offsets)
  })

  it('options of a context that are none are a TypeError or RangeError', async () => {
    const target = SERVICE
    const booleans =
      'mutual integrity confidentiality replayDetection sequenceDetection anonymous dceStyle identify extendedError delegation'
    for (const key of booleans.split(' ')) {
      await refuses(key, (v) => new Initiator({ target, [key]: v }), NO_BOOLEAN)
    }
    const notThere = given(WRONG)
    const objects = ['credential', 'channelBindings', 'onSequenceError']
    for (const key of objects) {
      await refuses(key, (v) => new Initiator({ target, [key]: v }), notThere)
      await refuses(key, (v) => new Acceptor({ [key]: v }), notThere)
    }
    await refuses('require', (v) => new Acceptor({ require: v }), NO_OBJECT)
    await refuses('require.mutual', (v) => new Acceptor({ require: { mutual: v } }), NO_BOOLEAN)
    await refuses('target', (v) => new Initiator({ target: v }), NO_TEXT)
    await refuses('Initiator', (v) => new Initiator(v), WRONG)
    await refuses('Acceptor', (v) => new Acceptor(v), NO_OBJECT)
    const life = [...NO_COUNT, 0].filter((v) => v !== undefined && v !== Infinity)
    await refuses('lifetime', (v) => new Initiator({ target, lifetime: v }), life)
  })

  it('options of a credential that are none are a TypeError or RangeError', async () => {
    await refuses('acquire', (v) => Credential.acquire(v), NO_OBJECT)
    await refuses('usage', (v) => Credential.acquire({ usage: v }), given(WRONG))
    await refuses('name', (v) => Credential.acquire({ name: v }), given(NO_TEXT))
    await refuses('mechanisms', (v) => Credential.acquire({ mechanisms: v }), [foreign, 1, 'krb5'])
    await refuses('store', (v) => Credential.acquire({ store: v }), NO_OBJECT)
    await refuses(
      'store.ccache',
      (v) => Credential.acquire({ store: { ccache: v } }),
      given(NO_TEXT),
    )
    await refuses('password', (v) => Credential.acquire({ password: v }), given(NO_TEXT))
    await refuses('signal', (v) => Credential.acquire({ signal: v }), given(WRONG))
  })

  it('a mechanism that is none is a TypeError or RangeError', async () => {
    const target = SERVICE
    await refuses('mechanism', (v) => new Initiator({ target, mechanism: v }), given(WRONG))
    await refuses('mechanism', (v) => new Acceptor({ mechanism: v }), given(WRONG))
    await refuses('mechanisms[0]', (v) => Credential.acquire({ mechanisms: [v] }), WRONG)
    await refuses('inquire', (v) => credential.inquire({ mechanism: v }), given(WRONG))
  })

  it('everything else takes it or says so', async () => {
    const { initiator, acceptor } = pair
    await survives('equals', (v) => name.equals(v))
    await survives('canonicalize', (v) => name.canonicalize(v))
    await survives('localName', (v) => name.localName(v))
    await survives('wrap options', (v) => initiator.wrap(Buffer.alloc(1), v))
    await survives('wrapAsync options', (v) => initiator.wrapAsync(Buffer.alloc(1), v))
    await survives('getMic options', (v) => initiator.getMic(Buffer.alloc(1), v))
    await survives('overhead', (v) => initiator.overhead(v))
    await survives('unwrapAsync options', (v) => acceptor.unwrapAsync(Buffer.alloc(1), v))
    await survives('step options', (v) => new Acceptor().step(Buffer.alloc(3), v))
    await survives('ChannelBindings', (v) => new ChannelBindings(v))
    await survives('applicationData', (v) => new ChannelBindings({ applicationData: v }))
    await survives('address', (v) => new ChannelBindings({ initiatorAddress: v }))
    await survives('tlsServerEndPoint', (v) => ChannelBindings.tlsServerEndPoint(v))
    await survives('tlsUnique', (v) => ChannelBindings.tlsUnique(v))
    await survives('tlsExporter', (v) => ChannelBindings.tlsExporter(v))
    await survives('configure', (v) => configure(v))
    await survives('configure threads', (v) => configure({ threads: v }), given(NO_COUNT))
    const Any = Credential as unknown as new (...values: unknown[]) => unknown
    await survives('new Credential', (v) => new Any(v, v))
    const AnyName = Name as unknown as new (...values: unknown[]) => unknown
    await survives('new Name', (v) => new AnyName(v, v))
    assert.equal(acceptor.complete, true)
  })
})
