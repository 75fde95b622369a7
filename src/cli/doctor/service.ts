/** A ticket for a service, as the package itself gets it, and a whole context where its key is here. */
import { Acceptor, Credential, GssError, Initiator, type Name } from '../..'
import type { Asn1 } from '../asn1'
import { WEAK_ENCTYPES } from '../kerberos-names'
import { decodeToken } from '../token/decode'
import type { Fields } from '../values'
import { type Check, failedBy, ok, warning } from './check'

const PROXY_LOOK = "gssproxy's log says more with debug_level = 2: journalctl -u gssproxy."
const LOOK = 'Run with KRB5_TRACE=/dev/stderr to see each step.'

/** What a service's ticket says of its key. */
export interface ServiceTicket {
  principal: string
  kvno: number
  etype: string
}

function find(value: unknown): Fields | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { ticket, ...rest } = value as { ticket?: Fields }
  return ticket ?? find((rest as Fields)['token'])
}

function ticketIn(token: Uint8Array, asn1: Asn1): ServiceTicket | undefined {
  const ticket = find(decodeToken(token, asn1).token)
  if (ticket === undefined) return undefined
  const { realm, sname } = ticket as { realm: string; sname: { name: string } }
  const { kvno, etype } = ticket['encPart'] as { kvno?: number; etype: string }
  return { principal: `${sname.name}@${realm}`, kvno: kvno ?? 0, etype }
}

const numberOf = (etype: string) => Number(/(\d+)\)?$/.exec(etype)?.[1])

function enctypeCheck({ principal, etype }: ServiceTicket): Check {
  const found = `the ticket for ${principal} is sealed with ${etype}`
  if (!WEAK_ENCTYPES.has(numberOf(etype))) return ok('encryption type', found)
  const advice =
    'RC4, 3DES and DES are refused by default in newer libraries: give the service AES keys.'
  return warning('encryption type', found, advice)
}

/** Asks the KDC for a ticket. */
export async function checkService(
  target: string | Name,
  asn1: Asn1 | null,
  signal: AbortSignal,
  proxied: boolean,
): Promise<{ checks: Check[]; ticket?: ServiceTicket }> {
  const context = new Initiator({ target, mechanism: 'krb5' })
  try {
    const token = await context.step(null, { signal })
    const ticket = token === null || asn1 === null ? undefined : ticketIn(token, asn1)
    const whose =
      ticket === undefined ? String(target) : `${ticket.principal}, key version ${ticket.kvno}`
    const got = ok('service', `the KDC gave a ticket for ${whose}`)
    return ticket === undefined
      ? { checks: [got] }
      : { checks: [got, enctypeCheck(ticket)], ticket }
  } catch (error) {
    return { checks: [failedBy('service', error, proxied ? PROXY_LOOK : LOOK)] }
  } finally {
    context.dispose()
  }
}

/** The keys of the keytab, or gssproxy's (null); where the library has no stores, those of its default keytab, which is the same one. */
async function serviceCredential(keytab: string | null, signal: AbortSignal): Promise<Credential> {
  if (keytab === null) return Credential.acquire({ usage: 'accept', signal })
  try {
    return await Credential.acquire({ usage: 'accept', store: { keytab }, signal })
  } catch (error) {
    if (!(error instanceof GssError) || error.code !== 'ERR_GSS_UNSUPPORTED') throw error
    return Credential.acquire({ usage: 'accept', signal })
  }
}

/** Establishes a context with an acceptor of this process, whose keys are in the keytab, or with gssproxy (null). */
export async function checkContext(
  target: string | Name,
  keytab: string | null,
  signal: AbortSignal,
): Promise<Check> {
  const client = new Initiator({ target, mechanism: 'krb5' })
  let server: Acceptor | undefined
  try {
    server = new Acceptor({ credential: await serviceCredential(keytab, signal) })
    let token = await client.step(null, { signal })
    while (token !== null) {
      const reply: Buffer | null = await server.step(token, { signal })
      token = reply === null ? null : await client.step(reply, { signal })
    }
    client.unwrap(server.wrap(Buffer.from('ping')))
    const who = `${server.initiatorName?.toString()} and ${server.acceptorName?.toString()}`
    return ok('context', `established between ${who}, with the key in ${keytab ?? 'gssproxy'}`)
  } catch (error) {
    return failedBy('context', error, keytab === null ? PROXY_LOOK : LOOK)
  } finally {
    client.dispose()
    server?.dispose()
  }
}
