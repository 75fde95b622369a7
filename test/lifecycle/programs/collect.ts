// Everything is dropped, some of it while calls on it are pending; what the addon still holds is printed.
import { setTimeout as sleep } from 'node:timers/promises'
import { Acceptor, Credential, Initiator } from 'gssapi'
import { statistics } from '../../helpers/addon'
import { establish, SERVICE } from '../../helpers/pair'

const collect = (globalThis as unknown as { gc: () => void }).gc
const PATIENCE = 400

/** Contexts that nobody refers to once this has returned. */
async function pendingCalls(): Promise<Promise<unknown>[]> {
  const { client, server } = await establish()
  const credential = await Credential.acquire()
  const disposed = await establish()
  const calls = [
    client.wrapAsync(Buffer.alloc(1 << 20)),
    client.getMicAsync(Buffer.alloc(1 << 20)),
    server.unwrapAsync(Buffer.from('no token')).catch(() => 'refused'),
    credential.inquire().then(({ mechanisms }) => mechanisms.length),
    new Initiator({ target: SERVICE, credential }).step(),
    new Acceptor().step(Buffer.from('no token')).catch(() => 'refused'),
    disposed.client.wrapAsync(Buffer.alloc(1 << 20)),
    new Initiator({ target: SERVICE })
      .step(null, { signal: AbortSignal.timeout(1) })
      .catch(() => ''),
  ]
  disposed.client.dispose()
  return calls
}

async function round(): Promise<number> {
  const calls = await pendingCalls()
  collect()
  const results = await Promise.all(calls)
  collect()
  return results.length
}

function live(): number {
  const { names, credentials, contexts, pending } = statistics()
  return names + credentials + contexts + pending
}

async function main(): Promise<void> {
  let answered = 0
  for (let i = 0; i < 20; i++) answered += await round()
  for (let i = 0; i < PATIENCE && live() > 0; i++) {
    collect()
    await sleep(10)
  }
  console.log(JSON.stringify({ answered, ...statistics() }))
}

void main()
