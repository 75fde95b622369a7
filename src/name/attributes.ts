/** A name's attributes (RFC 6680): what a mechanism knows of it beyond its text. */
import { invalidArgType, outOfRange } from '../base/argument-error'
import { copied, isBytes, TEXT_OR_BYTES } from '../base/bytes'
import { toGssError } from '../base/errors'
import { addon, type NativeName } from '../native'
import { nonEmptyText } from '../base/options'

/** One attribute of a name: {@link Name.getAttribute}. */
export interface NameAttribute {
  /**
   * Whether an authority that this side trusts, a KDC for example, vouches for every value. Grant nothing for an
   * attribute that is not.
   */
  authenticated: boolean
  /** Whether these are all the values there are; no more than 4,096 are read. */
  complete: boolean
  /** The values, in the attribute's own encoding; the order means nothing. */
  values: Buffer[]
  /** The same for people, where the mechanism has such a form, else ''. */
  displayValues: string[]
}

/** How {@link Name.setAttribute} sets. */
export interface SetAttributeOptions {
  /** That with this value the attribute has all there are: default false. */
  complete?: boolean | undefined
}

/** The largest value that is handed to the library: 16 MiB. */
const MAX_VALUE = 0x1000000

function told<T>(ask: () => T): T {
  try {
    return ask()
  } catch (thrown) {
    throw toGssError(thrown)
  }
}

export function attributesOf(native: NativeName): string[] {
  return told(() => addon().inquireName(native).attributes)
}

/** The object identifier of the mechanism whose own the name is; '' where it is of none. */
export function mechanismOfName(native: NativeName): string {
  const { ofMechanism, mechanism } = told(() => addon().inquireName(native))
  return ofMechanism ? mechanism : ''
}

export function getAttribute(native: NativeName, attribute: unknown): NameAttribute {
  const name = nonEmptyText(attribute, 'attribute')
  return told(() => addon().getNameAttribute(native, name))
}

export function setAttribute(
  native: NativeName,
  attribute: unknown,
  value: unknown,
  complete: boolean,
): void {
  const name = nonEmptyText(attribute, 'attribute')
  const content = valueBytes(value)
  told(() => {
    addon().setNameAttribute(native, name, complete, content)
  })
}

function valueBytes(value: unknown): Uint8Array {
  const content = typeof value === 'string' ? Buffer.from(value) : value
  if (!isBytes(content)) {
    throw invalidArgType('value', TEXT_OR_BYTES, value)
  }
  const found = copied(content, 'value')
  if (found.length > MAX_VALUE) throw outOfRange('value.length', `<= ${MAX_VALUE}`, found.length)
  return found
}

export function deleteAttribute(native: NativeName, attribute: unknown): void {
  const name = nonEmptyText(attribute, 'attribute')
  told(() => {
    addon().deleteNameAttribute(native, name)
  })
}

export function exportComposite(native: NativeName): Buffer {
  return told(() => addon().exportCompositeName(native))
}
