/** What the caller asked for, on the record of a failure: by it a hint is chosen. */
import type { Asked } from '../native'

/** The native call's promise; where it fails, the record says what was asked for. */
export function telling<T>(asked: Asked, pending: Promise<T>): Promise<T> {
  return pending.catch((thrown: unknown) => {
    const record = typeof thrown === 'object' && thrown !== null && !(thrown instanceof Error)
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- a record, errors.ts makes the error
    throw record ? Object.assign(thrown, { asked }) : thrown
  })
}

/** What the names of keytabs begin with whose content was given: see encoding/keytab.ts. */
export const GIVEN = 'MEMORY:gssapi-keytab-'

const ELEMENTS: Readonly<Record<string, 'ccache' | 'keytab' | 'clientKeytab'>> = {
  ccache: 'ccache',
  keytab: 'keytab',
  client_keytab: 'clientKeytab',
}

/** Of a credential: `elements` are keys and values by turns, `secret` the password. */
export function askedOfCredential(
  usage: NonNullable<Asked['usage']>,
  name: { toString(): string } | null,
  elements: readonly string[],
  secret: Uint8Array | null,
): Asked {
  const asked: Asked = { usage, password: secret !== null }
  if (name !== null) asked.name = shown(name)
  elements.forEach((key, i) => {
    if (i % 2 === 1) return
    if (key === 'password') asked.password = true
    const element = Object.hasOwn(ELEMENTS, key) ? ELEMENTS[key] : undefined
    const value = elements[i + 1]
    if (element === undefined || value === undefined) return
    asked[element] = value.startsWith(GIVEN) ? 'MEMORY: (given as bytes)' : value
  })
  return asked
}

/** A name that cannot be shown is left out of a hint. */
function shown(name: { toString(): string }): string {
  try {
    return name.toString()
  } catch {
    return ''
  }
}
