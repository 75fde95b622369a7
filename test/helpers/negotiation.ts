/** SPNEGO's tokens (RFC 4178 §4.2) as somebody else would write them, or a forger. */
import { oidToDer } from 'gssapi'

/** An element in DER. */
export function der(tag: number, ...parts: Uint8Array[]): Buffer {
  const contents = Buffer.concat(parts)
  const { length } = contents
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), contents])
  const size = Buffer.alloc(4)
  size.writeUInt32BE(length)
  return Buffer.concat([Buffer.from([tag, 0x84]), size, contents])
}

const SPNEGO = '1.3.6.1.5.5.2'

/** NTLM's NEGOTIATE_MESSAGE, as a browser without a ticket sends it. */
export const NTLM_NEGOTIATE = Buffer.concat([
  Buffer.from('NTLMSSP\0'),
  Buffer.from('01000000978208e2', 'hex'),
  Buffer.alloc(24),
])

/** Framed; `mechanisms` are object identifiers. */
export const negTokenInit = (mechanisms: string[], token?: Uint8Array, mic?: Uint8Array): Buffer =>
  der(
    0x60,
    oidToDer(SPNEGO),
    der(
      0xa0,
      der(
        0x30,
        der(0xa0, der(0x30, ...mechanisms.map(oidToDer))),
        ...(token ? [der(0xa2, der(4, token))] : []),
        ...(mic ? [der(0xa3, der(4, mic))] : []),
      ),
    ),
  )

/** `state`: 0 accept-completed, 1 accept-incomplete, 2 reject, 3 request-mic; '' is no mechanism. */
export const negTokenResp = (
  state: number,
  mechanism = '',
  token?: Uint8Array,
  mic?: Uint8Array,
): Buffer =>
  der(
    0xa1,
    der(
      0x30,
      der(0xa0, der(0x0a, Buffer.from([state]))),
      ...(mechanism === '' ? [] : [der(0xa1, oidToDer(mechanism))]),
      ...(token ? [der(0xa2, der(4, token))] : []),
      ...(mic ? [der(0xa3, der(4, mic))] : []),
    ),
  )
