/** What Kerberos knows of an established context: of the ticket it was made with, and its keys. */
import { AD_IF_RELEVANT, elementsOfType } from '../encoding/authorization-data'
import { illegalConstructor } from '../base/argument-error'
import { toGssError } from '../base/errors'
import { ContextCore, State } from '../message/core'
import { addon, type NativeContext } from '../native'
import { integer } from '../base/options'

/** RFC 4120 §2 and §5.3, RFC 6112 (anonymous), RFC 6806 (encPaRep). */
export interface TicketFlags {
  /** The user may have it reissued for another host. */
  forwardable: boolean
  /** It was reissued so, or is based on one that was. */
  forwarded: boolean
  proxiable: boolean
  proxy: boolean
  mayPostdate: boolean
  postdated: boolean
  /** It must be validated by the KDC first. */
  invalid: boolean
  renewable: boolean
  /** It was issued for a password or key, not for another ticket. */
  initial: boolean
  /** The user proved who it is before it was issued. */
  preAuthenticated: boolean
  /** The same, by hardware. */
  hardwareAuthenticated: boolean
  /** The KDC has checked the realms on the way. */
  transitedPolicyChecked: boolean
  /** The realm trusts this service with the user's credential. */
  okAsDelegate: boolean
  encPaRep: boolean
  anonymous: boolean
}

/** The number of RFC 4120's bit, counted from the highest. */
const TICKET_FLAGS: Readonly<Record<keyof TicketFlags, number>> = {
  forwardable: 1,
  forwarded: 2,
  proxiable: 3,
  proxy: 4,
  mayPostdate: 5,
  postdated: 6,
  invalid: 7,
  renewable: 8,
  initial: 9,
  preAuthenticated: 10,
  hardwareAuthenticated: 11,
  transitedPolicyChecked: 12,
  okAsDelegate: 13,
  encPaRep: 15,
  anonymous: 16,
}

/** A key of a context. A secret: overwrite `key` after use. */
export interface LucidKey {
  /** The encryption type's number of RFC 3961: 17 aes128, 18 aes256, 20 aes256-sha2, 23 rc4 … */
  type: number
  key: Buffer
}

/** All that protects a context's messages, for whoever protects them without this library. */
export interface LucidContext {
  initiator: boolean
  /** Till when messages should be taken. */
  expires: Date
  /** Of the next message that is sent. */
  sendSequence: bigint
  /** Of the next message that is expected. */
  receiveSequence: bigint
  /** The messages' format: RFC 1964's (DES, RC4) or RFC 4121's (all others). */
  protocol: 'rfc1964' | 'rfc4121'
  /** RFC 1964 §1.2.1.1's numbers; null for RFC 4121. */
  signAlgorithm: number | null
  /** RFC 1964 §1.2.2.1's numbers; null for RFC 4121. */
  sealAlgorithm: number | null
  /** The ticket's session key, or the initiator's subkey. */
  key: LucidKey
  /** RFC 4121 §2: where there is one, the acceptor's subkey protects the messages. */
  acceptorSubkey: LucidKey | null
}

const LUCID_OIDS = ['1.2.840.113554.1.2.2.5.6', '1.2.752.43.13.6']

/** Asking for it by OID returns an address (MIT) or secrets (Heimdal), and MIT leaves the keys in memory. */
export function isLucid(oid: string): boolean {
  return LUCID_OIDS.some((each) => oid === each || oid.startsWith(`${each}.`))
}

/**
 * What Kerberos knows of a context that it has established, also below SPNEGO.
 *
 * All throw GssError ERR_GSS_NOT_ESTABLISHED, ERR_GSS_DISPOSED, ERR_GSS_CONTEXT_BUSY while an
 * asynchronous call on the context is pending, GSS_S_UNAVAILABLE where the mechanism is another, and
 * ERR_GSS_UNSUPPORTED on Windows, which keeps tickets to itself.
 */
export class Krb5Context {
  readonly #core: ContextCore

  /** @internal */
  constructor(core: ContextCore) {
    if (!(core instanceof ContextCore)) throw illegalConstructor('Krb5Context', 'context.krb5')
    this.#core = core
  }

  #ask<T>(question: (handle: NativeContext) => T): T {
    const handle = this.#core.native
    try {
      return question(handle)
    } catch (thrown) {
      throw toGssError(thrown)
    }
  }

  /** The flags of the ticket that the initiator presented (gss_krb5_get_tkt_flags). */
  ticketFlags(): TicketFlags {
    const bits = this.#ask((handle) => addon().ticketFlags(handle))
    const flags = Object.entries(TICKET_FLAGS).map(([name, bit]) => [
      name,
      (bits & (1 << (31 - bit))) !== 0,
    ])
    return Object.freeze(Object.fromEntries(flags) as TicketFlags)
  }

  /**
   * When the user was authenticated to begin with: a ticket got by another ticket has the time of that
   * (RFC 4120 §5.3, gsskrb5_extract_authtime_from_sec_context).
   */
  authTime(): Date {
    return new Date(this.#ask((handle) => addon().authTime(handle)) * 1000)
  }

  /**
   * An acceptor's: what ticket and authenticator say of the user's rights (RFC 4120 §5.2.6,
   * gsskrb5_extract_authz_data_from_sec_context), also inside AD-IF-RELEVANT.
   *
   * **Nothing of it is verified here**: the client itself can put anything into the authenticator, with MIT
   * krb5 that is among it, and a PAC's signatures are not looked at.
   *
   * @param type RFC 4120 §7.5.4's number, from 1: 1 AD-IF-RELEVANT, 128 AD-WIN2K-PAC …
   * @returns the contents of each element of that type, as they are; [] where there is none, as on an initiator
   * @throws RangeError for another `type`; on Heimdal's initiator GSS_S_NO_CONTEXT
   */
  authorizationData(type: number): Buffer[] {
    const number = integer(type, 'type', 1, 0x7fffffff)
    const found = this.#authorizationData(number)
    if (number === AD_IF_RELEVANT) return found
    const wrapped = this.#authorizationData(AD_IF_RELEVANT)
    for (const data of wrapped.flatMap((each) => elementsOfType(each, number))) {
      if (!found.some((each) => each.equals(data))) found.push(data)
    }
    return found
  }

  #authorizationData(type: number): Buffer[] {
    return this.#ask((handle) => addon().authorizationData(handle, type))
  }

  /**
   * The keys and numbers that the messages of this context are made with
   * (gss_krb5_export_lucid_sec_context), for somebody else who makes them from here on: a kernel's NFS,
   * a hardware. **The context ends here**, and whoever has these keys reads and forges everything.
   */
  exportLucid(): LucidContext {
    const lucid = this.#ask((handle) => addon().exportLucidContext(handle))
    this.#core.state = State.Disposed
    const old = lucid.protocol === 0
    return {
      initiator: lucid.initiator,
      expires: new Date(lucid.endTime * 1000),
      sendSequence: lucid.sendSequence,
      receiveSequence: lucid.receiveSequence,
      protocol: old ? 'rfc1964' : 'rfc4121',
      signAlgorithm: old ? lucid.signAlgorithm : null,
      sealAlgorithm: old ? lucid.sealAlgorithm : null,
      key: lucid.key,
      acceptorSubkey: lucid.acceptorSubkey,
    }
  }
}
