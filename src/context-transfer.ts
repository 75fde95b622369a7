/** Contexts that go on in another process or thread: as bytes, checked before the library sees them. */
import { abortable, type AsyncOptions } from './abort'
import { type Bytes, copied, MAX_CONTEXT_TOKEN } from './bytes'
import { type ContextSetup, createContext } from './context-setup'
import { type Credential, initiatorCredential, nativeCredential } from './credential'
import { joinSecret } from './description'
import { envelopeKind, openEnvelope, sealEnvelope } from './envelope'
import { attempt, refusalAs } from './errors'
import { KRB5 } from './mechanism'
import { contextHandle, type MessageProtection, setContextState, State } from './message'
import { addon } from './native'
import { abortSignal, flag, optionsObject } from './options'
import { type OnSequenceError, onSequenceErrorOption } from './sequence'
import {
  bindingsOfText,
  bindingsText,
  describeUnfinished,
  splitUnfinished,
  type Unfinished,
} from './unfinished-context'

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

/** @internal What a context that is not established takes along. */
export interface Leaving {
  setup: ContextSetup
  granted: number
}

function describe(context: MessageProtection, { setup, granted }: Leaving): Unfinished {
  const native = addon()
  const handle = contextHandle(context)
  native.contextFacts(handle)
  const { credential, bindings, initiator, required, requiredAtOnce } = setup
  const name = initiator && native.displayName(initiator.target)
  return {
    required,
    requiredAtOnce,
    granted,
    mechanism: native.contextMechanism(handle),
    lifetime: native.result[2] ?? 0,
    ownCredential: credential !== null,
    bindings: bindingsText(bindings),
    initiator: initiator && name ? { ...initiator, target: [name.text, name.type] } : null,
  }
}

function sealed(token: Buffer, raw: boolean, unfinished: Unfinished | undefined): Buffer {
  if (raw) return token
  const maker = addon().library()
  const body = unfinished === undefined ? token : describeUnfinished(unfinished, token)
  const kind = unfinished === undefined ? 'context' : 'unfinished context'
  const envelope = sealEnvelope(kind, maker, body)
  const result = joinSecret(envelope)
  for (const secret of [token, body, envelope]) secret.fill(0)
  return result
}

/** @internal The answer where it cannot leave, and goes on. */
export function refuseExport(why: string): Promise<never> {
  return Promise.reject(refusalAs('GSS_S_NO_CONTEXT', why, EXPORT))
}

/**
 * @internal From here on the context is no longer usable. `decided` is told once whether it has ended;
 * otherwise it is as before. `leaving` is given for one that is not established.
 */
export function exportContext(
  context: MessageProtection,
  options: ExportContextOptions | undefined,
  leaving: Leaving | string | undefined,
  decided: (ended: boolean) => void,
): Promise<Buffer> {
  const raw = flag(optionsObject(options).raw, 'options.raw', false)
  const signal = abortSignal(options)
  if (typeof leaving === 'string') return refuseExport(leaving)
  if (raw && leaving !== undefined) return refuseExport('the context is not established: not raw')
  const native = addon()
  const unfinished = leaving && describe(context, leaving)
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
        return sealed(token, raw, unfinished)
      },
      (error: unknown) => {
        // Aborted while it ran: if the library refuses after all, nobody is left to whom the keys belong.
        if (begun) native.disposeContext(contextHandle(context))
        decided(begun)
        throw error
      },
    ),
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

/**
 * Whose next steps it takes. Without a credential the library would take the default one's, which may be somebody else;
 * krb5's next step needs none.
 */
function nextCredential(unfinished: Unfinished, given: unknown): ContextSetup['credential'] {
  const { initiator, mechanism, ownCredential } = unfinished
  if (given === undefined && ownCredential && mechanism !== KRB5) {
    const why = 'it was made with a credential, which does not travel: options.credential is needed'
    throw refusalAs('GSS_S_NO_CRED', why, IMPORT)
  }
  if (initiator === null) return nativeCredential(given, 'options.credential')
  return initiatorCredential(given, 'options.credential', initiator.mechanism)
}

type Shared = Pick<ContextSetup, 'onSequenceError'>

function setupOf(unfinished: Unfinished, given: unknown, shared: Shared): ContextSetup {
  const { required, requiredAtOnce, initiator } = unfinished
  const setup = {
    ...shared,
    credential: nextCredential(unfinished, given),
    bindings: bindingsOfText(unfinished.bindings),
    required,
    requiredAtOnce,
  }
  if (initiator === null) return setup
  const [text, type] = initiator.target
  const target = addon().importName(Buffer.from(text), type)
  return { ...setup, initiator: { ...initiator, target } }
}

/** `body` is a view of memory that is overwritten afterwards: the native call copies. */
function resume(
  body: Uint8Array,
  credential: unknown,
  shared: Shared,
  signal: AbortSignal | undefined,
): Promise<ContextSetup> {
  const native = addon()
  const { unfinished, token } = splitUnfinished(body, IMPORT)
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

const NO_POLICY = { credential: null, bindings: null, required: 0, requiredAtOnce: 0 }

/** @internal What the object that is imported is made of. */
export function importContext(
  token: Bytes,
  options: ImportContextOptions | undefined,
): Promise<ContextSetup> {
  const given = optionsObject(options)
  const raw = flag(given.raw, 'options.raw', false)
  const shared = { onSequenceError: onSequenceErrorOption(given.onSequenceError) }
  const { credential } = given
  nativeCredential(credential, 'options.credential')
  const signal = abortSignal(options)
  const bytes = copied(token, 'token')
  return attempt(() => {
    const native = addon()
    const unfinished = !raw && envelopeKind(bytes) === 'unfinished context'
    const inner = opened(bytes, raw, unfinished)
    if (unfinished) return resume(inner, credential, shared, signal)
    return abortable(native, signal, (job) => native.importContext(inner, job)).then(
      (imported) => ({ ...NO_POLICY, ...shared, imported }),
    )
  }).finally(() => bytes.fill(0))
}
