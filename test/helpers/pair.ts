import { Acceptor, Initiator, type ContextOptions, type InitiatorOptions } from 'gssapi'

/** The service of the suites that need only one. */
export const SERVICE = 'HTTP@server.example.test'
/** What such a suite hands to useRealm. */
export const PAIR_REALM = {
  principals: { alice: 'secret' },
  services: [SERVICE],
  kinit: 'alice',
}

export interface Pair {
  client: Initiator
  server: Acceptor
}

/** Two contexts of this process, established with each other. */
export async function establish(
  initiator: Partial<InitiatorOptions> = {},
  acceptor: ContextOptions = {},
): Promise<Pair> {
  const client = new Initiator({ target: SERVICE, ...initiator })
  const server = new Acceptor(acceptor)
  let token = await client.step()
  while (token) {
    const reply = await server.step(token)
    token = reply ? await client.step(reply) : null
  }
  return { client, server }
}

/** The sequence number of an RFC 4121 wrap token or MIC (§4.2.6, SND_SEQ). */
export function sequenceNumber(token: Uint8Array): bigint {
  return Buffer.from(token).readBigUInt64BE(8)
}

export function dispose(...pairs: Pair[]): void {
  for (const { client, server } of pairs) {
    client.dispose()
    server.dispose()
  }
}
