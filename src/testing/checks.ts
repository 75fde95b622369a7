// Every check of user input: what was expected, and what arrived unless it may be a secret.

import { optionsOf } from '..'

type Coded<E extends Error> = E & { code: string }

function coded(message: string, code: string): Coded<TypeError> {
  return Object.assign(new TypeError(message), { code })
}

function article(type: string): string {
  return type === 'object' ? 'an object' : `a ${type}`
}

function typeOf(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  if (Array.isArray(value)) return 'an array'
  return article(typeof value)
}

function shown(value: string | readonly string[]): string {
  const text = JSON.stringify(value)
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}

/** A value of the wrong type. The value itself is not shown: it may be a password. */
export function invalidType(name: string, expected: string, value: unknown): Coded<TypeError> {
  const message = `Expected ${expected} for ${name} but received ${typeOf(value)}`
  return coded(message, 'ERR_INVALID_ARG_TYPE')
}

/** A value of the right type that cannot be used, shown in the message. */
export function invalidValue(
  name: string,
  expected: string,
  value: string | readonly string[],
): Coded<TypeError> {
  const message = `Expected ${expected} for ${name} but received ${shown(value)}`
  return coded(message, 'ERR_INVALID_ARG_VALUE')
}

/** Like {@link invalidValue}, for what must not be shown. */
export function invalidSecret(name: string, expected: string): Coded<TypeError> {
  return coded(`Expected ${expected} for ${name}`, 'ERR_INVALID_ARG_VALUE')
}

/** A copy without a prototype: what is not in it is undefined, whatever somebody wrote into Object.prototype. */
export function bare<T extends object>(given: T): T {
  return Object.assign(Object.create(null) as T, given)
}

/** An object whose keys are the caller's own. */
export function checkObject(name: string, value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalidType(name, 'an object', value)
  }
  return bare(value as Record<string, unknown>)
}

/** Options, whose every key is known: a misspelt one is not silently ignored. */
export function checkKnown(
  name: string,
  value: unknown,
  keys: readonly string[],
): Record<string, unknown> {
  checkObject(name, value)
  return optionsOf(value as Record<string, unknown>, keys, name)
}

/** Text that fits on one line of a configuration file or of a kadmin.local session. */
export function checkText(name: string, value: unknown): string {
  if (typeof value !== 'string') throw invalidType(name, 'a string', value)
  if (value === '' || /\p{Cc}/u.test(value)) {
    throw invalidValue(name, 'text without control characters', value)
  }
  return value
}

/** Like {@link checkText}, for what may hold a password and must not be shown. */
export function checkSecret(name: string, value: unknown): string {
  if (typeof value !== 'string') throw invalidType(name, 'a string', value)
  if (value === '' || /\p{Cc}/u.test(value)) {
    throw invalidSecret(name, 'text that is not empty and has no control characters')
  }
  return value
}

export function checkBoolean(name: string, value: unknown): boolean {
  if (typeof value !== 'boolean') throw invalidType(name, 'a boolean', value)
  return value
}

export function checkInteger(name: string, value: unknown, min: number, max: number): number {
  if (typeof value !== 'number') throw invalidType(name, 'a number', value)
  if (!Number.isInteger(value) || value < min || value > max) {
    throw invalidValue(name, `an integer from ${min} to ${max}`, String(value))
  }
  return value
}

/** Seconds of a ticket's life: what a KDC's signed 32-bit interval holds. */
export function checkSeconds(name: string, value: unknown): number {
  return checkInteger(name, value, 1, 2 ** 31 - 1)
}

export function checkList<T>(
  name: string,
  value: unknown,
  check: (name: string, item: unknown) => T,
): T[] {
  if (!Array.isArray(value)) throw invalidType(name, 'an array', value)
  return value.map((item, index) => check(`${name}[${index}]`, item))
}

/** `undefined` stays; anything else is checked. */
export function optional<T>(
  name: string,
  value: unknown,
  check: (name: string, value: unknown) => T,
): T | undefined {
  return value === undefined ? undefined : check(name, value)
}
