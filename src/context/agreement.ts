/** What the two sides have agreed, as far as it is known; it stays readable once the context is disposed. */
import { toGssError } from '../base/errors'
import { flagNames, type Flags, flagsOf } from '../base/flags'
import { type Credential, credentialFromNative } from '../credential/credential'
import { type Mechanism, mechanismName } from '../mechanism/mechanism'
import type { ContextCore } from '../message/core'
import { type Name, nameFromNative } from '../name/name'
import { addon } from '../native'

export class Agreement {
  readonly isInitiator: boolean
  /** Established, and what was required was granted. */
  complete = false
  /** RFC 2744's bits of what is granted so far. */
  granted = 0
  readonly #core: ContextCore
  /** A step went well. */
  #known = false
  #flags: Flags | undefined
  #mechanism = ''
  #ends: Date | null = null
  #names: [Name | null, Name | null] = [null, null]
  #delegated: Credential | null = null

  constructor(core: ContextCore, isInitiator: boolean) {
    this.#core = core
    this.isInitiator = isInitiator
  }

  /** After each step that went well. */
  learn(granted: number): void {
    this.granted = granted
    this.#flags = undefined
    this.#known = true
    const left = this.#left()
    // The library counts whole seconds.
    const now = Math.floor(Date.now() / 1000)
    this.#ends = left === 0 || left === Infinity ? null : new Date((now + left) * 1000)
  }

  /** Seconds. */
  #left(): number {
    try {
      return addon().contextLifetime(this.#core.native)
    } catch {
      return 0
    }
  }

  get lifetime(): number | null {
    return this.#known ? this.#left() : null
  }

  get expires(): Date | null {
    return this.#ends && new Date(this.#ends)
  }

  get flags(): Flags {
    return (this.#flags ??= flagsOf(this.granted))
  }

  get flagNames(): (keyof Flags)[] {
    return flagNames(this.granted)
  }

  get mechanism(): Mechanism | null {
    if (this.#mechanism === '' || !this.complete) {
      this.#mechanism = addon().contextMechanism(this.#core.native)
    }
    return this.#mechanism === '' ? null : mechanismName(this.#mechanism)
  }

  /** 0: who initiated; 1: who accepted. */
  name(which: 0 | 1): Name | null {
    const known = this.#names[which]
    if (known !== null) return known
    try {
      const native = addon().contextName(this.#core.native, which)
      return native === null ? null : (this.#names[which] = nameFromNative(native))
    } catch (thrown) {
      throw toGssError(thrown)
    }
  }

  get delegatedCredential(): Credential | null {
    if (this.#delegated !== null || !this.complete) return this.#delegated
    const native = addon().delegatedCredential(this.#core.native)
    if (native === null) return null
    const { mechanism } = this
    this.#delegated = credentialFromNative(native, {
      name: this.name(0),
      usage: 'initiate',
      lifetime: null,
      mechanisms: mechanism === null ? [] : [mechanism],
    })
    return this.#delegated
  }
}
