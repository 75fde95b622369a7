import assert from 'node:assert/strict'
import { oidToDer } from 'gssapi'
import { MechanismGuard, negotiationOf } from '../../lib/context/negotiation'
import { readNegotiation } from '../../lib/encoding/negotiation-token'
import { demandsOf, trueFlags } from '../../lib/context/policy'
import { FLAG_BITS } from '../../lib/base/flags'
import { positions } from '../helpers/forge'
import { der, negTokenInit, negTokenResp, NTLM_NEGOTIATE } from '../helpers/negotiation'

const KRB5 = '1.2.840.113554.1.2.2'
const MSKRB5 = '1.2.840.48018.1.2.2'
const SPNEGO = '1.3.6.1.5.5.2'
const NTLM = '1.3.6.1.4.1.311.2.2.10'

const AP_REQ = der(0x60, oidToDer(KRB5), Buffer.from([1, 0, 0x6e, 0]))

const guard = (options: {
  mechanism?: string
  negotiate?: string[]
  required?: number
  accepts?: boolean
}) => {
  const { mechanism = '', negotiate, required = 0, accepts = true } = options
  return new MechanismGuard(negotiationOf(mechanism, negotiate), required, accepts)
}

describe("SPNEGO's tokens", () => {
  it('tell what is offered, chosen and spoken', () => {
    assert.deepEqual(readNegotiation(negTokenInit([MSKRB5, KRB5, NTLM], AP_REQ)), {
      offered: [KRB5, KRB5, NTLM],
      chosen: '',
      inside: KRB5,
    })
    assert.deepEqual(readNegotiation(negTokenInit([NTLM], NTLM_NEGOTIATE)), {
      offered: [NTLM],
      chosen: '',
      inside: NTLM,
    })
    assert.deepEqual(readNegotiation(negTokenResp(1, NTLM)), { chosen: NTLM, inside: '' })
    assert.deepEqual(readNegotiation(negTokenResp(1, '', NTLM_NEGOTIATE)), {
      chosen: '',
      inside: NTLM,
    })
  })

  it('that cannot be read, cut at each byte, are left to the library', () => {
    for (const whole of [negTokenInit([KRB5], AP_REQ), negTokenResp(0, KRB5, AP_REQ)]) {
      for (const size of positions(whole.length)) readNegotiation(whole.subarray(0, size))
    }
    for (const other of [Buffer.alloc(0), AP_REQ, NTLM_NEGOTIATE, Buffer.from([0xa1, 0x80])]) {
      assert.equal(readNegotiation(other), undefined)
    }
  })
})

describe('which mechanisms a context may be of', () => {
  const bad = { name: 'GssError', code: 'GSS_S_BAD_MECH' }

  it('an acceptor of no named one takes krb5, SPNEGO of krb5 and iakerb, and no other', () => {
    const unnamed = guard({})
    unnamed.checkFirst(AP_REQ)
    unnamed.checkFirst(negTokenInit([KRB5], AP_REQ))
    unnamed.checkFirst(negTokenInit([MSKRB5], AP_REQ))
    unnamed.checkFirst(der(0x60, oidToDer('1.3.6.1.5.2.5'), Buffer.from([5, 1])))
    for (const other of [NTLM_NEGOTIATE, der(0x60, oidToDer('1.2.3.4'))]) {
      assert.throws(() => unnamed.checkFirst(other), bad)
    }
    assert.throws(() => unnamed.checkFirst(negTokenInit([NTLM], NTLM_NEGOTIATE)), bad)
  })

  it('an acceptor says that it was NTLM, and why', () => {
    for (const mechanism of ['', SPNEGO, KRB5]) {
      for (const token of [NTLM_NEGOTIATE, negTokenInit([NTLM], NTLM_NEGOTIATE)]) {
        const about = { message: /ntlm/, hint: /sent NTLM .*SPN.*allowlist/ }
        if (mechanism === KRB5 && token !== NTLM_NEGOTIATE) continue
        assert.throws(() => guard({ mechanism }).checkFirst(token), { ...bad, ...about })
      }
    }
  })

  it('the initiator is told by a token of SPNEGO that it was refused', () => {
    assert.throws(
      () => guard({}).checkFirst(negTokenInit([NTLM], NTLM_NEGOTIATE)),
      (error: { token?: Buffer }) => error.token?.toString('hex') === 'a1073005a0030a0102',
    )
  })

  it('what is named in negotiate is taken, inside SPNEGO and bare', () => {
    const named = guard({ negotiate: [NTLM] })
    named.checkFirst(NTLM_NEGOTIATE)
    named.checkFirst(negTokenInit([NTLM], NTLM_NEGOTIATE))
    assert.throws(() => named.checkFirst(negTokenInit([KRB5], AP_REQ)), bad)
  })

  it('an initiator that prefers NTLM and offers krb5 is asked for krb5', () => {
    const acceptor = guard({})
    acceptor.checkFirst(negTokenInit([NTLM, KRB5], NTLM_NEGOTIATE))
    acceptor.check(negTokenResp(3, KRB5), true)
    assert.throws(() => acceptor.check(negTokenResp(1, NTLM, NTLM_NEGOTIATE), true), bad)
  })

  it('an initiator sends nothing of NTLM’s, and takes no choice of it', () => {
    const initiator = guard({ mechanism: SPNEGO, accepts: false })
    initiator.check(negTokenInit([KRB5, NTLM], AP_REQ), true)
    initiator.check(negTokenResp(1, KRB5, AP_REQ), false)
    for (const [token, ours] of [
      [negTokenInit([NTLM], NTLM_NEGOTIATE), true],
      [negTokenInit([NTLM, KRB5], NTLM_NEGOTIATE), true],
      [NTLM_NEGOTIATE, true],
      [NTLM_NEGOTIATE, false],
      [negTokenResp(1, NTLM), false],
      [negTokenResp(1, KRB5, NTLM_NEGOTIATE), false],
      [negTokenResp(1, '', NTLM_NEGOTIATE), false],
    ] as const) {
      assert.throws(() => initiator.check(token, ours), bad)
    }
  })

  it('what was agreed at the end is one of them, whatever the tokens said', () => {
    for (const each of [guard({}), guard({ mechanism: SPNEGO, accepts: false })]) {
      each.checkAgreed(KRB5)
      for (const other of [NTLM, '1.2.3.4', '', SPNEGO]) {
        assert.throws(() => each.checkAgreed(other), bad)
      }
    }
  })

  it('where mutual is required NTLM is neither sent nor taken', () => {
    const required = FLAG_BITS.mutual
    const refused = { code: 'ERR_GSS_PROTECTION_NOT_GRANTED', message: /mutual/ }
    for (const mechanism of [NTLM, SPNEGO]) {
      const options = { mechanism, negotiate: [NTLM], required, accepts: false }
      assert.throws(() => guard(options).checkInitiator(), refused)
      guard({ ...options, required: 0 }).checkInitiator()
    }
    const both = { mechanism: SPNEGO, negotiate: [KRB5, NTLM], required }
    guard({ ...both, accepts: false }).checkInitiator()
    assert.throws(() => guard(both).checkFirst(negTokenInit([NTLM], NTLM_NEGOTIATE)), bad)
    assert.throws(() => guard({ mechanism: NTLM, required }).checkFirst(NTLM_NEGOTIATE), refused)
  })

  it('a mistake in negotiate is refused', () => {
    for (const value of [[], ['spnego'], ['not/a mechanism']]) {
      assert.throws(() => negotiationOf('', value), { code: 'ERR_INVALID_ARG_VALUE' })
    }
    assert.throws(() => negotiationOf('', 'krb5'), { code: 'ERR_INVALID_ARG_TYPE' })
  })
})

describe('flags', () => {
  const all = Object.values(FLAG_BITS).reduce((sum, bit) => sum | bit, 0)
  const not = (...names: (keyof typeof FLAG_BITS)[]) =>
    names.reduce((bits, name) => bits & ~FLAG_BITS[name], all)

  it('of NTLM are those that it can give', () => {
    const never = ['mutual', 'delegation', 'delegationPolicy'] as const
    assert.equal(trueFlags(NTLM, all, false), not(...never))
    assert.equal(trueFlags(NTLM, all, true), not(...never, 'anonymous'))
  })

  it('of Kerberos, and of mechanisms that nobody knows, are those that are told', () => {
    for (const mechanism of [KRB5, SPNEGO, '1.2.3.4', '', 'toString']) {
      assert.equal(trueFlags(mechanism, all, true), all)
    }
  })

  it('false in require forbids, and anonymous initiators are forbidden unless allowed', () => {
    const { anonymous, delegation, mutual } = FLAG_BITS
    const demands = (require: object | undefined, allow?: boolean) =>
      demandsOf(require, allow, 'options.require')
    assert.deepEqual(demands(undefined), { required: 0, forbidden: anonymous })
    assert.deepEqual(demands(undefined, true), { required: 0, forbidden: 0 })
    assert.deepEqual(demands({ anonymous: true }), { required: anonymous, forbidden: 0 })
    assert.deepEqual(demands({ anonymous: false }, true), { required: 0, forbidden: anonymous })
    assert.deepEqual(demands({ mutual: true, delegation: false, integrity: undefined }), {
      required: mutual,
      forbidden: delegation | anonymous,
    })
  })
})
