import assert from 'node:assert/strict'
import { inspect } from 'node:util'
import { GssError } from 'gssapi'
import { CALLING_ERRORS, ROUTINE_ERRORS, SUPPLEMENTARY_BITS } from '../../lib/base/codes'
import {
  attempt,
  codeOfMajor,
  majorOfCode,
  refusal,
  refusalAs,
  toGssError,
} from '../../lib/base/errors'
import type { StatusRecord } from '../../lib/native'

const RECORD: StatusRecord = {
  code: '',
  call: 'gss_init_sec_context',
  detail: '',
  major: 13 << 16,
  minor: 0x96c73a07,
  majorMessages: ['Unspecified GSS failure'],
  minorMessages: ['Server not found in Kerberos database'],
  minorName: 'KRB5KDC_ERR_S_PRINCIPAL_UNKNOWN',
  statusName: '',
  statusValue: 0,
  token: null,
}

function error(fields: Partial<StatusRecord> = {}): GssError {
  const made = toGssError({ ...RECORD, ...fields })
  assert.ok(made instanceof GssError)
  return made
}

function hint(minorName: string, fields: Partial<StatusRecord> = {}): string {
  const found = error({ minorName, ...fields }).hint
  assert.ok(found, `${minorName} has a hint`)
  return found
}

// Typed from RFC 2744 §3.9.1, not from the table under test.
const CODES: [number, string][] = [
  [0x00010000, 'GSS_S_BAD_MECH'],
  [0x00020000, 'GSS_S_BAD_NAME'],
  [0x00030000, 'GSS_S_BAD_NAMETYPE'],
  [0x00040000, 'GSS_S_BAD_BINDINGS'],
  [0x00050000, 'GSS_S_BAD_STATUS'],
  [0x00060000, 'GSS_S_BAD_MIC'],
  [0x00070000, 'GSS_S_NO_CRED'],
  [0x00080000, 'GSS_S_NO_CONTEXT'],
  [0x00090000, 'GSS_S_DEFECTIVE_TOKEN'],
  [0x000a0000, 'GSS_S_DEFECTIVE_CREDENTIAL'],
  [0x000b0000, 'GSS_S_CREDENTIALS_EXPIRED'],
  [0x000c0000, 'GSS_S_CONTEXT_EXPIRED'],
  [0x000d0000, 'GSS_S_FAILURE'],
  [0x000e0000, 'GSS_S_BAD_QOP'],
  [0x000f0000, 'GSS_S_UNAUTHORIZED'],
  [0x00100000, 'GSS_S_UNAVAILABLE'],
  [0x00110000, 'GSS_S_DUPLICATE_ELEMENT'],
  [0x00120000, 'GSS_S_NAME_NOT_MN'],
  [0x00130000, 'GSS_S_BAD_MECH_ATTR'],
  [0x01000000, 'GSS_S_CALL_INACCESSIBLE_READ'],
  [0x02000000, 'GSS_S_CALL_INACCESSIBLE_WRITE'],
  [0x03000000, 'GSS_S_CALL_BAD_STRUCTURE'],
  [2, 'GSS_S_DUPLICATE_TOKEN'],
  [4, 'GSS_S_OLD_TOKEN'],
  [8, 'GSS_S_UNSEQ_TOKEN'],
  [16, 'GSS_S_GAP_TOKEN'],
]

describe('errors', () => {
  for (const [major, code] of CODES) {
    it(`a major status of 0x${major.toString(16)} is not ${code}`, () => {
      assert.equal(codeOfMajor(major), code)
      const made = error({ major, majorMessages: [], minorName: '' })
      assert.equal(made.code, code)
      assert.equal(made.major, major)
      assert.equal(made.majorMessages.length, 1, 'the table has a message for each row')
    })
  }

  it('a row of the code table is tested nowhere', () => {
    const tables = [...ROUTINE_ERRORS, ...CALLING_ERRORS, ...SUPPLEMENTARY_BITS]
    const rows: string[] = tables.map((row) => row[1])
    assert.deepEqual(rows, [...CODES.map(([, code]) => code)])
    assert.equal(new Set(rows).size, rows.length)
  })

  it('a routine error with a calling error or supplementary bits loses its code', () => {
    assert.equal(codeOfMajor(0x01090012), 'GSS_S_DEFECTIVE_TOKEN')
    assert.equal(codeOfMajor(0x02000010), 'GSS_S_CALL_INACCESSIBLE_WRITE')
  })

  it('the worst of several sequence states is not the code', () => {
    assert.equal(codeOfMajor(2 | 16), 'GSS_S_DUPLICATE_TOKEN')
    assert.equal(codeOfMajor(4 | 8), 'GSS_S_OLD_TOKEN')
    assert.equal(codeOfMajor(8 | 16), 'GSS_S_UNSEQ_TOKEN')
  })

  it('an unknown or unsigned status has no code', () => {
    assert.equal(codeOfMajor(0x00ff0000), 'GSS_S_FAILURE')
    assert.equal(codeOfMajor(0xff000000), 'GSS_S_FAILURE')
    assert.equal(codeOfMajor(0), 'GSS_S_FAILURE')
    assert.equal(majorOfCode('GSS_S_DEFECTIVE_TOKEN'), 0x00090000)
    assert.equal(majorOfCode('GSS_S_NONSENSE' as never), 0x000d0000)
  })

  it('what the record says is missing on the error', () => {
    const made = error()
    assert.equal(made.name, 'GssError')
    assert.equal(made.code, 'GSS_S_FAILURE')
    assert.equal(made.minor, 0x96c73a07)
    assert.equal(made.minorName, 'KRB5KDC_ERR_S_PRINCIPAL_UNKNOWN')
    assert.deepEqual(made.minorMessages, RECORD.minorMessages)
    assert.equal(made.call, 'gss_init_sec_context')
    assert.equal(
      made.message,
      'gss_init_sec_context: Unspecified GSS failure: Server not found in Kerberos database',
    )
    assert.match(made.stack ?? '', /errors\.test/)
  })

  it('what the record does not say is there as undefined', () => {
    const made = error({ minorName: '' })
    for (const name of ['minorName', 'status', 'statusValue', 'token', 'hint']) {
      assert.ok(!(name in made), name)
    }
  })

  it("Windows' own status is lost", () => {
    const made = error({ statusName: 'SEC_E_TARGET_UNKNOWN', statusValue: 0x80090303 })
    assert.equal(made.status, 'SEC_E_TARGET_UNKNOWN')
    assert.equal(made.statusValue, 0x80090303)
  })

  it('the token for the peer is lost, or printed', () => {
    const made = error({ token: Buffer.from('the-token-itself') })
    assert.equal(made.token?.toString(), 'the-token-itself')
    assert.doesNotMatch(inspect(made, { depth: 9 }), /74 68 65 2d 74 6f|the-token/)
    assert.ok(!JSON.stringify(made).includes('token'))
  })

  it('a refusal in the place of the library reads differently', () => {
    const made = refusalAs('GSS_S_DEFECTIVE_TOKEN', 'the token is empty', 'gss_init_sec_context')
    assert.equal(made.major, 0x00090000)
    assert.equal(made.message, 'gss_init_sec_context: A token was invalid: the token is empty')
    const own = refusal('ERR_GSS_DISPOSED', 'the context has been disposed')
    assert.equal(own.message, 'the context has been disposed')
    assert.equal(own.major, 0)
  })

  it('a range that does not fit becomes a GssError', () => {
    const made = toGssError({ ...RECORD, code: 'ERR_OUT_OF_RANGE', detail: 'needs 70 bytes' })
    assert.ok(made instanceof RangeError)
    assert.equal((made as RangeError & { code: string }).code, 'ERR_OUT_OF_RANGE')
    assert.equal(made.message, 'needs 70 bytes')
    assert.ok(toGssError({ ...RECORD, code: 'ERR_MEMORY_ALLOCATION_FAILED' }) instanceof RangeError)
  })

  it('what is no record of ours is dressed up as one', () => {
    for (const thrown of [undefined, null, 5, 'x', {}, new TypeError('x'), { code: 'x' }]) {
      assert.equal(toGssError(thrown), thrown)
    }
  })

  it('rejects with what is known at once, a mistake or a failure', async () => {
    for (const code of [
      'ERR_GSS_DISPOSED',
      'ERR_GSS_NOT_ESTABLISHED',
      'ERR_GSS_ALREADY_ESTABLISHED',
      'ERR_GSS_CONTEXT_BUSY',
    ]) {
      await assert.rejects(() => attempt(() => fail({ ...RECORD, code })), { code })
    }
    await assert.rejects(() => attempt(() => fail(new TypeError('x'))), TypeError)
    const rejection = attempt(() => fail({ ...RECORD, code: 'ERR_GSS_LIBRARY_NOT_FOUND' }))
    await assert.rejects(rejection, { code: 'ERR_GSS_LIBRARY_NOT_FOUND' })
    await assert.rejects(
      attempt(() => fail(RECORD)),
      { code: 'GSS_S_FAILURE' },
    )
  })
})

function fail(thrown: unknown): never {
  throw thrown
}

describe('hints', () => {
  const cases: [string, string[], RegExp][] = [
    ['no ticket', ['KRB5_FCC_NOFILE', 'KRB5_CC_NOTFOUND', 'KG_EMPTY_CCACHE'], /no usable ticket/],
    ['an expired ticket', ['KRB5KRB_AP_ERR_TKT_EXPIRED'], /expired: run kinit/],
    ['an unknown service', ['KRB5KDC_ERR_S_PRINCIPAL_UNKNOWN'], /does not know the service/],
    ['an unknown client', ['KRB5KDC_ERR_C_PRINCIPAL_UNKNOWN'], /does not know the client/],
    [
      'a wrong key',
      ['KRB5KRB_AP_ERR_BAD_INTEGRITY', 'KRB5KRB_AP_ERR_MODIFIED', 'KRB5_KT_KVNONOTFOUND'],
      /keytab/,
    ],
    ['no key', ['KRB5_KT_NOTFOUND', 'KRB5KRB_AP_ERR_NOKEY', 'KG_KEYTAB_NOMATCH'], /klist -k/],
    ['clock skew', ['KRB5KRB_AP_ERR_SKEW', 'KRB5_KDCREP_SKEW'], /clock/],
    ['no KDC', ['KRB5_KDC_UNREACH'], /No KDC of the realm answered/],
    ['an unknown realm', ['KRB5_REALM_UNKNOWN', 'KRB5_REALM_CANT_RESOLVE'], /\[realms\]/],
    ['a replay', ['KRB5KRB_AP_ERR_REPEAT'], /seen before/],
    ['a foreign ticket', ['KRB5KRB_AP_WRONG_PRINC', 'KRB5KRB_AP_ERR_NOT_US'], /another service/],
    ['a wrong password', ['KRB5KDC_ERR_PREAUTH_FAILED', 'KRB5_PREAUTH_FAILED'], /password/],
    ['a broken cache', ['KRB5_CC_FORMAT', 'KRB5_CCACHE_BADVNO'], /kdestroy/],
    ['a broken keytab', ['KRB5_KEYTAB_BADVNO', 'KRB5_KT_FORMAT'], /make it anew/],
    [
      'a broken krb5.conf',
      ['KRB5_CONFIG_CANTOPEN', 'KRB5_CONFIG_BADFORMAT', 'PROF_SECTION_SYNTAX'],
      /krb5\.conf/,
    ],
    ['no default realm', ['KRB5_CONFIG_NODEFREALM'], /default_realm/],
    ['no common enctype', ['KRB5KDC_ERR_ETYPE_NOSUPP', 'KRB5_CC_NOT_KTYPE'], /encryption type/],
  ]
  for (const [what, names, expected] of cases) {
    it(`${what} is not explained`, () => {
      for (const name of names) assert.match(hint(name), expected)
    })
  }

  it('the cache or keytab that the library names is not in the hint', () => {
    const cache = ['No Kerberos credentials available (default cache: FILE:/tmp/krb5cc_0)']
    assert.match(hint('KRB5_FCC_NOFILE', { minorMessages: cache }), / in FILE:\/tmp\/krb5cc_0:/)
    const keytab = ["Key table file 'FILE:/etc/my.keytab' not found"]
    assert.match(hint('KRB5_KT_NOTFOUND', { minorMessages: keytab }), / FILE:\/etc\/my\.keytab: /)
  })

  it('the side that failed does not matter', () => {
    const accepting = { call: 'gss_accept_sec_context' }
    const changed = /key or password was changed/
    assert.match(hint('KRB5KRB_AP_ERR_MODIFIED', accepting), changed)
    assert.doesNotMatch(hint('KRB5KRB_AP_ERR_MODIFIED'), changed)
    const major = 7 << 16
    assert.match(hint('', { major, ...accepting }), /keytab/)
    assert.match(hint('', { major }), /kinit/)
  })

  it("a status of Windows' is not explained", () => {
    const explained = (statusName: string, fields: Partial<StatusRecord> = {}) =>
      error({ minorName: '', statusName, ...fields }).hint ?? ''
    assert.match(explained('SEC_E_TARGET_UNKNOWN'), /setspn -Q/)
    assert.match(explained('SEC_E_TIME_SKEW'), /clock/)
    assert.match(explained('SEC_E_NO_AUTHENTICATING_AUTHORITY'), /domain controller/)
    assert.match(explained('SEC_E_NO_CREDENTIALS'), /log on/)
    const accepting = { call: 'AcceptSecurityContext' }
    assert.match(explained('SEC_E_NO_CREDENTIALS', accepting), /run the service as/)
    const message = { call: 'DecryptMessage' }
    assert.match(explained('SEC_E_MESSAGE_ALTERED', message), /was altered/)
    assert.match(explained('SEC_E_MESSAGE_ALTERED', accepting), /key or password was changed/)
  })

  it('the message text decides', () => {
    const misleading = ['Clock skew too great', 'Cannot contact any KDC']
    assert.equal(error({ minorName: '', minorMessages: misleading }).hint, undefined)
    assert.equal(error({ minorName: 'toString', minorMessages: [] }).hint, undefined)
  })

  it('a code of ours is not explained', () => {
    for (const code of [
      'ERR_GSS_UNSUPPORTED',
      'ERR_GSS_PROTECTION_NOT_GRANTED',
      'ERR_GSS_CONTEXT_BUSY',
      'ERR_GSS_NOT_ESTABLISHED',
    ] as const) {
      assert.ok(refusal(code, 'x').hint, code)
    }
    for (const major of [2, 4, 8, 16, 4 << 16, 11 << 16, 12 << 16]) {
      assert.ok(error({ major, minorName: '' }).hint, `0x${major.toString(16)}`)
    }
  })
})
