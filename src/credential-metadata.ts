/**
 * What an exported credential says of itself, before the library's own token: so that importing asks
 * nobody, and decides nothing that the credential leaves open.
 */
import { type Usage, USAGES } from './credential-options'
import { splitDescribed } from './description'
import { refusalAs } from './errors'
import { isOid } from './options'

/** What {@link Credential.import} knows without asking. */
export interface Described {
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

/**
 * The description, and a view of the library's token.
 *
 * @throws GssError GSS_S_DEFECTIVE_TOKEN
 */
export function splitCredential(body: Uint8Array): { described: Described; token: Uint8Array } {
  const { description, token } = splitDescribed(body) ?? {}
  if (token !== undefined && isDescribed(description)) return { described: description, token }
  throw refusalAs('GSS_S_DEFECTIVE_TOKEN', 'it does not describe a credential', 'gss_import_cred')
}
