/** What the mechanism tells of a context, and is told about it, beside messages. */
import { type Bytes, bytes } from '../base/bytes'
import { refusal, refusalAs, toGssError } from '../base/errors'
import { oid as checkedOid } from '../base/options'
import { type ContextCore, State } from '../message/core'
import { addon } from '../native'
import { unfitReply } from './establishment'
import { isLucid } from './krb5-context'
import { enctypeOf, SESSION_KEY } from './session-key'

const EMPTY = new Uint8Array(0)
const INQUIRE = 'gss_inquire_sec_context_by_oid'
const PROCESS = 'gss_process_context_token'
const LUCID = 'it gives keys away, and is asked for by krb5.exportLucid()'

export function inquireByOid(core: ContextCore, oid: string): Buffer[] {
  const text = checkedOid(oid, 'oid')
  try {
    if (isLucid(text)) throw refusalAs('GSS_S_UNAVAILABLE', LUCID, INQUIRE)
    return addon().inquireContextByOid(core.native, text)
  } catch (thrown) {
    throw toGssError(thrown)
  }
}

export function setOption(core: ContextCore, oid: string, value: Bytes | undefined): void {
  const text = checkedOid(oid, 'oid')
  const input = value === undefined ? EMPTY : bytes(value, 'value')
  try {
    addon().setContextOption(core.native, text, input)
  } catch (thrown) {
    throw toGssError(thrown)
  }
}

export function processContextToken(core: ContextCore, token: Bytes): void {
  const input = bytes(token, 'token')
  const unfit = unfitReply(input)
  if (unfit !== undefined) throw refusalAs('GSS_S_DEFECTIVE_TOKEN', unfit, PROCESS)
  try {
    addon().processContextToken(core.native, input)
  } catch (thrown) {
    throw toGssError(thrown)
  }
}

export function sessionKey(core: ContextCore): { type: number; key: Buffer } {
  if (core.state === State.Open) {
    throw refusal('ERR_GSS_NOT_ESTABLISHED', 'the context is not established')
  }
  const [key, type] = inquireByOid(core, SESSION_KEY)
  if (key !== undefined) return { type: enctypeOf(type), key }
  throw refusal('ERR_GSS_UNSUPPORTED', 'the mechanism gives no session key')
}
