// What is going on in a worker while it is terminated: see terminate.ts.
import { parentPort, workerData } from 'node:worker_threads'
import { Acceptor, GssError, Initiator, library, mechanisms, Name } from 'gssapi'
import { establish, SERVICE, type Pair } from '../../helpers/pair'

const LARGE = Buffer.alloc(20_000)
const JUNK = Buffer.from('no token')

function attempt(call: () => unknown): void {
  try {
    call()
  } catch (error) {
    if (!(error instanceof GssError)) throw error
  }
}

function calls({ client }: Pair): Record<string, () => unknown> {
  return {
    wrap: () => client.wrap(LARGE),
    refused: () => client.unwrap(JUNK),
    made: () => [new Acceptor(), Name.service(SERVICE)],
    told: () => [library(), mechanisms(), client.lifetime, client.flags],
  }
}

/** Keeps some dozen calls of every kind pending, for ever. */
function keepBusy({ client, server }: Pair): void {
  const again = (call: () => Promise<unknown>): void => {
    call().then(
      () => again(call),
      () => again(call),
    )
  }
  for (let i = 0; i < 10; i++) {
    again(() => client.wrapAsync(LARGE))
    again(() => server.unwrapAsync(JUNK))
    again(() => new Initiator({ target: SERVICE }).step())
    again(() => new Acceptor().step(JUNK))
  }
}

async function main(): Promise<void> {
  const mode = workerData as string
  if (mode === 'load') return void library()
  const pair = await establish()
  if (mode === 'pending') keepBusy(pair)
  parentPort!.postMessage('ready')
  const call = calls(pair)[mode]
  while (call) attempt(call)
}

void main()
