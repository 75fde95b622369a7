// The wire of gss-client and gss-server, the sample programs of MIT Kerberos: one byte of flags, a length, the data.
import { frames, next, send } from './frames.mjs'

export const NOOP = 0x01
export const CONTEXT = 0x02
export const DATA = 0x04
export const MIC = 0x08
export const CONTEXT_NEXT = 0x10
export const WRAPPED = 0x20
export const ENCRYPTED = 0x40
export const SEND_MIC = 0x80

const NOTHING = Buffer.alloc(0)

export const packets = (socket) => frames(socket, 5)

/** The next `{ flags, data }`; an error unless all of `expected` is among its flags. */
export async function nextPacket(incoming, expected) {
  const { header, data } = await next(incoming)
  const flags = header[0]
  if ((flags & expected) === expected) return { flags, data }
  throw new Error(`The peer sent flags 0x${flags.toString(16)}, not 0x${expected.toString(16)}`)
}

export function sendPacket(socket, flags, data = NOTHING) {
  return send(socket, data, Buffer.of(flags, 0, 0, 0, 0))
}
