/**
 * ASN.1 by asn1js, an optional peer dependency: only `gssapi token` and the KDC's check of `gssapi doctor`
 * need it. Here its blocks become elements with contents and children, within limits that hostile input
 * cannot pass.
 */
import type * as asn1js from 'asn1js' with { 'resolution-mode': 'import' }

type Asn1js = typeof asn1js

/** One element of BER or DER. */
export interface Element {
  class: TagClass
  tag: number
  /** Of a primitive element its contents, of a constructed one those of its children with their headers. */
  contents: Uint8Array
  children: Element[]
  /** How many bytes it takes, with tag and length. */
  size: number
  /** Of an INTEGER or ENUMERATED its number, of an OBJECT IDENTIFIER its text. */
  value?: bigint | string
}

export type TagClass = 'universal' | 'application' | 'context' | 'private'

/** What an encoder is given: a value, and who holds it. */
export type Block = InstanceType<Asn1js['BaseBlock']>

/** What cannot be decoded, in words that follow "damaged: ". */
export class DecodeError extends Error {}

const LIMITS = {
  maxDepth: 32,
  maxNodes: 20_000,
  maxContentLength: 2 ** 17, // twice the largest ticket; an OBJECT IDENTIFIER of this size takes a second
  parseEmbedded: false, // an OCTET STRING here holds a token or a cipher, never ASN.1 to be guessed at
}

const CLASSES: readonly TagClass[] = ['universal', 'application', 'context', 'private']

export const ASN1_MISSING =
  'this needs the package asn1js, which is not installed. Install it beside gssapi: npm install asn1js'

/** The part of an asn1js block that all blocks have. */
interface Parsed {
  idBlock: { tagClass: number; tagNumber: number; isConstructed: boolean; blockLength: number }
  lenBlock: { blockLength: number }
  valueBlock: { value?: unknown }
  valueBeforeDecodeView: Uint8Array
}

const UNIVERSAL = 1
const SEQUENCE = 16
const SET = 17

/** An INTEGER or an OBJECT IDENTIFIER that is marked as constructed has parts in asn1js, but no elements. */
function isContainer({ idBlock: { tagClass, tagNumber, isConstructed }, valueBlock }: Parsed) {
  const holdsElements = tagClass !== UNIVERSAL || tagNumber === SEQUENCE || tagNumber === SET
  return isConstructed && holdsElements && Array.isArray(valueBlock.value)
}

/** asn1js, loaded. */
export class Asn1 {
  readonly library: Asn1js

  private constructor(library: Asn1js) {
    this.library = library
  }

  /** null where it is not installed. */
  static async find(): Promise<Asn1 | null> {
    try {
      return new Asn1(await import('asn1js'))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND') return null
      throw error
    }
  }

  /** The element with which the bytes begin; what follows it is the caller's. */
  parse(bytes: Uint8Array): Element {
    const { offset, result } = this.#parse(bytes)
    if (offset === -1) throw new DecodeError(result.error || 'not ASN.1')
    return this.#element(result as unknown as Parsed)
  }

  #element(block: Parsed): Element {
    const { idBlock, lenBlock, valueBlock, valueBeforeDecodeView: all } = block
    const inside = isContainer(block) ? (valueBlock.value as Parsed[]) : []
    const value = this.#value(block)
    return {
      class: CLASSES[idBlock.tagClass - 1] ?? 'private',
      tag: idBlock.tagNumber,
      contents: all.subarray(idBlock.blockLength + lenBlock.blockLength),
      children: inside.map((each) => this.#element(each)),
      size: all.length,
      ...(value === undefined ? {} : { value }),
    }
  }

  #value(block: Parsed): bigint | string | undefined {
    const { Integer, ObjectIdentifier } = this.library
    if (block instanceof Integer) return block.toBigInt() // an Enumerated is one
    return block instanceof ObjectIdentifier ? block.getValue() : undefined
  }

  #parse(bytes: Uint8Array): ReturnType<Asn1js['fromBER']> {
    try {
      return this.library.fromBER(bytes.slice(), LIMITS)
    } catch (error) {
      // asn1js reports what it finds wrong; where it throws, the bytes were stranger than it expects.
      throw new DecodeError(error instanceof Error ? error.message : 'not ASN.1')
    }
  }
}
