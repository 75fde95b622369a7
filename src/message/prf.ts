/** Keys and tags out of a context (gss_pseudo_random, RFC 4401 and RFC 4402). */
import { type Bytes, message as checkedMessage, MAX_MESSAGE } from '../base/bytes'
import { toGssError } from '../base/errors'
import type { ContextCore } from './core'
import { addon } from '../native'
import { flag, integer, optionsOf } from '../base/options'
import { secretMemory } from '../base/secret'

/** Options of prf. */
export interface PrfOptions {
  /**
   * With the key that the initiator chose (GSS_C_PRF_KEY_PARTIAL), instead of the one that both sides made
   * (GSS_C_PRF_KEY_FULL). Default: false.
   */
  partial?: boolean | undefined
}

export function prf(core: ContextCore, input: Bytes, length: number, options?: PrfOptions): Buffer {
  // The options first: a getter among them could take the input's memory away.
  const partial = flag(optionsOf(options, ['partial']).partial, 'options.partial', false)
  const seed = checkedMessage(input, 'input')
  const size = integer(length, 'length', 0, MAX_MESSAGE)
  const native = core.usable()
  const out = secretMemory(size)
  try {
    addon().pseudoRandom(native, seed, out, partial)
    return out
  } catch (thrown) {
    throw toGssError(thrown)
  }
}
