/** Each status of SSPI's becomes the code that MIT krb5 gives in the same situation. */
import assert from 'node:assert/strict'
import { Acceptor, Initiator } from 'gssapi'
import { failure, established, pattern, SERVICE, SUITE } from '../helpers/handshake'
import { useRealm } from '../helpers/realm'
import { shim } from './shim'

/** winerror.h, and the code for it. */
const STATUSES: Record<string, Record<string, number>> = {
  GSS_S_BAD_MECH: { SEC_E_SECPKG_NOT_FOUND: 0x05, SEC_E_BAD_PKGID: 0x16 },
  GSS_S_BAD_NAME: { SEC_E_INVALID_UPN_NAME: 0x69 },
  GSS_S_BAD_BINDINGS: { SEC_E_BAD_BINDINGS: 0x46 },
  GSS_S_BAD_MIC: { SEC_E_MESSAGE_ALTERED: 0x0f, SEC_E_DECRYPT_FAILURE: 0x30 },
  GSS_S_NO_CRED: {
    SEC_E_NOT_OWNER: 0x06,
    SEC_E_LOGON_DENIED: 0x0c,
    SEC_E_UNKNOWN_CREDENTIALS: 0x0d,
    SEC_E_NO_CREDENTIALS: 0x0e,
    SEC_E_NO_TGT_REPLY: 0x34,
    SEC_E_SMARTCARD_LOGON_REQUIRED: 0x3e,
    SEC_E_NO_KERB_KEY: 0x48,
  },
  GSS_S_NO_CONTEXT: {
    SEC_E_INVALID_HANDLE: 0x01,
    SEC_E_UNFINISHED_CONTEXT_DELETED: 0x33,
    SEC_E_NO_CONTEXT: 0x61,
  },
  GSS_S_DEFECTIVE_TOKEN: {
    SEC_E_INVALID_TOKEN: 0x08,
    SEC_E_INCOMPLETE_MESSAGE: 0x18,
    SEC_E_ILLEGAL_MESSAGE: 0x26,
  },
  GSS_S_DEFECTIVE_CREDENTIAL: {
    SEC_E_INCOMPLETE_CREDENTIALS: 0x20,
    SEC_E_WRONG_CREDENTIAL_HANDLE: 0x36,
  },
  GSS_S_CONTEXT_EXPIRED: { SEC_E_CONTEXT_EXPIRED: 0x17 },
  GSS_S_BAD_QOP: { SEC_E_QOP_NOT_SUPPORTED: 0x0a },
  GSS_S_UNAUTHORIZED: {
    SEC_E_NO_IMPERSONATION: 0x0b,
    SEC_E_SECURITY_QOS_FAILED: 0x32,
    SEC_E_DELEGATION_REQUIRED: 0x45,
    SEC_E_DELEGATION_POLICY: 0x5e,
    SEC_E_POLICY_NLTM_ONLY: 0x5f,
  },
  GSS_S_UNAVAILABLE: { SEC_E_NO_S4U_PROT_SUPPORT: 0x56 },
  GSS_S_UNSEQ_TOKEN: { SEC_E_OUT_OF_SEQUENCE: 0x10 },
  GSS_S_FAILURE: {
    SEC_E_INSUFFICIENT_MEMORY: 0x00,
    SEC_E_TARGET_UNKNOWN: 0x03,
    SEC_E_INTERNAL_ERROR: 0x04,
    SEC_E_CANNOT_INSTALL: 0x07,
    SEC_E_CANNOT_PACK: 0x09,
    SEC_E_NO_AUTHENTICATING_AUTHORITY: 0x11,
    SEC_E_BUFFER_TOO_SMALL: 0x21,
    SEC_E_WRONG_PRINCIPAL: 0x22,
    SEC_E_TIME_SKEW: 0x24,
    SEC_E_UNTRUSTED_ROOT: 0x25,
    SEC_E_CERT_UNKNOWN: 0x27,
    SEC_E_CERT_EXPIRED: 0x28,
    SEC_E_ENCRYPT_FAILURE: 0x29,
    SEC_E_ALGORITHM_MISMATCH: 0x31,
    SEC_E_NO_IP_ADDRESSES: 0x35,
    SEC_E_CRYPTO_SYSTEM_INVALID: 0x37,
    SEC_E_MAX_REFERRALS_EXCEEDED: 0x38,
    SEC_E_MUST_BE_KDC: 0x39,
    SEC_E_STRONG_CRYPTO_NOT_SUPPORTED: 0x3a,
    SEC_E_TOO_MANY_PRINCIPALS: 0x3b,
    SEC_E_NO_PA_DATA: 0x3c,
    SEC_E_PKINIT_NAME_MISMATCH: 0x3d,
    SEC_E_SHUTDOWN_IN_PROGRESS: 0x3f,
    SEC_E_KDC_INVALID_REQUEST: 0x40,
    SEC_E_KDC_UNABLE_TO_REFER: 0x41,
    SEC_E_KDC_UNKNOWN_ETYPE: 0x42,
    SEC_E_UNSUPPORTED_PREAUTH: 0x43,
    SEC_E_MULTIPLE_ACCOUNTS: 0x47,
    SEC_E_CERT_WRONG_USAGE: 0x49,
    SEC_E_DOWNGRADE_DETECTED: 0x50,
    SEC_E_SMARTCARD_CERT_REVOKED: 0x51,
    SEC_E_ISSUING_CA_UNTRUSTED: 0x52,
    SEC_E_REVOCATION_OFFLINE_C: 0x53,
    SEC_E_PKINIT_CLIENT_FAILURE: 0x54,
    SEC_E_SMARTCARD_CERT_EXPIRED: 0x55,
    SEC_E_CROSSREALM_DELEGATION_FAILURE: 0x57,
    SEC_E_REVOCATION_OFFLINE_KDC: 0x58,
    SEC_E_ISSUING_CA_UNTRUSTED_KDC: 0x59,
    SEC_E_KDC_CERT_EXPIRED: 0x5a,
    SEC_E_KDC_CERT_REVOKED: 0x5b,
    SEC_E_INVALID_PARAMETER: 0x5d,
    SEC_E_PKU2U_CERT_FAILURE: 0x62,
    SEC_E_MUTUAL_AUTH_FAILED: 0x63,
    SEC_E_ONLY_HTTPS_ALLOWED: 0x65,
    SEC_E_APPLICATION_PROTOCOL_MISMATCH: 0x67,
    SEC_E_EXT_BUFFER_TOO_SMALL: 0x6a,
    SEC_E_INSUFFICIENT_BUFFERS: 0x6b,
  },
  ERR_GSS_UNSUPPORTED: { SEC_E_UNSUPPORTED_FUNCTION: 0x02 },
}
const ERROR = 0x80090300

describe("SSPI's statuses", () => {
  useRealm(SUITE)

  for (const [code, statuses] of Object.entries(STATUSES)) {
    it(`${code} is not the code of ${Object.keys(statuses).join(', ')}`, async () => {
      for (const [name, number] of Object.entries(statuses)) {
        shim.plan('InitializeSecurityContextW', ERROR + number)
        const error = await failure(() => new Initiator({ target: SERVICE }).step())
        const { status, statusValue, minor, call } = error
        assert.deepEqual([status, error.code], [name, code])
        assert.deepEqual([statusValue, minor], [ERROR + number, ERROR + number])
        assert.equal(call, 'InitializeSecurityContextW')
      }
    })
  }

  it('a status that nobody knows has no number, or another code than GSS_S_FAILURE', async () => {
    for (const number of [0x800903ff, 0xc000006d]) {
      shim.plan('AcceptSecurityContext', number)
      const error = await failure(() => new Acceptor().step(Buffer.from('600b')))
      const text = `0x${number.toString(16).toUpperCase()}`
      assert.deepEqual([error.status, error.code], [text, 'GSS_S_FAILURE'])
    }
  })

  it('a state that SSPI has for TLS alone passes for success', async () => {
    const [INCOMPLETE_CREDENTIALS, RENEGOTIATE] = [0x00090320, 0x00090321]
    for (const status of [INCOMPLETE_CREDENTIALS, RENEGOTIATE]) {
      shim.plan('InitializeSecurityContextW', status)
      const initiator = new Initiator({ target: SERVICE })
      const error = await failure(() => initiator.step())
      assert.equal(error.code, 'GSS_S_FAILURE')
      assert.equal(initiator.complete, false)
    }
  })

  it('refuses a message that was not given, or not verified, and gives no empty one', async () => {
    const { initiator, acceptor } = await established()
    const OK = 0
    const states = [0x00090312, 0x00090317, 0x00090321] // CONTINUE_NEEDED, CONTEXT_EXPIRED, RENEGOTIATE
    for (const size of [40, 5000, 20_000]) {
      const token = acceptor.wrap(pattern(size))
      const read: (() => unknown)[] = [
        () => initiator.unwrap(token),
        () => initiator.unwrapAsync(token),
        () => initiator.unwrapInto(token, Buffer.alloc(size + 100)),
        () =>
          initiator.unwrapIov([{ type: 'stream', buffer: Buffer.from(token) }, { type: 'data' }]),
        () => initiator.unwrapAead(token, Buffer.alloc(0)),
      ]
      for (const status of [OK, ...states]) {
        for (const each of read) {
          shim.plan('DecryptMessage', status)
          assert.equal((await failure(each)).code, 'GSS_S_FAILURE')
        }
      }
    }
    const other = await established()
    const mic = other.acceptor.getMic(pattern(5))
    for (const status of states) {
      shim.plan('VerifySignature', status)
      const error = await failure(() => other.initiator.verifyMic(pattern(5), mic))
      assert.equal(error.code, 'GSS_S_FAILURE')
    }
    assert.equal(other.initiator.verifyMic(pattern(5), mic).qop, 0)
  })

  it('the call that failed is not named, or the context is lost with a message', async () => {
    const { initiator, acceptor } = await established()
    const token = acceptor.wrap(pattern(5))
    const mic = acceptor.getMic(pattern(5))
    const calls: Record<string, () => unknown> = {
      EncryptMessage: () => initiator.wrap(pattern(5)),
      DecryptMessage: () => initiator.unwrap(token),
      MakeSignature: () => initiator.getMic(pattern(5)),
      VerifySignature: () => initiator.verifyMic(pattern(5), mic),
    }
    for (const [name, call] of Object.entries(calls)) {
      shim.plan(name, ERROR + 0x17)
      const error = await failure(call)
      assert.deepEqual([error.call, error.code], [name, 'GSS_S_CONTEXT_EXPIRED'])
      await call()
    }
  })

  it('what to do about it is not said', async () => {
    const hints: [number, RegExp][] = [
      [0x03, /setspn/], // no such SPN
      [0x47, /setspn/], // registered twice
      [0x24, /clock/],
      [0x11, /domain controller/],
      [0x0e, /log on/],
      [0x0c, /password/],
    ]
    for (const [number, hint] of hints) {
      shim.plan('InitializeSecurityContextW', ERROR + number)
      const error = await failure(() => new Initiator({ target: SERVICE }).step())
      assert.match(error.hint ?? '', hint)
    }
  })
})
