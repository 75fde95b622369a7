/** Messages of an established context, on the package's own threads, in the order of the calls. */
import { abortable, type AsyncOptions } from '../base/abort'
import { type Bytes, messageView } from '../base/bytes'
import {
  confidentialOption,
  judgeSequence,
  type MicOptions,
  qopOption,
  type UnwrapResult,
  usableHandle,
  type VerifyResult,
  type WrapOptions,
} from './message'
import { addon } from '../native'
import { abortSignal } from '../base/options'
import { PseudoRandom } from './prf'

// The bytes are looked at again at the call: a signal is asked meanwhile, and what passes for one may do anything.

/**
 * The asynchronous forms: off the calling thread, which pays from about 64 KiB; several contexts run at
 * once, the calls on one context in order. They throw, at once, what is the caller's mistake, and reject
 * with the rest; see {@link MessageProtection}. The message is copied, so it may be reused at once.
 *
 * An aborted call that waits never begins. One that is running ends in the background and has counted:
 * the peer then sees a gap, or a message that arrived is lost.
 */
export abstract class AsyncMessageProtection extends PseudoRandom {
  /** {@link SecurityContext.wrap} off the calling thread. */
  wrapAsync(message: Bytes, options?: WrapOptions & AsyncOptions): Promise<Buffer> {
    const confidential = confidentialOption(options)
    const qop = qopOption(options)
    const signal = abortSignal(options)
    const input = messageView(message, 'message')
    const context = usableHandle(this)
    const native = addon()
    return abortable(native, signal, (job) =>
      native.wrapAsync(context, messageView(input, 'message'), confidential, qop, job),
    )
  }

  /** {@link SecurityContext.unwrap} off the calling thread. */
  unwrapAsync(token: Bytes, options?: AsyncOptions): Promise<UnwrapResult> {
    const signal = abortSignal(options)
    const input = messageView(token, 'token')
    const context = usableHandle(this)
    const native = addon()
    return this.#unwrapped(
      abortable(native, signal, (job) =>
        native.unwrapAsync(context, messageView(input, 'token'), job),
      ),
    )
  }

  async #unwrapped(pending: Promise<[Buffer, boolean, number, number]>): Promise<UnwrapResult> {
    const [message, confidential, qop, bits] = await pending
    return { message, confidential, qop, sequence: judgeSequence(this, bits, 'gss_unwrap') }
  }

  /** {@link SecurityContext.getMic} off the calling thread. */
  getMicAsync(message: Bytes, options?: MicOptions & AsyncOptions): Promise<Buffer> {
    const qop = qopOption(options)
    const signal = abortSignal(options)
    const input = messageView(message, 'message')
    const context = usableHandle(this)
    const native = addon()
    return abortable(native, signal, (job) =>
      native.getMicAsync(context, messageView(input, 'message'), qop, job),
    )
  }

  /** {@link SecurityContext.verifyMic} off the calling thread. */
  verifyMicAsync(message: Bytes, mic: Bytes, options?: AsyncOptions): Promise<VerifyResult> {
    const signal = abortSignal(options)
    const input = messageView(message, 'message')
    const code = messageView(mic, 'mic')
    const context = usableHandle(this)
    const native = addon()
    return this.#verified(
      abortable(native, signal, (job) =>
        native.verifyMicAsync(
          context,
          messageView(input, 'message'),
          messageView(code, 'mic'),
          job,
        ),
      ),
    )
  }

  async #verified(pending: Promise<[number, number]>): Promise<VerifyResult> {
    const [qop, bits] = await pending
    return { qop, sequence: judgeSequence(this, bits, 'gss_verify_mic') }
  }
}
