import assert from 'node:assert/strict'
import { Credential } from 'gssapi'
import {
  established,
  failure,
  firstToken,
  heimdal,
  itUnless,
  MECHANISMS,
  newPair,
  onHeimdal,
  PRINCIPAL,
  SUITE,
  secondsLeft,
} from '../helpers/handshake'
import { externalKdc } from '../helpers/external-realm'
import { useRealm } from '../helpers/realm'

const NO_TICKET = heimdal('7.8’s initiator keeps nothing of the ticket')
const NO_TOKENS = heimdal('7.8 frees half of the context for such a token')
const AD_IF_RELEVANT = 1
const AD_PAC = 128
const UNKNOWN_OID = '1.3.6.1.4.1.99999.1'

describe('what Kerberos knows of a context', () => {
  const realm = useRealm(SUITE)

  for (const mechanism of MECHANISMS) {
    describe(mechanism, () => {
      it('the ticket’s flags, as the acceptor sees them', async () => {
        const { acceptor } = await established({ initiator: { mechanism } })
        const flags = acceptor.krb5.ticketFlags()
        assert.equal(flags.forwardable, true)
        assert.equal(flags.transitedPolicyChecked, true)
        for (const not of ['forwarded', 'initial', 'anonymous', 'okAsDelegate', 'proxy'] as const) {
          assert.equal(flags[not], false, not)
        }
      })

      itUnless(NO_TICKET, 'the ticket’s flags, as the initiator sees them', async () => {
        const { initiator, acceptor } = await established({ initiator: { mechanism } })
        assert.deepEqual(initiator.krb5.ticketFlags(), acceptor.krb5.ticketFlags())
      })

      it('when the user was authenticated, not when the service’s ticket was issued', async () => {
        const { acceptor } = await established({ initiator: { mechanism } })
        const time = acceptor.krb5.authTime().getTime()
        assert.ok(time <= Date.now() && time > Date.now() - 600_000, new Date(time).toISOString())
        assert.equal(time % 1000, 0)
      })

      itUnless(NO_TICKET, 'both sides agree on that time', async () => {
        const { initiator, acceptor } = await established({ initiator: { mechanism } })
        assert.deepEqual(initiator.krb5.authTime(), acceptor.krb5.authTime())
      })

      it('the PAC is found among the authorization data, inside AD-IF-RELEVANT', async () => {
        const { acceptor } = await established({ initiator: { mechanism } })
        const [pac] = acceptor.krb5.authorizationData(AD_PAC)
        assert.ok(pac)
        // MS-PAC §2.3: the number of buffers, and the version, 0.
        assert.ok(pac.readUInt32LE(0) >= 2 && pac.readUInt32LE(0) < 20)
        assert.equal(pac.readUInt32LE(4), 0)
        const [wrapper] = acceptor.krb5.authorizationData(AD_IF_RELEVANT)
        assert.ok(wrapper?.includes(pac))
      })

      it('authorization data that the ticket does not have is none', async () => {
        const { acceptor } = await established({ initiator: { mechanism } })
        for (const type of [2, 71, 0x7fffffff]) {
          assert.deepEqual(acceptor.krb5.authorizationData(type), [])
        }
      })

      itUnless(NO_TICKET, 'an initiator has no authorization data', async () => {
        const { initiator } = await established({ initiator: { mechanism } })
        assert.deepEqual(initiator.krb5.authorizationData(AD_PAC), [])
      })

      it('a lucid context has what both sides share, and ends the context', async () => {
        const { initiator, acceptor } = await established({ initiator: { mechanism } })
        const lifetime = secondsLeft(initiator)
        const [one, other] = [initiator.krb5.exportLucid(), acceptor.krb5.exportLucid()]
        assert.deepEqual([one.initiator, other.initiator], [true, false])
        assert.equal(one.sendSequence, other.receiveSequence)
        assert.equal(one.receiveSequence, other.sendSequence)
        for (const lucid of [one, other]) {
          assert.equal(lucid.protocol, 'rfc4121')
          assert.equal(lucid.sealAlgorithm, null)
          assert.ok(Math.abs(lucid.expires.getTime() - Date.now() - lifetime * 1000) < 400_000)
        }
        assert.ok(one.acceptorSubkey)
        assert.deepEqual(one.acceptorSubkey, other.acceptorSubkey)
        assert.equal(one.acceptorSubkey.key.length, 32)
        for (const context of [initiator, acceptor]) {
          assert.throws(() => context.wrap(Buffer.from('x')), { code: 'ERR_GSS_DISPOSED' })
          assert.throws(() => context.krb5.exportLucid(), { code: 'ERR_GSS_DISPOSED' })
          assert.throws(() => context.krb5.ticketFlags(), { code: 'ERR_GSS_DISPOSED' })
          assert.equal(context.complete, true)
        }
      })

      it('before the context is established there is nothing to know', async () => {
        const pair = newPair({ initiator: { mechanism } })
        await firstToken(pair.initiator)
        for (const call of [
          () => pair.initiator.krb5.ticketFlags(),
          () => pair.initiator.krb5.authTime(),
          () => pair.initiator.krb5.authorizationData(AD_PAC),
          () => pair.initiator.krb5.exportLucid(),
          () => pair.acceptor.krb5.ticketFlags(),
        ]) {
          assert.equal((await failure(call)).code, 'ERR_GSS_NOT_ESTABLISHED')
        }
      })
    })
  }

  itUnless(
    heimdal('7.8 lacks gss_acquire_cred_from') ||
      (externalKdc() !== undefined && 'its principals there are made without these flags'),
    'flags tell a service’s ticket that a password was given for, and one that cannot be forwarded',
    async () => {
      const options = { service: PRINCIPAL, forwardable: false }
      const ccache = await realm().kinit('alice', { ccache: 'initial', ...options })
      const credential = await Credential.acquire({ store: { ccache } })
      const { acceptor } = await established({ initiator: { credential } })
      const flags = acceptor.krb5.ticketFlags()
      assert.equal(flags.initial, true)
      assert.equal(flags.forwardable, false)
    },
  )

  it('a service that the realm trusts is told by the ticket', async () => {
    await realm().addService('trusted@server.example.test', { attributes: ['+ok_as_delegate'] })
    const target = 'trusted@server.example.test'
    const { acceptor } = await established({ initiator: { target } })
    assert.equal(acceptor.krb5.ticketFlags().okAsDelegate, true)
  })

  it('a call is refused while another is pending', async () => {
    const { initiator } = await established()
    const pending = initiator.wrapAsync(Buffer.alloc(1_000_000))
    const busy = { code: 'ERR_GSS_CONTEXT_BUSY' }
    assert.throws(() => initiator.krb5.ticketFlags(), busy)
    assert.throws(() => initiator.krb5.exportLucid(), busy)
    assert.throws(() => initiator.setOption(UNKNOWN_OID), busy)
    assert.throws(() => initiator.processContextToken(Buffer.from('abcd')), busy)
    await pending
    initiator.wrap(Buffer.from('it goes on'))
  })

  it('a method borrowed by another object is a TypeError', async () => {
    const { initiator } = await established()
    const facts = Object.getPrototypeOf(initiator.krb5) as object
    for (const name of ['ticketFlags', 'authTime', 'authorizationData', 'exportLucid'] as const) {
      const method = Reflect.get(facts, name) as (type: number) => unknown
      for (const receiver of [
        undefined,
        null,
        {},
        facts,
        initiator,
        new Proxy(initiator.krb5, {}),
      ]) {
        assert.throws(() => method.call(receiver, 1), TypeError, name)
      }
    }
    const { setOption, processContextToken, export: exportContext } = initiator
    for (const receiver of [undefined, {}, Object.create(initiator), initiator.krb5]) {
      const call = (method: (...values: never[]) => unknown) => () =>
        method.call(receiver, Buffer.from('x') as never)
      assert.throws(call(processContextToken), TypeError)
      assert.throws(() => setOption.call(receiver as never, '1.2.3'), TypeError)
      await assert.rejects(() => exportContext.call(receiver as never), TypeError)
    }
    initiator.wrap(Buffer.from('it goes on'))
  })

  it('a wrong type of authorization data is a mistake, and no endless loop', async () => {
    const { acceptor } = await established()
    for (const type of [0, -1, -128, 2 ** 31, 1.5, NaN, Infinity]) {
      assert.throws(() => acceptor.krb5.authorizationData(type), { code: 'ERR_OUT_OF_RANGE' })
    }
    for (const type of ['128', null, undefined, {}, 128n]) {
      assert.throws(() => acceptor.krb5.authorizationData(type as never), {
        code: 'ERR_INVALID_ARG_TYPE',
      })
    }
  })

  it('an option that nobody knows is an error, before the first step and after the last', async () => {
    const { initiator } = await established()
    for (const context of [newPair().initiator, newPair().acceptor, initiator]) {
      const error = await failure(() => context.setOption(UNKNOWN_OID, Buffer.from('on')))
      if (!onHeimdal) assert.equal(error.code, 'GSS_S_UNAVAILABLE')
      assert.match(error.code, /^GSS_S_/)
    }
    const pair = await established()
    assert.equal(pair.acceptor.unwrap(pair.initiator.wrap(Buffer.from('on'))).qop, 0)
  })

  if (onHeimdal) {
    it('an option of krb5 is set', async () => {
      const { initiator } = await established()
      initiator.setOption('1.2.752.43.13.4', Buffer.from([1])) // GSS_KRB5_COMPAT_DES3_MIC_X
    })
  }

  it('an option whose value is an address is not passed on', async () => {
    const { initiator } = await established()
    for (const oid of ['1.2.752.43.13.11', '1.2.752.43.13.19']) {
      const error = await failure(() => initiator.setOption(oid, Buffer.alloc(16, 0x41)))
      assert.equal(error.code, 'ERR_GSS_UNSUPPORTED')
    }
  })

  it('an address of keys is not to be had by inquireByOid', async () => {
    const { initiator, acceptor } = await established()
    const arcs = ['1.2.840.113554.1.2.2.5.6', '1.2.752.43.13.6']
    for (const oid of arcs.flatMap((arc) => [arc, `${arc}.1`, `${arc}.1.2`])) {
      assert.equal((await failure(() => initiator.inquireByOid(oid))).code, 'GSS_S_UNAVAILABLE')
    }
    acceptor.unwrap(initiator.wrap(Buffer.from('it goes on')))
  })

  it('inquireByOid tells what the mechanism knows, and what it does not', async () => {
    const { initiator } = await established()
    const [key] = initiator.inquireByOid('1.2.840.113554.1.2.2.5.5')
    assert.deepEqual(key, initiator.sessionKey().key)
    const unknown = await failure(() => initiator.inquireByOid(UNKNOWN_OID))
    assert.equal(unknown.code, onHeimdal ? 'GSS_S_FAILURE' : 'GSS_S_UNAVAILABLE')
    assert.throws(() => initiator.inquireByOid('one.two'), { code: 'ERR_INVALID_ARG_VALUE' })
  })

  itUnless(
    heimdal('7.8 does not know GSS_C_SEC_CONTEXT_SASL_SSF'),
    'the strength for SASL is told in bits',
    async () => {
      const { initiator } = await established()
      const [strength] = initiator.inquireByOid('1.2.840.113554.1.2.2.5.15')
      assert.equal(strength?.readUInt32BE(0), 256)
    },
  )

  itUnless(NO_TOKENS, 'a token that is none for the context harms nothing', async () => {
    const { initiator, acceptor } = await established()
    const empty = Buffer.alloc(0)
    const messages = [acceptor.wrap(Buffer.from('x')), acceptor.getMic(empty)]
    for (const token of [Buffer.from('abcd'), empty, ...messages]) {
      const error = await failure(() => initiator.processContextToken(token))
      assert.equal(error.code, 'GSS_S_DEFECTIVE_TOKEN')
    }
    const token = initiator.wrap(Buffer.from('it goes on'))
    assert.equal(acceptor.unwrap(token).message.toString(), 'it goes on')
  })

  if (onHeimdal) {
    it('a token that would free half of the context is not passed on', async () => {
      const { initiator, acceptor } = await established()
      const token = acceptor.getMic(Buffer.alloc(0))
      assert.throws(() => initiator.processContextToken(token), { code: 'ERR_GSS_UNSUPPORTED' })
      acceptor.unwrap(initiator.wrap(Buffer.from('it goes on')))
    })
  }
})
