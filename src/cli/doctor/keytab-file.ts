/** A keytab's entries, without their keys: MIT's file format 0x0502. */
import { readFileSync } from 'node:fs'

export interface KeytabEntry {
  principal: string
  kvno: number
  etype: number
}

const VERSION = 0x0502

class Reader {
  readonly #bytes: Buffer
  #at: number

  constructor(bytes: Buffer, at = 0) {
    this.#bytes = bytes
    this.#at = at
  }

  get left(): number {
    return this.#bytes.length - this.#at
  }

  number(size: number): number {
    const value = this.#bytes.readUIntBE(this.#at, size)
    this.#at += size
    return value
  }

  signed(): number {
    return this.number(4) | 0
  }

  take(length: number): Buffer {
    if (length > this.left) throw new RangeError('the file is cut')
    this.#at += length
    return this.#bytes.subarray(this.#at - length, this.#at)
  }

  text(): string {
    return this.take(this.number(2)).toString()
  }
}

function entryOf(bytes: Buffer): KeytabEntry {
  const reader = new Reader(bytes)
  const count = reader.number(2)
  const realm = reader.text()
  const components = Array.from({ length: Math.min(count, 16) }, () => reader.text())
  reader.take(8) // the name's type, and when it was made
  const short = reader.number(1)
  const etype = reader.number(2)
  reader.take(reader.number(2)) // the key
  const long = reader.left >= 4 ? reader.number(4) : 0
  return { principal: `${components.join('/')}@${realm}`, kvno: long === 0 ? short : long, etype }
}

/** @throws Error where the file is missing, unreadable or no keytab */
export function readKeytab(file: string): KeytabEntry[] {
  const reader = new Reader(readFileSync(file))
  if (reader.left < 2 || reader.number(2) !== VERSION) throw new Error('it is no keytab')
  const entries: KeytabEntry[] = []
  while (reader.left >= 4) {
    const size = reader.signed()
    if (size === 0) break
    const bytes = reader.take(Math.abs(size)) // below zero: a hole that an entry left
    if (size > 0) entries.push(entryOf(bytes))
  }
  return entries
}
