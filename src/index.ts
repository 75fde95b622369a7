/**
 * Kerberos, SPNEGO and GSSAPI for Node.js, on the system's own library.
 *
 * @module gssapi
 */
export type { AsyncOptions } from './abort'
export { Acceptor, type AcceptorOptions } from './acceptor'
export type { Bytes } from './bytes'
export {
  type BindingsAddress,
  ChannelBindings,
  type ChannelBindingsOptions,
} from './channel-bindings'
export { type ContextOptions, SecurityContext } from './context'
export type { ExportContextOptions, ImportContextOptions } from './context-transfer'
export { Credential, type CredentialInfo } from './credential'
export type {
  AcquireOptions,
  AddOptions,
  CredentialStore,
  ImpersonateOptions,
  StoreOptions,
  Usage,
} from './credential-options'
export type { Enctype } from './enctypes'
export { GssError } from './errors'
export type { Flags } from './flags'
export { Initiator, type InitiatorOptions } from './initiator'
export type { Krb5Context, LucidContext, LucidKey, TicketFlags } from './krb5-context'
export { type Configuration, configure, library, type LibraryInfo } from './library'
export type { UnwrapIovResult } from './iov'
export type { IovBuffer, IovType } from './iov-buffer'
export type { Mechanism } from './mechanism'
export {
  describeMechanism,
  describeMechanismAttribute,
  type MechanismAttribute,
  type MechanismDetails,
  type MechanismFilter,
  type MechanismInfo,
  mechanismOfSaslName,
  mechanisms,
} from './mechanism-enquiry'
export type {
  MicOptions,
  UnwrapIntoResult,
  UnwrapResult,
  VerifyResult,
  WrapOptions,
} from './message'
export { Name } from './name'
export type { NameAttribute, SetAttributeOptions } from './name-attributes'
export type { NameType } from './name-type'
export { oidFromDer, oidFromText, oidToDer } from './oid'
export type { PrfOptions } from './prf'
export type { OnSequenceError, Sequence } from './sequence'
export { readProcessVariable, swapProcessVariable } from './process-environment'
export { proxyAdvice } from './hints-proxy'
export { unwrapWinrm, type WinrmMessage, wrapWinrm } from './winrm'
export { changePassword, type ChangePasswordOptions } from './password'
export { RenewingCredential, type RenewingEvents } from './renewing-credential'
export type { RenewingOptions } from './renewing-options'
export { destroyTicketCache, renewTicket } from './ticket-cache'
export { verifyPassword, type VerifyPasswordOptions } from './verify-password'
