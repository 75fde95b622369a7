/** Which kind of token it is, and what can be read of it. */
import { type Asn1, ASN1_MISSING, DecodeError } from '../asn1'
import { CommandFailure } from '../failure'
import type { Fields } from '../values'
import type { Decoding } from './decoding'
import { exportedName, framedToken } from './gss'
import { isKerberosTag, kerberosMessage } from './krb5'
import { messageToken } from './message'
import { isNtlm, ntlmMessage } from './ntlm'
import { negotiationToken } from './spnego'

/** SPNEGO in SPNEGO in SPNEGO: nobody sends that, but a stranger may. */
const MAX_NESTING = 4

const FRAMED = 0x60
const NEG_TOKEN_INIT = 0xa0
const NEG_TOKEN_RESP = 0xa1

class Decoder implements Decoding {
  readonly #asn1: Asn1 | null
  #depth = 0
  sound = true

  constructor(asn1: Asn1 | null) {
    this.#asn1 = asn1
  }

  get asn1(): Asn1 {
    if (this.#asn1 === null) throw new CommandFailure(ASN1_MISSING)
    return this.#asn1
  }

  nested(token: Uint8Array): Fields {
    return this.attempt(() => this.#nested(token))
  }

  attempt(read: () => Fields): Fields {
    try {
      return read()
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error
      this.sound = false
      return { damaged: error.message }
    }
  }

  #nested(token: Uint8Array): Fields {
    if (this.#depth === MAX_NESTING) throw new DecodeError('tokens are nested too deeply')
    this.#depth++
    try {
      return this.#read(token)
    } finally {
      this.#depth--
    }
  }

  #read(token: Uint8Array): Fields {
    const [first] = token
    if (first === undefined) throw new DecodeError('it is empty')
    if (isNtlm(token)) return ntlmMessage(token)
    if (first === FRAMED) return framedToken(token, this)
    if (first === NEG_TOKEN_INIT || first === NEG_TOKEN_RESP) return negotiationToken(token, this)
    if (isKerberosTag(first)) return kerberosMessage(token, this.asn1)
    const found = exportedName(token, this) ?? messageToken(token)
    if (found !== undefined) return found
    throw new DecodeError(
      `unknown token: ${token.length} bytes, the first is 0x${first.toString(16).padStart(2, '0')}`,
    )
  }
}

export interface Decoded {
  token: Fields
  /** Whether all of it could be read. */
  sound: boolean
}

/** @throws CommandFailure where asn1js is needed for it and not installed (`asn1` is null) */
export function decodeToken(token: Uint8Array, asn1: Asn1 | null): Decoded {
  const decoder = new Decoder(asn1)
  const fields = decoder.nested(token)
  return { token: fields, sound: decoder.sound }
}
