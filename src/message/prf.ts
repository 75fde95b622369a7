/** Keys and tags out of a context (gss_pseudo_random, RFC 4401 and RFC 4402). */
import { AeadProtection } from './aead'
import { type Bytes, message as checkedMessage, MAX_MESSAGE } from '../base/bytes'
import { toGssError } from '../base/errors'
import { usableHandle } from './message'
import { addon } from '../native'
import { flag, integer, optionOf } from '../base/options'
import { secretMemory } from '../base/secret'

/** Options of prf. */
export interface PrfOptions {
  /**
   * With the key that the initiator chose (GSS_C_PRF_KEY_PARTIAL), instead of the one that both sides made
   * (GSS_C_PRF_KEY_FULL). Default: false.
   */
  partial?: boolean | undefined
}

export abstract class PseudoRandom extends AeadProtection {
  /**
   * The context's pseudo-random function (gss_pseudo_random, RFC 4401): equal on both sides for equal input,
   * and unpredictable for everybody else. Distinguish uses of it by the beginning of `input`.
   *
   * @param length bytes wanted, up to 1 GiB; a shorter result is the beginning of a longer one
   * @returns a secret, in memory of its own: overwrite it after use
   * @throws TypeError, RangeError; GssError ERR_GSS_NOT_ESTABLISHED, ERR_GSS_DISPOSED, ERR_GSS_CONTEXT_BUSY;
   *   ERR_GSS_UNSUPPORTED on Windows; GSS_S_FAILURE on Heimdal for the full key of a context that is not mutual
   */
  prf(input: Bytes, length: number, options?: PrfOptions): Buffer {
    // The options first: a getter among them could take the input's memory away.
    const partial = flag(optionOf(options, 'partial'), 'options.partial', false)
    const seed = checkedMessage(input, 'input')
    const size = integer(length, 'length', 0, MAX_MESSAGE)
    const native = usableHandle(this)
    const out = secretMemory(size)
    try {
      addon().pseudoRandom(native, seed, out, partial)
      return out
    } catch (thrown) {
      throw toGssError(thrown)
    }
  }
}
