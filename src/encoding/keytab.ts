/**
 * Keytabs as bytes: a file's content that never was in a file. It is read here, entry by entry, and what is no keytab is refused
 * before a library sees any of it. The format is MIT's, version 2 (doc/formats/keytab_file_format.rst), which Heimdal,
 * Active Directory's ktpass and Samba write as well.
 */
import { randomBytes } from 'node:crypto'
import { GIVEN } from '../base/asked'
import { invalidArgValue, outOfRange } from '../base/argument-error'
import { type Bytes, viewed } from '../base/bytes'
import { joinSecret, secretCopy } from '../base/secret'

/** One key and whose it is. The views are on the keytab's own memory. */
interface Entry {
  /** Realm last. */
  name: Uint8Array[]
  nameType: number
  timestamp: number
  version: number
  enctype: number
  key: Uint8Array
}

/** The largest: 1 MiB. A key takes about 100 bytes, and all are read on the caller's thread. */
const MAX_KEYTAB = 0x100000

/** Why bytes are no keytab, in words that continue 'is no keytab: '. */
class Malformed extends Error {}

/** Big-endian numbers and counted strings, one behind the other. */
class Reader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get left(): number {
    return this.#bytes.length - this.#at
  }

  #advance(size: number): number {
    if (size > this.left) throw new Malformed('it ends too early')
    this.#at += size
    return this.#at - size
  }

  take(size: number): Uint8Array {
    const at = this.#advance(size)
    return this.#bytes.subarray(at, at + size)
  }

  counted(): Uint8Array {
    return this.take(this.uint16())
  }

  uint8(): number {
    return this.#view.getUint8(this.#advance(1))
  }

  uint16(): number {
    return this.#view.getUint16(this.#advance(2))
  }

  int16(): number {
    return this.#view.getInt16(this.#advance(2))
  }

  uint32(): number {
    return this.#view.getUint32(this.#advance(4))
  }

  int32(): number {
    return this.#view.getInt32(this.#advance(4))
  }
}

/** What follows the key, but for a long version number, is nobody's: a shorter entry takes the place of a longer one. */
function readEntry(bytes: Uint8Array): Entry {
  const reader = new Reader(bytes)
  const count = reader.uint16()
  if (count === 0) throw new Malformed('an entry is nobody’s')
  const realm = reader.counted()
  const components = Array.from({ length: count }, () => reader.counted())
  const nameType = reader.uint32()
  const timestamp = reader.uint32()
  const short = reader.uint8()
  const enctype = reader.int16()
  const key = reader.counted()
  if (key.length === 0) throw new Malformed('a key is empty')
  const long = reader.left >= 4 ? reader.uint32() : 0
  const version = long === 0 ? short : long
  return { name: [...components, realm], nameType, timestamp, version, enctype, key }
}

const FORMAT = 0x0502
const OLD_FORMAT = 0x0501

function readKeytab(bytes: Uint8Array): Entry[] {
  const reader = new Reader(bytes)
  const format = reader.uint16()
  if (format === OLD_FORMAT) {
    throw new Malformed('it is of the old format 0x0501, whose numbers depend on the machine')
  }
  if (format !== FORMAT) throw new Malformed('it does not begin with 0x0502')
  const entries: Entry[] = []
  while (reader.left > 0) {
    const size = reader.int32()
    if (size === 0) {
      if (reader.take(reader.left).some((byte) => byte !== 0)) {
        throw new Malformed('something follows its end')
      }
    } else if (size < 0) {
      reader.take(-size) // where an entry was
    } else {
      entries.push(readEntry(reader.take(size)))
    }
  }
  if (entries.length === 0) throw new Malformed('it holds no key')
  return entries
}

const NAMES_OF_CONTROLS = new Map([
  [0x00, 0x30],
  [0x08, 0x62],
  [0x09, 0x74],
  [0x0a, 0x6e],
])

/** As krb5_parse_name reads it. */
function escaped(component: Uint8Array): number[] {
  return Array.from(component).flatMap((byte) => {
    const name = NAMES_OF_CONTROLS.get(byte)
    if (name !== undefined) return [0x5c, name]
    return byte === 0x2f || byte === 0x40 || byte === 0x5c ? [0x5c, byte] : [byte]
  })
}

/** 'component/component@REALM', in bytes. */
function nameText(name: Uint8Array[]): Uint8Array {
  const last = name.length - 1
  return Uint8Array.from(
    name.flatMap((part, i) => {
      const separator = i === last ? [0x40] : [0x2f]
      return i === 0 ? escaped(part) : [...separator, ...escaped(part)]
    }),
  )
}

function numbers(...values: number[]): Uint8Array {
  const memory = new DataView(new ArrayBuffer(4 * values.length))
  values.forEach((value, i) => memory.setUint32(4 * i, value >>> 0))
  return new Uint8Array(memory.buffer)
}

function packedEntry({ name, nameType, timestamp, version, enctype, key }: Entry): Uint8Array[] {
  const text = nameText(name)
  const head = numbers(nameType, timestamp, version, enctype, text.length, key.length)
  return [head, text, key]
}

/** A keytab in memory that was not made yet. */
export interface GivenKeytab {
  /** 'MEMORY:…', a name that nobody else has. */
  place: string
  /** What the addon makes it of: see native/gss/memory_keytab.h. A secret. */
  packed: Buffer
}

/** Before a copy is made. */
function checkSize(value: unknown, name: string): void {
  const { length } = viewed(value, name)
  if (length > MAX_KEYTAB) throw outOfRange(`${name}.length`, `<= ${MAX_KEYTAB}`, length)
}

/** Reads a file's content; a copy of it is made at once, and overwritten. */
function read<T>(value: unknown, name: string, use: (entries: Entry[]) => T): T {
  checkSize(value, name)
  const bytes = secretCopy(value, name)
  try {
    return use(readKeytab(bytes))
  } catch (thrown) {
    if (!(thrown instanceof Malformed)) throw thrown
    throw invalidArgValue(name, `is no keytab: ${thrown.message}`)
  } finally {
    bytes.fill(0)
  }
}

/** @throws TypeError ERR_INVALID_ARG_VALUE where the bytes are no keytab, RangeError where there are too many */
export function givenKeytab(value: Bytes, name: string): GivenKeytab {
  return read(value, name, (entries) => {
    const place = GIVEN + randomBytes(16).toString('hex')
    const text = Buffer.from(place)
    const parts = [numbers(text.length), text, ...entries.flatMap(packedEntry)]
    return { place, packed: joinSecret(parts) }
  })
}

/** A copy, for who takes keys from it later. Throws as {@link givenKeytab} where it is no keytab. */
export function keptKeytab(value: Bytes, name: string): Buffer {
  checkSize(value, name)
  const copy = secretCopy(value, name)
  try {
    read(copy, name, () => undefined)
    return copy
  } catch (thrown) {
    copy.fill(0)
    throw thrown
  }
}
