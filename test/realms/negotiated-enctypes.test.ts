import assert from 'node:assert/strict'
import {
  Credential,
  type Enctype,
  type LucidContext,
  SecurityContext,
  unwrapWinrm,
  wrapWinrm,
} from 'gssapi'
import {
  ALICE,
  established,
  failure,
  HOST,
  MECHANISMS,
  pattern,
  PASSWORD,
  type PairOptions,
} from '../helpers/handshake'
import { useRealm } from '../helpers/realm'

const AES128 = 'aes128-cts-hmac-sha1-96'
const AES256 = 'aes256-cts-hmac-sha1-96'
const RC4 = 'arcfour-hmac'
const DES3 = 'des3-cbc-sha1'
/** By the realm's preference. */
const NUMBERS = {
  [AES256]: 18,
  [AES128]: 17,
  'aes256-cts-hmac-sha384-192': 20,
  'aes128-cts-hmac-sha256-128': 19,
  'camellia256-cts-cmac': 26,
  'camellia128-cts-cmac': 25,
  [DES3]: 16,
  [RC4]: 23,
}
type Type = keyof typeof NUMBERS
const TYPES = Object.keys(NUMBERS) as Type[]
const SIZES = [0, 1, 7, 1000, 10_000]

interface Sides {
  initiator?: Enctype[]
  acceptor?: Enctype[]
  options?: NonNullable<PairOptions['initiator']>
}

interface Negotiated {
  protocol: LucidContext['protocol']
  /** Of the ticket. */
  key: number
  acceptorSubkey: number | null
}

const upgraded = (ticket: Type, subkey: Type): Negotiated => ({
  protocol: 'rfc4121',
  key: NUMBERS[ticket],
  acceptorSubkey: NUMBERS[subkey],
})
const old = (ticket: Type): Negotiated => ({
  protocol: 'rfc1964',
  key: NUMBERS[ticket],
  acceptorSubkey: null,
})

/** What the keys of a pair are, which ends here. Both sides have the same. */
function negotiated(...sides: [SecurityContext, SecurityContext]): Negotiated {
  const [one, other] = [sides[0].krb5.exportLucid(), sides[1].krb5.exportLucid()]
  assert.deepEqual(one.key, other.key)
  assert.deepEqual(one.acceptorSubkey, other.acceptorSubkey)
  const { protocol, key, acceptorSubkey } = one
  assert.equal(other.protocol, protocol)
  return { protocol, key: key.type, acceptorSubkey: acceptorSubkey?.type ?? null }
}

/** All that a context does with its keys, from one side to the other. */
function protects(from: SecurityContext, to: SecurityContext): void {
  for (const size of SIZES) {
    const message = pattern(size)
    const at = `${size} bytes`
    for (const confidential of [true, false]) {
      const token = from.wrap(message, { confidential })
      const read = to.unwrap(token)
      assert.ok(read.message.equals(message), at)
      assert.equal(read.confidential, confidential)
      const sealed = from.wrapAead(message, pattern(3), { confidential })
      assert.ok(to.unwrapAead(sealed, pattern(3)).message.equals(message), at)
      const parts = from.wrap(message, { confidential })
      const { buffers } = to.unwrapIov([{ type: 'stream', buffer: parts }, { type: 'data' }])
      assert.ok(buffers[1]?.equals(message), at)
    }
    to.verifyMic(message, from.getMic(message))
    const mic = from.getMicIov([{ type: 'data', buffer: message }, { type: 'mic' }])
    to.verifyMic(message, mic)
    const { header, data } = wrapWinrm(from, message)
    assert.ok(unwrapWinrm(to, header, data).equals(message), at)
  }
  for (const partial of [true, false]) {
    const bytes = from.prf(pattern(5), 100, { partial })
    assert.ok(to.prf(pattern(5), 100, { partial }).equals(bytes))
  }
}

/** The KDC is told by a service's `session_enctypes` which session keys the service takes, whatever its own key is. */
describe('negotiation of encryption types', () => {
  const realm = useRealm({
    principals: { alice: PASSWORD },
    encryptionTypes: TYPES,
    kdc: { supported_enctypes: `${AES256}:normal` },
  })
  const serviceOf = (type: Type) => `${type}@${HOST}`

  before('a service for each type of session key, all with keys of AES-256', async () => {
    for (const type of TYPES) {
      await realm().addService(serviceOf(type))
      await realm().kadmin(`setstr ${type}/${HOST} session_enctypes ${type}`)
    }
  })

  /** With no service's ticket yet. */
  const initiator = (enctypes?: Enctype[]) =>
    Credential.acquire({
      name: ALICE,
      password: PASSWORD,
      mechanisms: [...MECHANISMS],
      ...(enctypes && { enctypes }),
    })
  const acceptor = (enctypes?: Enctype[]) =>
    Credential.acquire({ usage: 'accept', ...(enctypes && { enctypes }) })

  const between = async (service: Type, mechanism: string, sides: Sides = {}) =>
    established({
      initiator: {
        target: serviceOf(service),
        credential: await initiator(sides.initiator),
        mechanism,
        ...sides.options,
      },
      acceptor: { credential: await acceptor(sides.acceptor) },
    })

  for (const mechanism of MECHANISMS) {
    describe(mechanism, () => {
      for (const type of TYPES) {
        it(`a session key of ${type} is upgraded to what the initiator likes best`, async () => {
          const pair = await between(type, mechanism)
          protects(pair.initiator, pair.acceptor)
          protects(pair.acceptor, pair.initiator)
          const key = pair.initiator.sessionKey()
          assert.equal(key.type, NUMBERS[AES256])
          assert.equal(key.key.length, 32)
          assert.deepEqual(pair.acceptor.sessionKey(), key)
          assert.deepEqual(negotiated(pair.initiator, pair.acceptor), upgraded(type, AES256))
        })
      }

      it('what was upgraded stays so, exported and imported', async () => {
        const pair = await between(RC4, mechanism)
        const before = pair.initiator.sessionKey()
        const one = await SecurityContext.import(await pair.initiator.export())
        const other = await SecurityContext.import(await pair.acceptor.export())
        protects(one, other)
        protects(other, one)
        assert.deepEqual(one.sessionKey(), before)
        assert.deepEqual(other.sessionKey(), before)
        assert.deepEqual(negotiated(one, other), upgraded(RC4, AES256))
      })

      const RULES: [string, Type, Sides, Negotiated][] = [
        ['the initiator’s order counts', RC4, { initiator: [AES128, RC4] }, upgraded(RC4, AES128)],
        ['the acceptor’s list counts', RC4, { acceptor: [AES128, RC4] }, upgraded(RC4, AES128)],
        [
          'without a type in common nothing is upgraded',
          RC4,
          { initiator: [AES128, RC4], acceptor: [AES256, RC4] },
          old(RC4),
        ],
        ['nothing is offered below the session key', RC4, { initiator: [RC4, AES256] }, old(RC4)],
        ['no old type is an upgrade', RC4, { initiator: [DES3, RC4] }, old(RC4)],
        [
          'nothing is upgraded without mutual authentication',
          RC4,
          { options: { mutual: false } },
          old(RC4),
        ],
        [
          'the initiator alone may choose the session key',
          AES256,
          { initiator: [AES256] },
          upgraded(AES256, AES256),
        ],
      ]
      for (const [title, type, sides, expected] of RULES) {
        it(title, async () => {
          const pair = await between(type, mechanism, sides)
          protects(pair.initiator, pair.acceptor)
          assert.deepEqual(negotiated(pair.initiator, pair.acceptor), expected)
        })
      }

      it('a session key that the initiator does not permit gets no ticket', async () => {
        const error = await failure(() => between(RC4, mechanism, { initiator: [AES128, AES256] }))
        assert.equal(error.minorName, 'KRB5KDC_ERR_ETYPE_NOSUPP')
        assert.match(error.hint ?? '', /share no permitted encryption type/)
      })

      it('an acceptor that does not permit the session key upgrades nothing: it refuses', async () => {
        const error = await failure(() => between(RC4, mechanism, { acceptor: [AES128] }))
        assert.equal(error.minorName, 'KRB5_NOPERM_ETYPE')
      })
    })
  }
})
