/** Messages with associated data, which is sealed with the message and not carried (gss_wrap_aead). */
import { type Bytes, bytes, checkMessage } from './bytes'
import { IovProtection } from './iov'
import { type UnwrapResult, type WrapOptions } from './message'

export abstract class AeadProtection extends IovProtection {
  /**
   * Protects a message together with data that both sides have (gss_wrap_aead): a sequence, an address, a header
   * that is sent in clear.
   *
   * @param associatedData sealed with the message, not in the token; may be empty
   * @returns the token, for {@link unwrapAead} with the same associated data
   * @throws as {@link IovProtection.wrapIov}; GssError GSS_S_FAILURE in a context of DCE style
   */
  wrapAead(message: Bytes, associatedData: Bytes, options?: WrapOptions): Buffer {
    checkMessage(message, 'message')
    const signed = { type: 'signOnly', buffer: bytes(associatedData, 'associatedData') } as const
    const parts = [
      signed,
      { type: 'header' },
      { type: 'data', buffer: message },
      { type: 'padding' },
      { type: 'trailer' },
    ] as const
    const sizes = this.wrapIovLength(parts, options).slice(1)
    const token = Buffer.allocUnsafeSlow(sizes.reduce((sum, size) => sum + size, 0))
    let start = 0
    const pieces = sizes.map((size) => token.subarray(start, (start += size)))
    pieces[1]?.set(message)
    const own = parts.slice(1).map(({ type }, i) => ({ type, buffer: pieces[i] ?? token }))
    const [, ...used] = this.wrapIov([signed, ...own], options)
    const whole = used.every((piece, i) => piece.length === sizes[i])
    return whole ? token : Buffer.concat(used)
  }

  /**
   * Checks and opens a token of the peer's {@link wrapAead} (gss_unwrap_aead).
   *
   * @throws as {@link MessageProtection.unwrap}, GSS_S_BAD_MIC (or GSS_S_FAILURE, of Heimdal) also where the
   *   associated data is another; GssError ERR_GSS_UNSUPPORTED on Windows
   */
  unwrapAead(token: Bytes, associatedData: Bytes): UnwrapResult {
    checkMessage(token, 'token')
    const signed = bytes(associatedData, 'associatedData')
    const stream = Buffer.allocUnsafeSlow(token.length)
    stream.set(token)
    const { buffers, ...found } = this.unwrapIov([
      { type: 'stream', buffer: stream },
      { type: 'signOnly', buffer: signed },
      { type: 'data' },
    ])
    return { message: buffers[2] ?? stream, ...found }
  }
}
