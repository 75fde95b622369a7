/**
 * One side of a conversation in a process of its own: `peer.js PORT`. It connects to the test, which says what
 * to do; contexts are named by numbers. Here under Wine, there on Linux, or both.
 */
import { connect } from 'node:net'
import {
  Acceptor,
  Credential,
  Initiator,
  type InitiatorOptions,
  library,
  type SecurityContext,
} from 'gssapi'
import { serve } from '../../helpers/remote'

interface Account {
  name: string
  password: string
}

const contexts: SecurityContext[] = []
const context = (id: number): SecurityContext => contexts[id]!

const methods = {
  implementation: () => library().implementation,
  /** `as`: whose credential, by a password; otherwise whoever has a ticket. */
  initiator: async ({ as, ...options }: InitiatorOptions & { as?: Account }) => {
    const credential = as && { credential: await Credential.acquire(as) }
    return contexts.push(new Initiator({ ...options, ...credential })) - 1
  },
  acceptor: () => contexts.push(new Acceptor()) - 1,
  step: (id: number, token?: Buffer) => context(id).step(token),
  facts: (id: number) => {
    const { complete, mechanism, flags, initiatorName } = context(id)
    return { complete, mechanism, flags, initiator: initiatorName?.toString() ?? null }
  },
  delegated: async (id: number) => {
    const facts = await context(id).delegatedCredential?.inquire()
    return facts?.name?.toString() ?? null
  },
  wrap: (id: number, message: Buffer, confidential: boolean) =>
    context(id).wrap(message, { confidential }),
  unwrap: (id: number, token: Buffer) => context(id).unwrap(token),
  getMic: (id: number, message: Buffer) => context(id).getMic(message),
  verifyMic: (id: number, message: Buffer, mic: Buffer) => context(id).verifyMic(message, mic),
  dispose: (id: number) => context(id).dispose(),
}

const socket = connect(Number(process.argv[2]), '127.0.0.1')
socket.on('close', () => process.exit(0))
serve(socket, methods)
