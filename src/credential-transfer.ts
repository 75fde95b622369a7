/**
 * Credentials that go on in another process: as bytes, checked before the library sees them. What an exported credential
 * says of itself stands before the library's own token, so that importing asks nobody, and decides nothing that the
 * credential leaves open.
 */
import { abortable, type AsyncOptions } from './abort'
import { type Bytes, copied } from './bytes'
import { type Usage, USAGES } from './credential-options'
import { describeBefore, joinSecret, splitDescribed } from './description'
import { openEnvelope, sealEnvelope } from './envelope'
import { attempt, refusalAs, toGssError } from './errors'
import { type Mechanism, mechanismName, mechanismOid } from './mechanism'
import { Name } from './name'
import { oidOfType } from './name-type'
import { addon, type NativeCredential } from './native'
import { abortSignal, isOid } from './options'

const IMPORT = 'gss_import_cred'

/** What a Credential knows without asking. */
export interface Known {
  name: Name | null
  usage: Usage
  lifetime: number | null
  mechanisms: Mechanism[]
}

/** The same in JSON. */
interface Described {
  usage: Usage
  /** Object identifiers. */
  mechanisms: string[]
  /** Text and name type's object identifier; null where it is not known. */
  name: [text: string, type: string] | null
}

function isDescribed(value: unknown): value is Described {
  if (typeof value !== 'object' || value === null) return false
  const { usage, mechanisms, name } = value as Partial<Described>
  if (!USAGES.includes(usage as Usage) || !Array.isArray(mechanisms)) return false
  if (!mechanisms.every((each) => typeof each === 'string' && isOid(each))) return false
  return name === null || (Array.isArray(name) && name.every((each) => typeof each === 'string'))
}

const oidOf = (mechanism: Mechanism): string => mechanismOid(mechanism, 'mechanism')

/** What can be imported again; null where the text is not all that the name is. */
function textOf(name: Name | null): Described['name'] {
  if (name === null || ['exported', 'uid', 'anonymous', 'none'].includes(name.type)) return null
  return [name.toString(), oidOfType(name.type)]
}

/** @internal See Credential's `export`. */
export function exportCredential(credential: NativeCredential, known: Known): Buffer {
  const { usage, mechanisms, name } = known
  const described: Described = { usage, mechanisms: mechanisms.map(oidOf), name: textOf(name) }
  const native = addon()
  try {
    const token = native.exportCredential(credential)
    const body = describeBefore(described, token)
    const sealed = sealEnvelope('credential', native.library(), body)
    const result = joinSecret(sealed)
    for (const secret of [token, body, sealed]) secret.fill(0)
    return result
  } catch (thrown) {
    throw toGssError(thrown)
  }
}

function opened(token: Uint8Array): { known: Known; inner: Uint8Array } {
  const body = openEnvelope('credential', addon().library(), token, IMPORT)
  const { description, token: inner } = splitDescribed(body) ?? {}
  if (inner === undefined || !isDescribed(description)) {
    throw refusalAs('GSS_S_DEFECTIVE_TOKEN', 'it does not describe a credential', IMPORT)
  }
  const { name, usage, mechanisms } = description
  const known = {
    name: name === null ? null : Name.import(...name),
    usage,
    lifetime: null,
    mechanisms: mechanisms.map(mechanismName),
  }
  return { known, inner }
}

/** @internal See `Credential.import`; `make` makes it. */
export function importCredential<T>(
  token: Bytes,
  options: AsyncOptions | undefined,
  make: (native: NativeCredential, known: Known) => T,
): Promise<T> {
  const bytes = copied(token, 'token')
  const signal = abortSignal(options)
  return attempt(() => {
    const native = addon()
    const { known, inner } = opened(bytes)
    return abortable(native, signal, (job) =>
      native.importCredential(inner, job).then((credential) => make(credential, known)),
    )
  }).finally(() => bytes.fill(0))
}
