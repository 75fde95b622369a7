/** Contexts that go on in another process or thread: as bytes, checked before the library sees them. */
import { abortable, type AsyncOptions } from '../../base/abort'
import { type Bytes, MAX_CONTEXT_TOKEN } from '../../base/bytes'
import { Establishment } from '../establishment'
import { type ContextSetup, createContext } from '../setup'
import { type Credential, nativeCredential } from '../../credential/credential'
import { describeBefore } from '../../encoding/description'
import { envelopeKind, openEnvelope, sealEnvelope } from '../../encoding/envelope'
import { attemptWith, refusalAs } from '../../base/errors'
import { State } from '../../message/core'
import { addon } from '../../native'
import { abortSignal, flag, optionsOf } from '../../base/options'
import { joinSecret, secretCopy } from '../../base/secret'
import { type OnSequenceError, onSequenceErrorOption } from '../../message/sequence'
import { describeUnfinished, setupOf, type Shared, splitUnfinished } from './unfinished'

/** Options of {@link SecurityContext.export}. */
export interface ExportContextOptions extends AsyncOptions {
  /**
   * The library's own token, without what tells damage: for programs in other languages that use the same
   * library. Of established contexts only: what is required of another would be lost. Default: false.
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
  /**
   * For the next steps of a context that is not established, whose exporter had one of its own: no credential
   * travels. krb5 needs none any more, NTLM does. Default: the platform's default credential.
   */
  credential?: Credential | undefined
  /** As in {@link ContextOptions}: it does not travel. Default: 'throw'. */
  onSequenceError?: OnSequenceError | undefined
}

const EXPORT = 'gss_export_sec_context'
const IMPORT = 'gss_import_sec_context'

function sealed(token: Buffer, raw: boolean, description: Buffer | undefined): Buffer {
  if (raw) return token
  const maker = addon().library()
  const body = description === undefined ? token : describeBefore(description, token)
  const kind = description === undefined ? 'context' : 'unfinished context'
  const envelope = sealEnvelope(kind, maker, body)
  const result = joinSecret([envelope])
  for (const secret of [token, body, envelope]) secret.fill(0)
  return result
}

/** The answer where it cannot leave, and goes on. */
function refuse(why: string): Promise<never> {
  return Promise.reject(refusalAs('GSS_S_NO_CONTEXT', why, EXPORT))
}

/** The context is no longer usable from here on; only where the library refuses it is as before. */
export function exportContext(
  context: Establishment,
  options: ExportContextOptions | undefined,
): Promise<Buffer> {
  const given = optionsOf(options, ['raw', 'signal'])
  const raw = flag(given.raw, 'options.raw', false)
  const signal = abortSignal(given.signal)
  // Only now: a getter among the options may do anything.
  const leaving = context.leave()
  if (typeof leaving === 'string') return refuse(leaving)
  if (raw && leaving !== undefined) return refuse('the context is not established: not raw')
  const { core } = context
  const description = leaving && describeUnfinished(core.native, leaving)
  if (typeof description === 'string') return refuse(description)
  core.state = State.Disposed
  const native = addon()
  let begun = false
  return abortable(
    native,
    signal,
    (job) => native.exportContext(core.native, job),
    (running) => (begun = running),
  ).then(
    (token) => sealed(token, raw, description),
    (error: unknown) => {
      // Aborted while it ran: if the library refuses after all, nobody is left to whom the keys belong.
      if (begun) context.dispose()
      else context.stay()
      throw error
    },
  )
}

function opened(token: Uint8Array, raw: boolean, unfinished: boolean): Uint8Array {
  const refuse = (why: string) => refusalAs('GSS_S_DEFECTIVE_TOKEN', why, IMPORT)
  if (token.length > MAX_CONTEXT_TOKEN) throw refuse('the token has more than 16 MiB')
  const kind = unfinished ? 'unfinished context' : 'context'
  if (!raw) return openEnvelope(kind, addon().library(), token, IMPORT)
  if (token.length === 0) throw refuse('the token is empty')
  return token
}

/** `body` is a view of memory that is overwritten afterwards: the native call copies. */
function resume(
  body: Uint8Array,
  credential: unknown,
  shared: Shared,
  signal: AbortSignal | undefined,
): Promise<ContextSetup> {
  const native = addon()
  const { unfinished, token } = splitUnfinished(body)
  const setup = setupOf(unfinished, credential, shared)
  const context = createContext(setup)
  const { granted, lifetime, mechanism } = unfinished
  const imported = { context, initiator: unfinished.initiator !== null }
  return abortable(native, signal, (job) =>
    native.resumeContext(context, token, granted, lifetime, mechanism, job),
  ).then(
    () => ({ ...setup, imported }),
    (error: unknown) => {
      native.disposeContext(context)
      throw error
    },
  )
}

const NO_POLICY = {
  credential: null,
  bindings: null,
  required: 0,
  forbidden: 0,
  requiredAtOnce: 0,
  initiator: undefined,
  negotiation: undefined,
  speaksFirst: false,
}

/** What the object that is imported is made of. */
export function importContext(
  token: Bytes,
  options: ImportContextOptions | undefined,
): Promise<Establishment> {
  return importedSetup(token, options).then((setup) => new Establishment(setup))
}

function importedSetup(
  token: Bytes,
  options: ImportContextOptions | undefined,
): Promise<ContextSetup> {
  const given = optionsOf(options, ['raw', 'credential', 'onSequenceError', 'signal'])
  const raw = flag(given.raw, 'options.raw', false)
  const shared = { onSequenceError: onSequenceErrorOption(given.onSequenceError) }
  const { credential } = given
  nativeCredential(credential, 'options.credential')
  const signal = abortSignal(given.signal)
  const bytes = secretCopy(token, 'token')
  return attemptWith([bytes], () => {
    const native = addon()
    const unfinished = !raw && envelopeKind(bytes) === 'unfinished context'
    const inner = opened(bytes, raw, unfinished)
    if (unfinished) return resume(inner, credential, shared, signal)
    return abortable(native, signal, (job) => native.importContext(inner, job)).then(
      (imported) => ({ ...NO_POLICY, ...shared, imported }),
    )
  })
}
