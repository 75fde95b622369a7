// Eight workers at once load the addon, which the main thread does not, and do handshakes.
import { once } from 'node:events'
import { isMainThread, parentPort, Worker } from 'node:worker_threads'
import { dispose, establish } from '../../helpers/pair'

const WORKERS = 8
const HANDSHAKES = 10

async function work(): Promise<void> {
  let done = 0
  for (let i = 0; i < HANDSHAKES / 2; i++) {
    const pairs = await Promise.all([establish(), establish()])
    for (const { client, server } of pairs) {
      const token = await client.wrapAsync(Buffer.from('a message'))
      if (server.unwrap(token).message.toString() === 'a message') done++
    }
    dispose(...pairs)
  }
  parentPort!.postMessage(done)
}

async function runWorker(): Promise<number> {
  const worker = new Worker(__filename)
  const exited = once(worker, 'exit')
  const [done] = (await once(worker, 'message')) as [number]
  await exited
  return done
}

/** Twice, because the addon may be unloaded in between. */
async function main(): Promise<void> {
  const counts: number[] = []
  for (let round = 0; round < 2; round++) {
    counts.push(...(await Promise.all(Array.from({ length: WORKERS }, runWorker))))
  }
  console.log(JSON.stringify(counts))
}

void (isMainThread ? main() : work())
