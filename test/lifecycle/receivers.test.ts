import assert from 'node:assert/strict'
import { Acceptor, ChannelBindings, Credential, Initiator, Name } from 'gssapi'
import { addon } from '../helpers/addon'
import { useRealm } from '../helpers/realm'
import { dispose, establish, PAIR_REALM, SERVICE, type Pair } from '../helpers/pair'

/** These only call another member on whatever they are given. */
const GENERIC = /dispose\)|^toJSON$|inspect\.custom/

type Member = [name: string, call: (receiver: unknown) => unknown]

const ARGUMENTS = [Buffer.from('a message'), Buffer.alloc(1000)]

/** Everything on a prototype chain that reads the receiver: methods and getters. */
function members(prototype: object): Member[] {
  const found = new Map<string, Member[1]>()
  for (let at = prototype; at !== Object.prototype; at = Object.getPrototypeOf(at) as object) {
    for (const key of Reflect.ownKeys(at)) {
      const { value, get } = Object.getOwnPropertyDescriptor(at, key)!
      if (key === 'constructor' || found.has(String(key))) continue
      if (GENERIC.test(String(key))) continue
      const method = (get ?? value) as unknown
      if (typeof method !== 'function') continue
      const args = get ? [] : String(key) === 'localName' ? [] : ARGUMENTS
      found.set(String(key), (receiver) => Reflect.apply(method, receiver, args))
    }
  }
  return [...found]
}

async function refuses([name, call]: Member, receiver: unknown): Promise<void> {
  await assert.rejects(
    async () => call(receiver),
    TypeError,
    `${name} on ${Object.prototype.toString.call(receiver)}`,
  )
}

describe('borrowed receivers', function () {
  this.timeout(30_000)
  useRealm(PAIR_REALM)
  let pair: Pair
  let credential: Credential
  before(async () => {
    pair = await establish()
    credential = await Credential.acquire()
  })
  after(() => dispose(pair))

  for (const type of [Initiator, Acceptor, Credential, Name]) {
    it(`a method of ${type.name} reads foreign memory on another object`, async () => {
      const own = [pair.client, pair.server, credential, Name.service(SERVICE)]
      const foreign = own.filter((object) => !(object instanceof type))
      const strangers = [
        undefined,
        null,
        1,
        {},
        Object.create(type.prototype),
        new Proxy(own[0]!, {}),
      ]
      const contexts = type === Initiator || type === Acceptor
      const list = members(type.prototype)
      assert.ok(list.length > 3)
      for (const member of list) {
        for (const receiver of strangers) await refuses(member, receiver)
        for (const receiver of foreign) {
          const both = contexts && (receiver === pair.client || receiver === pair.server)
          if (!both) await refuses(member, receiver)
        }
      }
    })
  }

  it('an option takes another kind of object for its own', () => {
    const wrong = (value: unknown): never => value as never
    const name = Name.service(SERVICE)
    assert.throws(() => new Initiator({ target: wrong(credential) }), TypeError)
    assert.throws(() => new Initiator({ target: name, credential: wrong(name) }), TypeError)
    assert.throws(() => new Acceptor({ credential: wrong(pair.client) }), TypeError)
    assert.throws(() => new Acceptor({ channelBindings: wrong(credential) }), TypeError)
    assert.throws(() => new Acceptor({ channelBindings: wrong({}) }), TypeError)
    assert.throws(() => name.equals(wrong(credential)), TypeError)
    assert.throws(
      () => new Acceptor({ credential: Object.create(Credential.prototype) as never }),
      TypeError,
    )
    assert.ok(new ChannelBindings({ applicationData: Buffer.from('x') }))
  })

  it('the addon follows a handle of another kind, or what is none', () => {
    const native = addon()
    const name = native.importName(Buffer.from('host@server'), '1.2.840.113554.1.2.1.4')
    const context = native.newAcceptor(null, null, [])
    const refused = { code: 'ERR_INTERNAL_ASSERTION' }
    const exports = Object.entries(native).filter(([, value]) => typeof value === 'function')
    const taking =
      /^(?!.*(library|mechanisms|describe|saslName|statistics|cancel|setThreads|newAcceptor|variable|environment))/i
    let tried = 0
    for (const [key, value] of exports) {
      if (!taking.test(key)) continue
      for (const wrong of [undefined, {}, 1, 'text', /name/i.test(key) ? context : name]) {
        if (key === 'contextName' && wrong === context) continue
        assert.throws(() => Reflect.apply(value as () => void, native, [wrong]), refused, key)
        tried++
      }
    }
    assert.ok(tried > 80, `${tried}`)
  })
})
