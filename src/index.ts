/**
 * Kerberos, SPNEGO and GSSAPI for Node.js, on the system's own library.
 *
 * @module gssapi
 */
export type { AsyncOptions } from './base/abort'
export type { AcceptorOptions } from './context/acceptor-options'
export type { Bytes } from './base/bytes'
export {
  type BindingsAddress,
  ChannelBindings,
  type ChannelBindingsOptions,
} from './context/channel-bindings'
export { Acceptor, Initiator, SecurityContext } from './context/context'
export type { ContextOptions } from './context/setup'
export type { ExportContextOptions, ImportContextOptions } from './context/transfer/transfer'
export { Credential, type CredentialInfo } from './credential/credential'
export type {
  AcquireOptions,
  AddOptions,
  CredentialStore,
  ImpersonateOptions,
  StoreOptions,
  Usage,
} from './credential/options'
export type { Enctype } from './credential/enctypes'
export { GssError } from './base/errors'
export type { GssErrorCode } from './base/codes'
export type { Flags } from './base/flags'
export type { InitiatorOptions } from './context/initiator-options'
export type { Krb5Context, LucidContext, LucidKey, TicketFlags } from './context/krb5-context'
export { type Configuration, configure, library, type LibraryInfo } from './base/library'
export type { UnwrapIovResult } from './message/iov'
export type { IovBuffer, IovType } from './message/iov-buffer'
export type { Mechanism, MechanismOptions } from './mechanism/mechanism'
export {
  describeMechanism,
  describeMechanismAttribute,
  type MechanismAttribute,
  type MechanismDetails,
  type MechanismFilter,
  type MechanismInfo,
  mechanismOfSaslName,
  mechanisms,
} from './mechanism/inquiry'
export type {
  MicOptions,
  UnwrapIntoResult,
  UnwrapResult,
  VerifyResult,
  WrapOptions,
} from './message/message'
export { Name } from './name/name'
export type { NameAttribute, SetAttributeOptions } from './name/attributes'
export type { NameType } from './mechanism/name-types'
export { oidFromDer, oidFromText, oidToDer } from './encoding/oid'
export type { PrfOptions } from './message/prf'
export type { OnSequenceError, Sequence } from './message/sequence'
export { optionsOf } from './base/options'
export { readProcessVariable, swapProcessVariable } from './base/process-environment'
export { proxyAdvice } from './base/hints-proxy'
export { unwrapWinrm, type WinrmMessage, wrapWinrm } from './winrm/index'
export { changePassword, type ChangePasswordOptions } from './credential/password'
export { RenewingCredential, type RenewingEvents } from './credential/renewing-credential'
export type { RenewingOptions } from './credential/renewing-options'
export { type CacheStore, destroyTicketCache, renewTicket } from './credential/ticket-cache'
export { verifyPassword, type VerifyPasswordOptions } from './context/verify-password'
