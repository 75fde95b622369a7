// Aborts at random moments: queued, running, ended, while being answered.
import { setTimeout as sleep } from 'node:timers/promises'
import { Acceptor, Initiator } from 'gssapi'
import { statistics } from '../../helpers/addon'
import { establish, SERVICE } from '../../helpers/pair'

const ROUNDS = 60

async function round(): Promise<void> {
  const { client, server } = await establish()
  const controller = new AbortController()
  const { signal } = controller
  const message = Buffer.alloc(Math.floor(Math.random() * 100_000))
  const calls = Array.from({ length: 20 }, () => [
    client.wrapAsync(message, { signal }),
    server.unwrapAsync(Buffer.from('no token'), { signal }),
    new Initiator({ target: SERVICE }).step(null, { signal }),
    new Acceptor().step(Buffer.from('no token'), { signal }),
  ])
  const settled = Promise.allSettled(calls.flat())
  await sleep(Math.random() * 4)
  controller.abort()
  client.dispose()
  await settled
  server.dispose()
}

async function main(): Promise<void> {
  for (let i = 0; i < ROUNDS; i++) await round()
  while (statistics().pending > 0) await sleep(5)
  console.log('survived')
}

void main()
