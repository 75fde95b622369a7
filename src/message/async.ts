/**
 * Messages of an established context, on the package's own threads, in the order of the calls. The functions throw what is
 * the caller's mistake: who hands their promise on makes rejections of it.
 */
import { abortable, type AsyncOptions } from '../base/abort'
import { type Bytes, messageView } from '../base/bytes'
import type { ContextCore } from './core'
import {
  confidentialOption,
  type MicOptions,
  qopOption,
  type UnwrapResult,
  type VerifyResult,
  type WrapOptions,
} from './message'
import { addon } from '../native'
import { abortSignal, optionOf, signalOption } from '../base/options'

const WRAP_ASYNC = ['confidential', 'qop', 'signal'] as const
const MIC_ASYNC = ['qop', 'signal'] as const

// The bytes are looked at again at the call: a signal is asked meanwhile, and what passes for one may do anything.

export function wrapAsync(
  core: ContextCore,
  message: Bytes,
  options?: WrapOptions & AsyncOptions,
): Promise<Buffer> {
  const confidential = confidentialOption(options, WRAP_ASYNC)
  const qop = qopOption(options, WRAP_ASYNC)
  const signal = abortSignal(optionOf(options, 'signal', WRAP_ASYNC))
  const input = messageView(message, 'message')
  const context = core.usable()
  const native = addon()
  return abortable(native, signal, (job) =>
    native.wrapAsync(context, messageView(input, 'message'), confidential, qop, job),
  )
}

export function unwrapAsync(
  core: ContextCore,
  token: Bytes,
  options?: AsyncOptions,
): Promise<UnwrapResult> {
  const signal = signalOption(options)
  const input = messageView(token, 'token')
  const context = core.usable()
  const native = addon()
  const pending = abortable(native, signal, (job) =>
    native.unwrapAsync(context, messageView(input, 'token'), job),
  )
  return unwrapped(core, pending)
}

async function unwrapped(
  core: ContextCore,
  pending: Promise<[Buffer, boolean, number, number]>,
): Promise<UnwrapResult> {
  const [message, confidential, qop, bits] = await pending
  return { message, confidential, qop, sequence: core.judge(bits, 'gss_unwrap') }
}

export function getMicAsync(
  core: ContextCore,
  message: Bytes,
  options?: MicOptions & AsyncOptions,
): Promise<Buffer> {
  const qop = qopOption(options, MIC_ASYNC)
  const signal = abortSignal(optionOf(options, 'signal', MIC_ASYNC))
  const input = messageView(message, 'message')
  const context = core.usable()
  const native = addon()
  return abortable(native, signal, (job) =>
    native.getMicAsync(context, messageView(input, 'message'), qop, job),
  )
}

export function verifyMicAsync(
  core: ContextCore,
  message: Bytes,
  mic: Bytes,
  options?: AsyncOptions,
): Promise<VerifyResult> {
  const signal = signalOption(options)
  const input = messageView(message, 'message')
  const code = messageView(mic, 'mic')
  const context = core.usable()
  const native = addon()
  const pending = abortable(native, signal, (job) =>
    native.verifyMicAsync(context, messageView(input, 'message'), messageView(code, 'mic'), job),
  )
  return verified(core, pending)
}

async function verified(
  core: ContextCore,
  pending: Promise<[number, number]>,
): Promise<VerifyResult> {
  const [qop, bits] = await pending
  return { qop, sequence: core.judge(bits, 'gss_verify_mic') }
}
