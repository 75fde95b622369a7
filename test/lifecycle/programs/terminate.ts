// Terminates workers in the middle of what terminate-worker.ts does. A crash takes this process along.
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { library } from 'gssapi'
import { establish } from '../../helpers/pair'

const file = join(__dirname, 'terminate-worker.js')

async function round(mode: string): Promise<void> {
  const worker = new Worker(file, { workerData: mode })
  if (mode === 'load') await sleep(Math.random() * 80)
  else await once(worker, 'message')
  await sleep(Math.random() * 12)
  await worker.terminate()
}

async function main(): Promise<void> {
  const [mode, rounds] = process.argv.slice(2) as [string, string]
  if (mode !== 'load') library()
  for (let i = 0; i < Number(rounds); i++) await round(mode)
  const { client, server } = await establish() // the process is still whole
  server.unwrap(client.wrap(Buffer.from('a message')))
  console.log('survived')
}

void main()
