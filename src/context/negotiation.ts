/**
 * Which mechanisms a context may be of: those whose own tokens are taken, and those that SPNEGO may choose. Held above
 * the platform, on the tokens and on what was agreed at the end, since no library has a switch for all of it.
 */
import { invalidArgValue } from '../base/argument-error'
import { GssError, majorOfCode } from '../base/errors'
import { mechanismName, mechanismOids } from '../mechanism/mechanism'
import { readNegotiation, REJECT } from '../encoding/negotiation-token'
import { checkAble, isAble } from './policy'
import {
  canonicalOid,
  IAKERB,
  KRB5,
  NTLM,
  SPNEGO,
  tokenMechanism,
} from '../encoding/token-mechanism'

/** By object identifier. */
export interface Negotiation {
  /** Those whose own tokens are taken: an initiator's one; an acceptor's one, or the default ones. */
  direct: string[]
  /** Those that SPNEGO may choose. */
  negotiable: string[]
}

/** `mechanism`: '' where an acceptor names none. */
export function negotiationOf(mechanism: string, negotiate: unknown): Negotiation {
  const given = mechanismOids(negotiate, 'options.negotiate')
  if (negotiate !== undefined && given.length === 0) {
    throw invalidArgValue('options.negotiate', 'must not be empty')
  }
  if (given.includes(SPNEGO)) throw invalidArgValue('options.negotiate', "must not name 'spnego'")
  const negotiable = negotiate === undefined ? [KRB5] : given
  const named = negotiate === undefined ? [] : given
  return {
    direct: mechanism === '' ? [KRB5, SPNEGO, IAKERB, ...named] : [canonicalOid(mechanism)],
    negotiable: negotiable.map(canonicalOid),
  }
}

/** The same without what cannot give what is required. */
const ableOf = ({ negotiable, ...rest }: Negotiation, required: number): Negotiation => ({
  ...rest,
  negotiable: negotiable.filter((each) => isAble(each, required)),
})

const ntlmHint =
  "The initiator sent NTLM in place of a Kerberos ticket: it has no ticket (not logged on to the realm), the KDC knows no principal for the name that it asked for (check the SPN, and that the URL has the registered host name and not an address or alias), or the browser is not told to trust this site (its allowlist for Negotiate: Chrome's AuthServerAllowlist, Firefox' network.negotiate-auth.trusted-uris, Windows' intranet zone). To accept NTLM, name it: negotiate: ['ntlm']."

const list = (oids: string[]): string => oids.map(mechanismName).join(', ') || 'none'

function refusalOf(detail: string, call: string, ntlm: boolean, token?: Uint8Array): GssError {
  const fields = { major: majorOfCode('GSS_S_BAD_MECH'), detail, call }
  const hint = ntlm && call === 'gss_accept_sec_context' ? { hint: ntlmHint } : {}
  return new GssError({ ...fields, ...hint, token: token ? Buffer.from(token) : null })
}

/**
 * A token of a peer's, before the library sees it, or one for the peer, before it is handed out. What cannot be read is
 * left to the library.
 *
 * @throws GssError GSS_S_BAD_MECH
 */
export class MechanismGuard {
  readonly #negotiation: Negotiation
  /** Those that are asked for, also without what is required. */
  readonly #asked: string[]
  readonly #required: number
  readonly #call: string
  readonly #accepts: boolean

  constructor(negotiation: Negotiation, required: number, accepts: boolean) {
    this.#negotiation = ableOf(negotiation, required)
    this.#asked = negotiation.negotiable
    this.#required = required
    this.#accepts = accepts
    this.#call = accepts ? 'gss_accept_sec_context' : 'gss_init_sec_context'
  }

  /** What the library may be told to choose from. */
  get negotiable(): string[] {
    return this.#negotiation.negotiable
  }

  /** Before an initiator's first token is made: can what is required be had at all? */
  checkInitiator(): void {
    const [mechanism = ''] = this.#negotiation.direct
    const all = mechanism === SPNEGO ? this.#asked : [mechanism]
    if (mechanism === SPNEGO && this.#negotiation.negotiable.length > 0) return
    for (const each of all) checkAble(each, this.#required, this.#call)
  }

  /** An initiator's first token, as an acceptor receives it. */
  checkFirst(token: Uint8Array): void {
    const { direct } = this.#negotiation
    const found = tokenMechanism(token)
    const untold = found === '' && direct.length > 1
    if (!untold && !direct.includes(found)) throw this.#foreign(found)
    if (found !== '') checkAble(found, this.#required, this.#call)
    this.check(token, false)
  }

  #foreign(found: string): GssError {
    const { direct } = this.#negotiation
    const detail = `the initiator's mechanism is ${found === '' ? 'not told' : mechanismName(found)}; only ${list(direct)} is accepted`
    return refusalOf(detail, this.#call, found === NTLM)
  }

  /** Any token: `ours` where this side made it. */
  check(token: Uint8Array, ours: boolean): void {
    if (!this.#negotiation.direct.includes(SPNEGO)) return
    const found = readNegotiation(token)
    if (found === undefined) {
      this.#checkBare(tokenMechanism(token), ours)
      return
    }
    const { offered, chosen, inside } = found
    const may = (oid: string): boolean => this.#negotiation.negotiable.includes(oid)
    if (chosen !== '' && !may(chosen)) throw this.#mayNot([chosen])
    // What an initiator offers without a choice of its own, the acceptor may leave.
    const decided = offered === undefined || ours
    if (inside !== '' && decided && inside !== SPNEGO && !may(inside)) throw this.#mayNot([inside])
    if (offered !== undefined && offered.length > 0 && !offered.some(may)) {
      throw this.#mayNot(offered)
    }
  }

  /** Windows' Negotiate sends NTLM's tokens without a frame. */
  #checkBare(found: string, ours: boolean): void {
    const { direct, negotiable } = this.#negotiation
    if (found === '' || direct.includes(found) || negotiable.includes(found)) return
    if (found === NTLM || ours) throw this.#mayNot([found])
  }

  #mayNot(found: string[]): GssError {
    const detail = `the negotiation is for ${list(found)}; only ${list(this.#negotiation.negotiable)} may be negotiated`
    return refusalOf(detail, this.#call, found.includes(NTLM), this.#accepts ? REJECT : undefined)
  }

  /** What was agreed at the end. */
  checkAgreed(mechanism: string): void {
    const { direct, negotiable } = this.#negotiation
    if (!direct.includes(SPNEGO)) return // the library was told, or the first token was looked at
    const agreed = canonicalOid(mechanism)
    const isDirect = agreed !== SPNEGO && direct.includes(agreed)
    if (!isDirect && !negotiable.includes(agreed)) throw this.#mayNot([agreed])
  }
}
