/** Where there is no GSSAPI library for the C library of the process: as a user meets it in a bare container. */
import assert from 'node:assert/strict'
import { Initiator, library } from 'gssapi'

describe('without a GSSAPI library', () => {
  it('importing the package works, and the first call says what to install', () => {
    assert.throws(() => library(), {
      code: 'ERR_GSS_LIBRARY_NOT_FOUND',
      message: /apk add krb5-libs/,
    })
  })

  it('a handshake is refused with the same, and the process lives', async () => {
    await assert.rejects(async () => new Initiator({ target: 'a@b' }).step(), {
      code: 'ERR_GSS_LIBRARY_NOT_FOUND',
    })
  })
})
