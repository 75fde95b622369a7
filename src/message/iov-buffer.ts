/** The parts of a message: what a caller gives for each, and whether they make sense together. */
import { invalidArgType, invalidArgValue, outOfRange } from '../base/argument-error'
import { type Bytes, isShared, MAX_MESSAGE, viewed } from '../base/bytes'
import { keepSharedApart } from './iov-shared'
import { optionsOf } from '../base/options'

/**
 * One part of a message (an "I/O vector"), in the caller's memory:
 *
 * - `data`: is encrypted (unless `confidential` is false) and sealed, in place
 * - `signOnly`: is sealed and stays readable, is never changed, and is not carried: both sides must have it,
 *   in the same order among the parts. A header that must stay readable, as DCE/RPC's.
 * - `header`: the mechanism's own, before the data; without a `trailer` it holds also what would stand there
 * - `padding`: only the encryption types of RFC 1964 (des3, rc4) fill it; others leave it empty
 * - `trailer`: the mechanism's own, after the data
 * - `stream`: for {@link SecurityContext.unwrapIov}, a whole token, as {@link SecurityContext.wrap} makes it
 * - `mic`: the MIC of the other parts
 * - `empty`: nothing, to hold a place
 *
 * `buffer` of header, padding, trailer and mic may be left out where they are made: memory is then allocated
 * for them. Given, it may be larger than needed. Parts share no memory with each other, unless both are only read.
 */
export type IovBuffer<Memory extends Bytes = Uint8Array> =
  | { readonly type: 'data' | 'header' | 'padding' | 'trailer' | 'mic'; readonly buffer?: Memory }
  | { readonly type: 'signOnly' | 'stream'; readonly buffer: Memory }
  | { readonly type: 'empty'; readonly buffer?: undefined }

/** The kinds of parts. */
export type IovType = IovBuffer['type']

/** GSS_IOV_BUFFER_TYPE_*. */
const NUMBERS: Readonly<Record<IovType, number>> = {
  empty: 0,
  data: 1,
  header: 2,
  trailer: 7,
  padding: 9,
  stream: 10,
  signOnly: 11,
  mic: 12,
}
const WORDS = Object.keys(NUMBERS) as IovType[]
const ANY_NUMBER: ReadonlySet<IovType> = new Set<IovType>(['data', 'signOnly', 'empty'])

/** The most parts of one message. */
export const MAX_PARTS = 65536

/** What an operation does with each kind of part; a kind that is not listed has no place in it. */
export interface IovRules {
  /** Given by the caller. */
  needed: readonly IovType[]
  /** Given, or allocated. */
  allowed: readonly IovType[]
  /** Without memory: the message appears elsewhere. */
  bare?: readonly IovType[]
  /** Kinds without which there is nothing to do. */
  required: readonly IovType[]
  /** Changed; the others are only read. Default: all but `signOnly`. */
  written?: readonly IovType[]
}

const NONE = new Uint8Array(0)

/** Parts that were checked. */
export class PartList {
  readonly types: Uint32Array
  /** What the library works on: the caller's memory, but for shared one a copy. */
  readonly views: Uint8Array[]
  readonly #words: readonly IovType[]
  readonly #given: (Uint8Array | undefined)[]

  constructor(words: readonly IovType[], given: readonly (Uint8Array | undefined)[]) {
    this.#words = words
    this.#given = [...given]
    this.types = Uint32Array.from(words, (word) => NUMBERS[word])
    this.views = given.map((view) => {
      if (view === undefined) return NONE
      return isShared(view) ? new Uint8Array(view) : view
    })
  }

  get length(): number {
    return this.#words.length
  }

  indexOf(word: IovType): number {
    return this.#words.indexOf(word)
  }

  /** Whether memory is to be allocated for a part of one of these kinds. */
  lacks(words: readonly IovType[]): boolean {
    return this.#words.some((word, i) => words.includes(word) && this.#given[i] === undefined)
  }

  allocate(words: readonly IovType[], sizeOf: (index: number) => number): void {
    this.#words.forEach((word, i) => {
      if (!words.includes(word) || this.#given[i] !== undefined) return
      this.#given[i] = this.views[i] = Buffer.alloc(sizeOf(i))
    })
  }

  /** Shared memory gets what its copy holds now. */
  giveBack(written: (word: IovType) => boolean): void {
    this.#words.forEach((word, i) => {
      const [given, view] = [this.#given[i], this.views[i]]
      if (given !== undefined && view !== undefined && view !== given && written(word)) {
        given.set(view)
      }
    })
  }

  /** The first `size` bytes of a part, or those from `offset`, in the caller's memory. */
  used(index: number, size: number, offset = 0): Buffer {
    const memory = this.#given[index] ?? NONE
    return Buffer.from(memory.buffer, memory.byteOffset + offset, size)
  }

  /** Overwrites what must not be seen. */
  erase(words: readonly IovType[]): void {
    this.#words.forEach((word, i) => {
      if (words.includes(word)) this.#given[i]?.fill(0)
    })
  }
}

const named = (i: number) => `buffers[${i}]`

function typeOf(value: unknown, i: number): IovType {
  const name = `${named(i)}.type`
  const words = WORDS.map((word) => `'${word}'`).join(', ')
  if (typeof value !== 'string') throw invalidArgType(name, `one of ${words}`, value)
  if (!(WORDS as string[]).includes(value)) {
    throw invalidArgValue(name, `must be one of ${words}`, value)
  }
  return value as IovType
}

/** Each property is read once: a getter may change its mind. */
function read(part: unknown, i: number): [IovType, unknown] {
  if (typeof part !== 'object' || part === null)
    throw invalidArgType(named(i), 'of type object', part)
  const { type, buffer } = optionsOf(part as Record<string, unknown>, ['type', 'buffer'], named(i))
  return [typeOf(type, i), buffer]
}

function memoryOf(
  word: IovType,
  buffer: unknown,
  rules: IovRules,
  i: number,
): Uint8Array | undefined {
  const name = `${named(i)}.buffer`
  if (word === 'empty' || rules.bare?.includes(word)) {
    if (buffer !== undefined) throw invalidArgValue(name, `has no place in a '${word}' part`)
  } else if (buffer !== undefined || !rules.allowed.includes(word)) {
    return viewed(buffer, name)
  }
  return undefined
}

function checkKind(word: IovType, earlier: readonly IovType[], rules: IovRules, i: number): void {
  const name = `${named(i)}.type`
  const known =
    word === 'empty' ||
    [rules.needed, rules.allowed, rules.bare ?? []].some((kinds) => kinds.includes(word))
  if (!known) throw invalidArgValue(name, 'has no place in this call', word)
  if (earlier.includes(word) && (!ANY_NUMBER.has(word) || rules.bare?.includes(word))) {
    throw invalidArgValue(name, 'must be there once', word)
  }
}

function checkWords(words: readonly IovType[], rules: IovRules): void {
  const seen: IovType[] = []
  words.forEach((word, i) => {
    checkKind(word, seen, rules, i)
    if (!seen.includes(word)) seen.push(word)
  })
  for (const word of rules.required) {
    if (!seen.includes(word)) throw invalidArgValue('buffers', `must have a part of type '${word}'`)
  }
}

/**
 * The kinds of the parts, before the rules for them are known, and what is given for each.
 *
 * @throws TypeError where it is no array of parts; RangeError where there are more than {@link MAX_PARTS}
 */
export function readParts(buffers: unknown): [IovType[], unknown[]] {
  if (!Array.isArray(buffers)) throw invalidArgType('buffers', 'an instance of Array', buffers)
  const list: readonly unknown[] = buffers
  const { length } = list
  if (length > MAX_PARTS) throw outOfRange('buffers.length', `<= ${MAX_PARTS}`, length)
  const words: IovType[] = []
  const memory: unknown[] = []
  for (let i = 0; i < length; i++) {
    const [word, buffer] = read(list[i], i)
    words.push(word)
    memory.push(buffer)
  }
  return [words, memory]
}

/** @throws TypeError where a part has no place, no memory, or another kind of it; RangeError above 1 GiB */
export function checkParts(
  words: readonly IovType[],
  memory: readonly unknown[],
  rules: IovRules,
): PartList {
  checkWords(words, rules)
  let total = 0
  const given = memory.map((buffer, i) => {
    const view = memoryOf(words[i] ?? 'empty', buffer, rules, i)
    total += view?.length ?? 0
    return view
  })
  if (total > MAX_MESSAGE) throw outOfRange('the length of all parts', `<= ${MAX_MESSAGE}`, total)
  const isWritten = (word: IovType) => rules.written?.includes(word) ?? word !== 'signOnly'
  keepSharedApart(given, (i) => isWritten(words[i] ?? 'empty'))
  return new PartList(words, given)
}
