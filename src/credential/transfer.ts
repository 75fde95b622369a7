/**
 * Credentials that go on in another process: as bytes, checked before the library sees them. What an exported credential
 * says of itself stands before the library's own token, so that importing asks nobody, and decides nothing that the
 * credential leaves open.
 */
import { abortable, type AsyncOptions } from '../base/abort'
import { type Bytes } from '../base/bytes'
import { type Usage, USAGES } from './options'
import { isMitCredential } from './shape'
import { describeBefore, encodeDescription, splitDescribed } from '../encoding/description'
import { openEnvelope, sealEnvelope } from '../encoding/envelope'
import { attemptWith, refusalAs } from '../base/errors'
import { type Mechanism, mechanismName, mechanismOid } from '../mechanism/mechanism'
import { Name } from '../name/name'
import { oidOfType } from '../mechanism/name-types'
import { addon, type NativeCredential } from '../native'
import { signalOption, isOid } from '../base/options'
import { joinSecret, secretCopy } from '../base/secret'

const EXPORT = 'gss_export_cred'
const IMPORT = 'gss_import_cred'
const KEYED = 'its keys were given as bytes, and are in the memory of this process alone'
const GIVE_KEYS =
  'Give the other process the bytes of the keytab, or store() the tickets in a cache and acquire them from there.'
const UNDESCRIBED = 'it does not describe a credential'

/** What a credential may not do, by the wish of who made it: the library's token, and its copies, forget it. */
export interface Limits {
  /** Object identifiers of what SPNEGO may negotiate; null where the library chooses. */
  negotiable: string[] | null
  noCiFlags: boolean
}

/** What a Credential knows without asking. */
export interface Known {
  name: Name | null
  usage: Usage
  lifetime: number | null
  mechanisms: Mechanism[]
  /** Whether its keys were given as bytes. */
  keyed?: boolean
}

/** The same in JSON. */
interface Described extends Limits {
  usage: Usage
  /** Object identifiers. */
  mechanisms: string[]
  /** Text and name type's object identifier; null where it is not known. */
  name: [text: string, type: string] | null
  /** Where one that leaves open whose it is looks ({@link Addon.exportCredential}), and not in the importer's environment. */
  places: string[]
}

const isTexts = (value: unknown): boolean =>
  Array.isArray(value) && value.every((each) => typeof each === 'string' && !each.includes('\0'))

const isOids = (value: unknown): boolean =>
  Array.isArray(value) && value.every((each) => typeof each === 'string' && isOid(each))

function isDescribed(value: unknown): value is Described {
  if (typeof value !== 'object' || value === null) return false
  const { usage, mechanisms, name, negotiable, noCiFlags, places } = value as Partial<Described>
  if (!USAGES.includes(usage as Usage) || !isOids(mechanisms)) return false
  if (!isTexts(places)) return false
  if (typeof noCiFlags !== 'boolean' || (negotiable !== null && !isOids(negotiable))) return false
  if (name === null) return true
  const parts: unknown = name
  return (
    Array.isArray(parts) && parts.length === 2 && parts.every((each) => typeof each === 'string')
  )
}

const oidOf = (mechanism: Mechanism): string => mechanismOid(mechanism, 'mechanism')

/** What can be imported again; null where the text is not all that the name is. */
function textOf(name: Name | null): Described['name'] {
  if (name === null || ['exported', 'uid', 'anonymous', 'none'].includes(name.type)) return null
  return [name.toString(), oidOfType(name.type)]
}

/** @internal See Credential's `export`. */
export async function exportCredential(
  credential: NativeCredential,
  known: Known,
  limits: Limits,
  options: AsyncOptions | undefined,
): Promise<Buffer> {
  const signal = signalOption(options)
  const { usage, mechanisms, name } = known
  if (known.keyed === true) throw refusalAs('GSS_S_UNAVAILABLE', KEYED, EXPORT, GIVE_KEYS)
  const native = addon()
  const { token, places } = await abortable(native, signal, (job) =>
    native.exportCredential(credential, job),
  )
  const described: Described = {
    ...limits,
    usage,
    mechanisms: mechanisms.map(oidOf),
    name: textOf(name),
    places,
  }
  const encoded = encodeDescription(described)
  if (encoded === undefined) {
    token.fill(0)
    throw refusalAs('GSS_S_UNAVAILABLE', 'its name is too long', EXPORT)
  }
  const body = describeBefore(encoded, token)
  const sealed = sealEnvelope('credential', native.library(), body)
  const result = joinSecret([sealed])
  for (const secret of [token, body, sealed]) secret.fill(0)
  return result
}

function nameOf(described: Described['name']): Name | null {
  if (described === null) return null
  try {
    return Name.import(...described)
  } catch {
    throw refusalAs('GSS_S_DEFECTIVE_TOKEN', UNDESCRIBED, IMPORT)
  }
}

interface Opened {
  known: Known
  limits: Limits
  places: string[]
  inner: Uint8Array
}

function opened(token: Uint8Array): Opened {
  const maker = addon().library()
  const body = openEnvelope('credential', maker, token, IMPORT)
  const { description, token: inner } = splitDescribed(body) ?? {}
  if (inner === undefined || !isDescribed(description)) {
    throw refusalAs('GSS_S_DEFECTIVE_TOKEN', UNDESCRIBED, IMPORT)
  }
  if (maker.implementation === 'mit' && !isMitCredential(inner)) {
    throw refusalAs('GSS_S_DEFECTIVE_TOKEN', 'its parts are not of this library', IMPORT)
  }
  const { name, usage, mechanisms, negotiable, noCiFlags, places } = description
  const known = {
    name: nameOf(name),
    usage,
    lifetime: null,
    mechanisms: mechanisms.map(mechanismName),
  }
  return { known, limits: { negotiable, noCiFlags }, places, inner }
}

/** @internal See `Credential.import`; `make` makes it. */
export function importCredential<T>(
  token: Bytes,
  options: AsyncOptions | undefined,
  make: (native: NativeCredential, known: Known, limits: Limits) => T,
): Promise<T> {
  const signal = signalOption(options)
  const bytes = secretCopy(token, 'token')
  return attemptWith([bytes], () => {
    const native = addon()
    const { known, limits, places, inner } = opened(bytes)
    return abortable(native, signal, (job) =>
      native.importCredential(inner, job).then((credential) => {
        const mechanisms = known.mechanisms.map(oidOf)
        native.leaveOpen(credential, USAGES.indexOf(known.usage), mechanisms, places)
        return make(credential, known, limits)
      }),
    )
  })
}
