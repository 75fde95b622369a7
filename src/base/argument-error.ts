/**
 * The errors of a caller's mistake, worded and coded as Node's own: what was expected, what arrived.
 */
import { inspect } from 'node:util'
import { ofAnotherCopy } from './copy'
import { printable } from './printable'

function shortened(value: unknown): string {
  const text = inspect(value, { colors: false })
  return text.length > 28 ? `${text.slice(0, 25)}...` : text
}

/** What arrived, as Node words it; a primitive's value only where it is not secret. */
function received(value: unknown, secret: boolean): string {
  if (value === null || value === undefined) return ` Received ${String(value)}`
  if (typeof value === 'function') return ` Received function ${value.name}`
  if (typeof value === 'object') {
    const maker: unknown = (value as { constructor?: unknown }).constructor
    if (typeof maker === 'function' && maker.name) {
      return ` Received an instance of ${maker.name}${ofAnotherCopy(value)}`
    }
    return ' Received an object'
  }
  return ` Received type ${typeof value}${secret ? '' : ` (${shortened(value)})`}`
}

/** The message quotes values, names of options and of classes: what a stranger sent is escaped in it. */
function coded<E extends Error>(
  kind: new (message: string) => E,
  message: string,
  code: string,
): E & { code: string } {
  return Object.assign(new kind(printable(message)), { code })
}

/** 'options.name' is a property, 'name' an argument. */
function subject(name: string): string {
  return `The "${name}" ${name.includes('.') ? 'property' : 'argument'}`
}

/** ERR_INVALID_ARG_TYPE: `expected` continues the sentence, 'of type string'. */
export function invalidArgType(
  name: string,
  expected: string,
  value: unknown,
  secret = false,
): TypeError {
  const message = `${subject(name)} must be ${expected}.${received(value, secret)}`
  return coded(TypeError, message, 'ERR_INVALID_ARG_TYPE')
}

/** ERR_INVALID_ARG_VALUE: `reason` continues the sentence, 'must not be empty'. */
export function invalidArgValue(name: string, reason: string, value?: unknown): TypeError {
  const shown = value === undefined ? '' : `. Received ${shortened(value)}`
  return coded(TypeError, `${subject(name)} ${reason}${shown}`, 'ERR_INVALID_ARG_VALUE')
}

/** ERR_INVALID_ARG_VALUE: `holder` is the object that has the property `key`; `meant` the one that is known. */
export function unknownOption(holder: string, key: string, meant: string | undefined): TypeError {
  const path = holder.replace(/^(?:options|filter)\.?/, '')
  const full = (property: string) => (path === '' ? property : `${path}.${property}`)
  const asked = meant === undefined ? '' : ` (did you mean "${full(meant)}"?)`
  const cut = key.length > 64 ? `${key.slice(0, 61)}...` : key
  return coded(TypeError, `Unknown option "${full(cut)}"${asked}`, 'ERR_INVALID_ARG_VALUE')
}

/** ERR_OUT_OF_RANGE: `range` continues 'It must be', '>= 0 && <= 4294967295'. */
export function outOfRange(name: string, range: string, value: unknown): RangeError {
  return rangeError(
    `The value of "${name}" is out of range. It must be ${range}. Received ${shortened(value)}`,
  )
}

export function rangeError(message: string, code = 'ERR_OUT_OF_RANGE'): RangeError {
  return coded(RangeError, message, code)
}

/** ERR_ILLEGAL_CONSTRUCTOR: the class makes its objects by static methods only. */
export function illegalConstructor(name: string, instead: string): TypeError {
  const message = `${name} cannot be constructed: use ${instead}`
  return coded(TypeError, message, 'ERR_ILLEGAL_CONSTRUCTOR')
}
