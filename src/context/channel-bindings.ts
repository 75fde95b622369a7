/** Channel bindings: what ties a context to the channel it is made over (RFC 5056). */
import { X509Certificate } from 'node:crypto'
import type { TLSSocket } from 'node:tls'
import { inspect } from 'node:util'
import { invalidArgType } from '../base/argument-error'
import { type Bytes, copied, isBytes } from '../base/bytes'
import { certificateHash, sessionCertificate } from './certificate-hash'
import { markCopy } from '../base/copy'
import { refusal } from '../base/errors'
import type { BindingsTuple } from '../native'
import { optionsOf, uint32 } from '../base/options'

/** A network address in channel bindings: RFC 2744 §3.11. */
export interface BindingsAddress {
  /** GSS_C_AF_*: 2 internet, 255 none (Java's default), 0 unspecified (C's default). */
  type: number
  address: Bytes
}

/** Options of {@link ChannelBindings}. */
export interface ChannelBindingsOptions {
  applicationData?: Bytes | undefined
  /** Default: type 0 (GSS_C_AF_UNSPEC), empty. */
  initiatorAddress?: BindingsAddress | undefined
  /** Default: type 0 (GSS_C_AF_UNSPEC), empty. */
  acceptorAddress?: BindingsAddress | undefined
}

const NONE = new Uint8Array(0)

/** @internal Throws unless it is a ChannelBindings of this copy of the package; null for undefined. */
export let bindingsTuple: (value: unknown, argument: string) => BindingsTuple | null

/**
 * What both sides see of the channel under the context, so that nobody stands in between. Both must
 * give equal ones; an acceptor of MIT or Heimdal that gives some accepts an initiator that gives none
 * (see `flags.channelBound`).
 *
 * Address types count: Java's default is 255, C's and this package's is 0.
 */
export class ChannelBindings {
  readonly #tuple: BindingsTuple

  static {
    markCopy(this.prototype)
    bindingsTuple = (value, argument) => {
      if (value === undefined) return null
      if (typeof value !== 'object' || value === null || !(#tuple in value)) {
        throw invalidArgType(argument, 'an instance of ChannelBindings', value)
      }
      return value.#tuple
    }
  }

  /**
   * Bindings as RFC 2744 §3.11 has them; the bytes are copied.
   *
   * @throws TypeError, RangeError for a mistake in the options
   */
  constructor(options: ChannelBindingsOptions) {
    if ((options as unknown) === undefined) {
      throw invalidArgType('options', 'of type object', options)
    }
    const given = optionsOf(options, ['applicationData', 'initiatorAddress', 'acceptorAddress'])
    const data = given.applicationData
    this.#tuple = [
      ...address(given.initiatorAddress, 'options.initiatorAddress'),
      ...address(given.acceptorAddress, 'options.acceptorAddress'),
      data === undefined ? NONE : copied(data, 'options.applicationData'),
    ]
  }

  /**
   * 'tls-server-end-point' (RFC 5929 §4): the hash of the server's certificate. Of a connected TLS socket
   * of either side, of a certificate, or of a certificate's DER bytes. It holds for every connection to that
   * server, through resumption and TLS 1.3; what HTTP Negotiate and Active Directory use.
   *
   * @throws GssError ERR_GSS_UNSUPPORTED for certificates signed by Ed25519 or Ed448, ERR_INVALID_STATE
   *   where the socket is not secure or the server has no certificate; TypeError
   */
  static tlsServerEndPoint(from: TLSSocket | X509Certificate | Bytes): ChannelBindings {
    return prefixed('tls-server-end-point', certificateHash(serverCertificate(from)))
  }

  /**
   * 'tls-unique' (RFC 5929 §3): the first Finished message of the handshake. TLS 1.2 and older only, and
   * sound only with the extended master secret (RFC 7627), which Node does not tell; prefer
   * {@link tlsExporter}.
   *
   * @throws GssError ERR_GSS_UNSUPPORTED with TLS 1.3, ERR_INVALID_STATE where the socket is not secure;
   *   TypeError
   */
  static tlsUnique(socket: TLSSocket): ChannelBindings {
    const [sent, received] = finished(socket)
    if (socket.getProtocol() === 'TLSv1.3') {
      throw refusal('ERR_GSS_UNSUPPORTED', 'tls-unique is not defined for TLS 1.3: use tlsExporter')
    }
    // The client finishes first, except where a session is resumed.
    const weWereFirst = isServer(socket) === socket.isSessionReused()
    return prefixed('tls-unique', weWereFirst ? sent : received)
  }

  /**
   * 'tls-exporter' (RFC 9266): keying material of this connection. For TLS 1.3, and for TLS 1.2 with the
   * extended master secret.
   *
   * @throws GssError ERR_INVALID_STATE where the socket is not secure; TypeError
   */
  static tlsExporter(socket: TLSSocket): ChannelBindings {
    finished(socket)
    const label = 'EXPORTER-Channel-Binding'
    return prefixed('tls-exporter', socket.exportKeyingMaterial(32, label, Buffer.alloc(0)))
  }

  /** A copy of the application data: 'tls-exporter:' and so on, then the bytes. */
  get applicationData(): Buffer {
    return Buffer.from(this.#tuple[4])
  }

  /** @internal */
  [inspect.custom](): string {
    return '[ChannelBindings]'
  }
}

function address(value: unknown, name: string): [number, Uint8Array] {
  if (value === undefined) return [0, NONE]
  const given = optionsOf(value as BindingsAddress, ['type', 'address'], name)
  return [uint32(given.type, `${name}.type`), copied(given.address, `${name}.address`)]
}

function prefixed(type: string, data: Uint8Array): ChannelBindings {
  return new ChannelBindings({ applicationData: Buffer.concat([Buffer.from(`${type}:`), data]) })
}

function serverCertificate(from: unknown): Uint8Array {
  if (isBytes(from)) return copied(from, 'from')
  if (from instanceof X509Certificate) return from.raw
  const expected = 'an instance of TLSSocket, X509Certificate, Buffer, TypedArray or DataView'
  const socket = tlsSocket(from, 'from', expected)
  finished(socket)
  const certificate = isServer(socket) ? socket.getX509Certificate()?.raw : peerCertificate(socket)
  if (certificate !== undefined) return certificate
  throw refusal('ERR_INVALID_STATE', 'the TLS server has no certificate')
}

/** The server's certificate of sockets that were asked once. */
const seen = new WeakMap<TLSSocket, Uint8Array>()

/**
 * Node (20 to 26) gives a client its peer's certificate once, and to whoever asks first; and a client that resumed a session of
 * TLS 1.2 was sent none. It stands in the session.
 */
function peerCertificate(socket: TLSSocket): Uint8Array | undefined {
  const received = socket.getPeerX509Certificate()?.raw ?? ofSession(socket) ?? seen.get(socket)
  if (received !== undefined) seen.set(socket, new Uint8Array(received))
  return received
}

function ofSession(socket: TLSSocket): Uint8Array | undefined {
  const session = socket.getSession()
  const certificate = session && sessionCertificate(session)
  session?.fill(0) // it holds the master secret
  return certificate
}

function tlsSocket(value: unknown, name: string, expected: string): TLSSocket {
  const socket = value as Partial<TLSSocket> | null | undefined
  if (typeof socket === 'object' && typeof socket?.getPeerFinished === 'function') {
    return socket as TLSSocket
  }
  throw invalidArgType(name, expected, value)
}

/** The Finished messages sent and received; only a secure connection has both. */
function finished(value: unknown): [sent: Buffer, received: Buffer] {
  const socket = tlsSocket(value, 'socket', 'an instance of TLSSocket')
  const sent = socket.getFinished()
  const received = socket.getPeerFinished()
  if (sent && received) return [sent, received]
  throw refusal('ERR_INVALID_STATE', 'the TLS socket is not secure, or is closed')
}

/** Documented so: null is returned on a server's socket, an object on a client's. */
function isServer(socket: TLSSocket): boolean {
  return socket.getEphemeralKeyInfo() === null
}
