import assert from 'node:assert/strict'
import { GssError, Name } from 'gssapi'
import { codeOfStatus } from '../../lib/credential/password-errors'
import { accountOf, checkSameUser, sameAccount } from '../../lib/credential/same-user'
import { provenName } from '../../lib/context/verify-password'

describe('whose password it was', () => {
  it('a name counts only where both sides have come to their end', () => {
    const name = Name.principal('alice@A.TEST')
    const side = (complete: boolean, initiatorName: Name | null = name) => ({
      complete,
      initiatorName,
    })
    assert.equal(provenName(side(true), side(true)), name)
    const unproven = [
      [side(false), side(true)],
      [side(true), side(false)],
      [side(true), side(true, null)],
    ] as const
    for (const [client, server] of unproven) {
      assert.throws(() => provenName(client, server), { code: 'ERR_GSS_KDC_NOT_TRUSTED' })
    }
  })

  it('the case of letters may differ, by both of its rules, and nothing else', async () => {
    if (process.platform === 'win32') return
    const same = (asked: string, found: string) =>
      checkSameUser(Name.principal(asked), Name.principal(found), '').then(
        () => true,
        (error: unknown) => {
          assert.ok(error instanceof GssError && error.code === 'ERR_GSS_USER_MISMATCH')
          return false
        },
      )
    assert.equal(await same('alice@A.TEST', 'alice@A.TEST'), true)
    assert.equal(await same('ALICE@A.TEST', 'alice@A.TEST'), true)
    assert.equal(await same('álÏce@A.TEST', 'ÁLïce@A.TEST'), true)
    const others = [
      ['alice@A.TEST', 'alicf@A.TEST'],
      ['alice@A.TEST', 'alice@B.TEST'],
      ['kim@A.TEST', '\u212aim@A.TEST'], // the sign of Kelvin
      ['ian@A.TEST', '\u0131an@A.TEST'], // an i without its dot
      ['sue@A.TEST', '\u017fue@A.TEST'], // a long s
      ['strasse@A.TEST', 'straße@A.TEST'],
      ['alice/admin@A.TEST', 'alice@A.TEST'],
      ['alice@A.TEST', 'alice\\/admin@A.TEST'],
    ] as const
    for (const [asked, found] of others) assert.equal(await same(asked, found), false, found)
  })

  it('Windows’ names are one account’s, however they are written', () => {
    const same: [string, string, string?][] = [
      ['alice@CORP.EXAMPLE.COM', 'alice@CORP.EXAMPLE.COM'],
      ['ALICE@corp.example.com', 'alice@CORP.EXAMPLE.COM'],
      ['CORP\\alice', 'alice@CORP.EXAMPLE.COM'],
      ['corp\\Alice', 'CORP\\alice'],
      ['alice@CORP.EXAMPLE.COM', 'CORP\\alice'],
      ['alice', 'alice@CORP.EXAMPLE.COM', 'corp'],
      ['alice', 'CORP\\alice', 'CORP.EXAMPLE.COM'],
      ['alice', 'alice@CORP.EXAMPLE.COM'],
    ]
    for (const names of same) assert.equal(sameAccount(...names), true, names.join())
    const others: [string, string, string?][] = [
      ['alice@CORP.EXAMPLE.COM', 'mallory@CORP.EXAMPLE.COM'],
      ['alice@CORP.EXAMPLE.COM', 'alice@EVIL.EXAMPLE.COM'],
      ['CORP\\alice', 'alice@CORPORATION.EXAMPLE.COM'],
      ['CORP\\alice', 'EVIL\\alice'],
      ['alice', 'alice@EVIL.EXAMPLE.COM', 'CORP'],
      ['alice@CORP.EXAMPLE.COM', 'alice@CORP.EVIL.COM'],
    ]
    for (const names of others) assert.equal(sameAccount(...names), false, names.join())
    assert.deepEqual(accountOf('CORP\\a@b'), ['a@b', 'CORP'])
  })

  it('Windows’ statuses have the same codes by NTSTATUS, HRESULT and SSPI', () => {
    const codes: [string, number[]][] = [
      [
        'ERR_GSS_PASSWORD_WRONG',
        [0xc000006a, 0xd000006a, 0xc000006d, 0x80070056, 0x8007052e, 0x8009030c],
      ],
      ['ERR_GSS_USER_UNKNOWN', [0xc0000064, 0xd0000064, 0x80070525]],
      ['ERR_GSS_PASSWORD_EXPIRED', [0xc0000071, 0xc0000224, 0xd0000224, 0x80070532, 0x80070773]],
      [
        'ERR_GSS_ACCOUNT_LOCKED',
        [0xc0000234, 0xc0000072, 0xc000006f, 0x80070775, 0x80070533, 0x80070530],
      ],
      ['ERR_GSS_ACCOUNT_EXPIRED', [0xc0000193, 0xd0000193, 0x80070701]],
      ['ERR_GSS_PASSWORD_INSUFFICIENT', [0xc00002fa, 0x8009033e]],
    ]
    for (const [code, statuses] of codes) {
      for (const status of statuses) assert.equal(codeOfStatus(status), code, status.toString(16))
    }
    for (const none of [0, 0x80090308, 0xc0000001, 0x6a, 0x8007006a]) {
      assert.equal(codeOfStatus(none), undefined, none.toString(16))
    }
  })
})
