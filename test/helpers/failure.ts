import assert from 'node:assert/strict'
import { GssError } from 'gssapi'

/** The GssError that the call rejects with or throws. */
export async function failure(call: () => unknown): Promise<GssError> {
  try {
    await call()
  } catch (error) {
    assert.ok(error instanceof GssError, String(error))
    return error
  }
  throw new assert.AssertionError({ message: 'it did not fail' })
}

/** A hint is one well-formed sentence or two, fit for a person. */
export function assertHint(error: GssError, expected: RegExp): void {
  assert.match(error.hint ?? '', expected)
  assert.doesNotMatch(error.hint ?? '', / {2}|undefined|null/)
}
