/** What the mechanism tells of a context, and is told about it, beside messages. */
import { type Bytes, bytes, MAX_CONTEXT_TOKEN } from '../base/bytes'
import { refusal, refusalAs, toGssError } from '../base/errors'
import { isLucid, Krb5Context } from './krb5-context'
import { contextHandle, contextState, State } from '../message/message'
import { AsyncMessageProtection } from '../message/async'
import { addon } from '../native'
import { oid as checkedOid } from '../base/options'
import { enctypeOf, SESSION_KEY } from './session-key'

const EMPTY = new Uint8Array(0)
const INQUIRE = 'gss_inquire_sec_context_by_oid'
const PROCESS = 'gss_process_context_token'
const LUCID = 'it gives keys away, and is asked for by krb5.exportLucid()'

/** Why a token of the peer's must not come to the library. */
export function unfitReply(token: Uint8Array): string | undefined {
  if (token.byteLength > MAX_CONTEXT_TOKEN) return 'the token has more than 16 MiB'
  // Quirk(mit): 1.20's SPNEGO initiator crashes on an empty reply, which a peer can send.
  return token.byteLength === 0 ? 'the token is empty' : undefined
}

export abstract class ContextEnquiry extends AsyncMessageProtection {
  #krb5: Krb5Context | undefined

  /**
   * What the mechanism tells by an object identifier (gss_inquire_sec_context_by_oid). Secrets may be
   * among it: overwrite them after use.
   *
   * @throws GssError GSS_S_UNAVAILABLE where it knows nothing of it, ERR_GSS_NOT_ESTABLISHED,
   *   ERR_GSS_DISPOSED, ERR_GSS_CONTEXT_BUSY, ERR_GSS_UNSUPPORTED; TypeError where it is no object identifier
   */
  inquireByOid(oid: string): Buffer[] {
    const text = checkedOid(oid, 'oid')
    try {
      if (isLucid(text)) throw refusalAs('GSS_S_UNAVAILABLE', LUCID, INQUIRE)
      return addon().inquireContextByOid(contextHandle(this), text)
    } catch (thrown) {
      throw toGssError(thrown)
    }
  }

  /**
   * Sets an option of the mechanism's own (gss_set_sec_context_option), before or after the context is
   * established. krb5 has none in MIT; Heimdal's change the process, not the context. NTLM (gss-ntlmssp) has some.
   *
   * @param value what the option takes; default: nothing
   * @throws GssError GSS_S_UNAVAILABLE where the mechanism does not know the option, ERR_GSS_DISPOSED,
   *   ERR_GSS_CONTEXT_BUSY, ERR_GSS_UNSUPPORTED (Windows; options whose values are C pointers); TypeError
   */
  setOption(oid: string, value?: Bytes): void {
    const text = checkedOid(oid, 'oid')
    const input = value === undefined ? EMPTY : bytes(value, 'value')
    try {
      addon().setContextOption(contextHandle(this), text, input)
    } catch (thrown) {
      throw toGssError(thrown)
    }
  }

  /**
   * Takes a token of the peer's that is for the context itself, no message (gss_process_context_token,
   * RFC 2743 §2.2.4). Only RFC 1964's mechanism has one, by which the peer says that it has deleted the
   * context: this one is of no use afterwards, its messages throw GSS_S_NO_CONTEXT. Nobody sends it today.
   *
   * @throws GssError GSS_S_DEFECTIVE_TOKEN, GSS_S_BAD_MIC where it is none: the context stays as it is;
   *   ERR_GSS_NOT_ESTABLISHED, ERR_GSS_DISPOSED, ERR_GSS_CONTEXT_BUSY, ERR_GSS_UNSUPPORTED (Windows); TypeError
   */
  processContextToken(token: Bytes): void {
    const input = bytes(token, 'token')
    const unfit = unfitReply(input)
    if (unfit !== undefined) throw refusalAs('GSS_S_DEFECTIVE_TOKEN', unfit, PROCESS)
    try {
      addon().processContextToken(contextHandle(this), input)
    } catch (thrown) {
      throw toGssError(thrown)
    }
  }

  /** What Kerberos knows of this context; its calls fail where the mechanism is another. */
  get krb5(): Krb5Context {
    return (this.#krb5 ??= new Krb5Context(this))
  }

  /**
   * The key that both sides share (GSS_C_INQ_SSPI_SESSION_KEY). A secret: overwrite it after use.
   *
   * @returns `type`: the encryption type's number of RFC 3961: 17 aes128, 18 aes256 …; 0 where the
   *   mechanism does not say
   * @throws as {@link inquireByOid}; ERR_GSS_NOT_ESTABLISHED
   */
  sessionKey(): { type: number; key: Buffer } {
    if (contextState(this) === State.Open) {
      throw refusal('ERR_GSS_NOT_ESTABLISHED', 'the context is not established')
    }
    const [key, type] = this.inquireByOid(SESSION_KEY)
    if (key !== undefined) return { type: enctypeOf(type), key }
    throw refusal('ERR_GSS_UNSUPPORTED', 'the mechanism gives no session key')
  }
}
