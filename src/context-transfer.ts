/** Contexts that go on in another process or thread: as bytes, checked before the library sees them. */
import { abortable, type AsyncOptions } from './abort'
import { type Bytes, copied, MAX_CONTEXT_TOKEN } from './bytes'
import { joinSecret } from './credential-metadata'
import { openEnvelope, sealEnvelope } from './envelope'
import { attempt, refusalAs } from './errors'
import { contextHandle, type MessageProtection, setContextState, State } from './message'
import { addon, type NativeContext } from './native'
import { abortSignal, flag, optionsObject } from './options'
import { type OnSequenceError, onSequenceErrorOption } from './sequence'

/** Options of {@link SecurityContext.export}. */
export interface ExportContextOptions extends AsyncOptions {
  /**
   * The library's own token, without what tells damage: for programs in other languages that use the same
   * library. Default: false.
   */
  raw?: boolean | undefined
}

/** Options of {@link SecurityContext.import}. */
export interface ImportContextOptions extends AsyncOptions {
  /**
   * The bytes are the library's own token. **Only from a source that you trust as much as your own program,
   * over a channel that damages nothing**: MIT krb5 reads it by unchecked lengths. Default: false.
   */
  raw?: boolean | undefined
  /** As in {@link ContextOptions}: it does not travel. Default: 'throw'. */
  onSequenceError?: OnSequenceError | undefined
}

/** @internal */
export interface ImportedContext {
  context: NativeContext
  initiator: boolean
}

const IMPORT = 'gss_import_sec_context'

function sealed(token: Buffer, raw: boolean): Buffer {
  if (raw) return token
  const envelope = sealEnvelope('context', addon().library(), token)
  const result = joinSecret(envelope)
  for (const secret of [token, envelope]) secret.fill(0)
  return result
}

/** @internal The answer where the context is not established yet. */
export function refuseExport(options: ExportContextOptions | undefined): Promise<never> {
  flag(optionsObject(options).raw, 'options.raw', false)
  abortSignal(options)
  const why = 'the context is not established'
  return Promise.reject(refusalAs('GSS_S_NO_CONTEXT', why, 'gss_export_sec_context'))
}

/**
 * @internal From here on the context is no longer usable. `decided` is told once whether it has ended;
 * otherwise it is as before.
 */
export function exportContext(
  context: MessageProtection,
  options: ExportContextOptions | undefined,
  decided: (ended: boolean) => void,
): Promise<Buffer> {
  const raw = flag(optionsObject(options).raw, 'options.raw', false)
  const signal = abortSignal(options)
  const native = addon()
  setContextState(context, State.Disposed)
  let begun = false
  return attempt(() =>
    abortable(
      native,
      signal,
      (job) => native.exportContext(contextHandle(context), job),
      (running) => (begun = running),
    ).then(
      (token) => {
        decided(true)
        return sealed(token, raw)
      },
      (error: unknown) => {
        decided(begun)
        throw error
      },
    ),
  )
}

function opened(token: Uint8Array, raw: boolean): Uint8Array {
  const refuse = (why: string) => refusalAs('GSS_S_DEFECTIVE_TOKEN', why, IMPORT)
  if (token.length > MAX_CONTEXT_TOKEN) throw refuse('the token has more than 16 MiB')
  if (!raw) return openEnvelope('context', addon().library(), token, IMPORT)
  if (token.length === 0) throw refuse('the token is empty')
  return token
}

/** @internal `make` makes the object that is imported. */
export function importContext<T>(
  token: Bytes,
  options: ImportContextOptions | undefined,
  make: (imported: ImportedContext, onSequenceError: OnSequenceError) => T,
): Promise<T> {
  const given = optionsObject(options)
  const raw = flag(given.raw, 'options.raw', false)
  const onSequenceError = onSequenceErrorOption(given.onSequenceError)
  const signal = abortSignal(options)
  const bytes = copied(token, 'token')
  return attempt(() => {
    const native = addon()
    const inner = opened(bytes, raw)
    return abortable(native, signal, (job) => native.importContext(inner, job)).then((imported) =>
      make(imported, onSequenceError),
    )
  }).finally(() => bytes.fill(0))
}
