import assert from 'node:assert/strict'
import { GssError } from 'gssapi'
import { onHeimdal } from './handshake'

export interface Expected {
  code: string
  minorName?: string
  hint: RegExp
}

/**
 * Heimdal has codes of its own. MIT's SPNEGO has minor numbers of its own, under which krb5's names
 * are not found: there `spnego` says what the message must hold.
 */
export function checkError(
  error: GssError,
  { code, minorName, hint }: Expected,
  spnego?: RegExp,
): void {
  assert.ok(error instanceof GssError, String(error))
  assert.match(error.call, /^gss_/)
  assert.ok(error.majorMessages.length > 0)
  assert.ok(error.stack?.includes('.test.'), 'the stack is the caller’s')
  if (onHeimdal) return
  assert.equal(error.code, code)
  if (spnego) assert.match(error.message, spnego)
  else assert.equal(error.minorName, minorName)
  if (!spnego) assert.match(error.hint ?? '', hint)
}
