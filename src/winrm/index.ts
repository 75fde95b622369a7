/** Messages of WinRM (MS-WSMV 2.2.9.1): the mechanism's header and the encrypted message travel apart. */
import { bytes, type Bytes } from '../base/bytes'
import { invalidArgType } from '../base/argument-error'
import { SecurityContext } from '../context/context'
import { refusal } from '../base/errors'

/** What WinRM's "application/octet-stream" part is made of. */
export interface WinrmMessage {
  /** The signature; before it stands its length, 4 bytes, least significant first. */
  header: Buffer
  /** The encrypted message, and its padding. */
  data: Buffer
  /** How much of `data` is padding. `Length=` of the "OriginalContent" line is the message's length and this. */
  paddingLength: number
}

function checkContext(context: unknown): void {
  if (!(context instanceof SecurityContext)) {
    throw invalidArgType('context', 'an instance of SecurityContext', context)
  }
}

/**
 * Encrypts a message of WinRM for HTTP (MS-WSMV 2.2.9.1.1.2). The message is not changed.
 *
 * @throws as {@link SecurityContext.wrapIov}
 */
export function wrapWinrm(context: SecurityContext, message: Bytes): WinrmMessage {
  checkContext(context)
  const copy = Buffer.from(bytes(message, 'message'))
  const [header, data, padding] = context.wrapIov([
    { type: 'header' },
    { type: 'data', buffer: copy },
    { type: 'padding' },
  ]) as [Buffer, Buffer, Buffer]
  const paddingLength = padding.length
  return {
    header,
    data: paddingLength === 0 ? data : Buffer.concat([data, padding]),
    paddingLength,
  }
}

/**
 * Opens a message of WinRM.
 *
 * @returns the message, without padding
 * @throws as {@link SecurityContext.unwrap}; GssError ERR_GSS_PROTECTION_NOT_GRANTED where the message is not encrypted
 */
export function unwrapWinrm(context: SecurityContext, header: Bytes, data: Bytes): Buffer {
  checkContext(context)
  const token = Buffer.concat([bytes(header, 'header'), bytes(data, 'data')])
  const { message, confidential } = context.unwrap(token)
  if (confidential) return message
  message.fill(0)
  throw refusal('ERR_GSS_PROTECTION_NOT_GRANTED', 'the message was not encrypted')
}
