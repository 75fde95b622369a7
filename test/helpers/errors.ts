import assert from 'node:assert/strict'
import { GssError } from 'gssapi'
import { onHeimdal } from './handshake'

export interface Expected {
  code: string
  minorName?: string
  hint: RegExp
}

/** Whatever the mechanism; but Heimdal has codes of its own. */
export function checkError(error: GssError, { code, minorName, hint }: Expected): void {
  assert.ok(error instanceof GssError, String(error))
  assert.match(error.call, /^gss_/)
  assert.ok(error.majorMessages.length > 0)
  assert.ok(error.stack?.includes('.test.'), 'the stack is the caller’s')
  if (onHeimdal) return
  assert.equal(error.code, code)
  assert.equal(error.minorName, minorName)
  assert.match(error.hint ?? '', hint)
}
