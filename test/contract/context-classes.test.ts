import assert from 'node:assert/strict'
import { Acceptor, Initiator, library, SecurityContext } from 'gssapi'
import { established, firstToken, itUnless, newPair, SERVICE, SUITE } from '../helpers/handshake'
import { useRealm } from '../helpers/realm'

type Maker = new (...args: unknown[]) => object

const ILLEGAL = { name: 'TypeError', code: 'ERR_ILLEGAL_CONSTRUCTOR' }
const SSPI = library().backend === 'sspi' && 'SSPI exports no context between two steps'
const ONLY_MIT = library().implementation !== 'mit' && 'only MIT exports between two steps'

describe('the classes of contexts', () => {
  useRealm(SUITE)

  it('no class stands between SecurityContext and Object', () => {
    assert.equal(Object.getPrototypeOf(SecurityContext.prototype), Object.prototype)
    for (const side of [Initiator, Acceptor]) {
      assert.equal(Object.getPrototypeOf(side.prototype), SecurityContext.prototype)
    }
  })

  describe('are made by their public constructors only', () => {
    const base = SecurityContext as unknown as Maker
    const forged = { core: {}, agreed: {}, initiator: { target: 'x' } }

    it('SecurityContext refuses `new`, whatever it is given', () => {
      for (const args of [[], [undefined], [null], [forged], [{ target: SERVICE }], ['x']]) {
        assert.throws(() => new base(...args), ILLEGAL)
      }
    })

    it('SecurityContext refuses Reflect.construct, also in the name of its sides', () => {
      for (const target of [base, Initiator, Acceptor, Map]) {
        for (const args of [[], [forged], [{ target: SERVICE }]]) {
          assert.throws(() => Reflect.construct(base, args, target), ILLEGAL)
        }
      }
    })

    it('SecurityContext refuses a class of a stranger that extends it', () => {
      class Stranger extends base {}
      assert.throws(() => new Stranger(), ILLEGAL)
      assert.throws(() => new Stranger(forged), ILLEGAL)
    })

    it('no context gives away what its class is made of', () => {
      const context = new Initiator({ target: SERVICE })
      assert.deepEqual(Reflect.ownKeys(context), [])
      const side = Initiator as unknown as Maker
      assert.throws(() => new side(context), { code: /^ERR_INVALID_ARG/ })
      assert.throws(() => new base(context), ILLEGAL)
    })

    it('the class of `krb5` refuses `new`', () => {
      const maker = new Acceptor().krb5.constructor as Maker
      for (const args of [[], [new Acceptor()], [forged]]) {
        assert.throws(() => new maker(...args), ILLEGAL)
      }
    })

    it('a class may extend a side', async () => {
      class Client extends Initiator {
        readonly label = 'mine'
        constructor() {
          super({ target: SERVICE })
        }
      }
      const { acceptor } = newPair()
      const client = new Client()
      assert.notEqual(await acceptor.step(await firstToken(client)), null)
      assert.equal(client.label, 'mine')
      assert.ok(client instanceof Initiator)
    })
  })

  describe('an imported context is of the side that it was', () => {
    for (const side of ['initiator', 'acceptor'] as const) {
      it(`an established ${side}`, async () => {
        const pair = await established()
        const context = await SecurityContext.import(await pair[side].export())
        assert.ok(context instanceof (side === 'initiator' ? Initiator : Acceptor))
        assert.equal(context instanceof Initiator, side === 'initiator')
        assert.equal(context.isInitiator, side === 'initiator')
        assert.equal(context.constructor, side === 'initiator' ? Initiator : Acceptor)
      })
    }

    itUnless(SSPI || ONLY_MIT, 'an initiator between two steps', async () => {
      const { initiator } = newPair()
      await firstToken(initiator)
      const context = await SecurityContext.import(await initiator.export())
      assert.ok(context instanceof Initiator)
      assert.deepEqual([context.complete, context.isInitiator], [false, true])
    })

    itUnless(SSPI || ONLY_MIT, 'an acceptor between two steps', async () => {
      const { initiator, acceptor } = newPair({ initiator: { dceStyle: true } })
      await acceptor.step(await firstToken(initiator))
      assert.equal(acceptor.complete, false)
      const context = await SecurityContext.import(await acceptor.export())
      assert.ok(context instanceof Acceptor)
      assert.deepEqual([context.complete, context.isInitiator], [false, false])
    })
  })
})
