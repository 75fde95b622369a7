// Does one thing again and again and prints how much memory that took for good.
import { setTimeout as sleep } from 'node:timers/promises'
import { Acceptor, Credential, Initiator, Name } from 'gssapi'
import { statistics } from '../../helpers/addon'
import { dispose, establish, type Pair } from '../../helpers/pair'

const collect = (globalThis as unknown as { gc: () => void }).gc
const JUNK = Buffer.from('no token')
const MESSAGE = Buffer.alloc(5_000)

let pair: Pair

async function abortedCalls(): Promise<void> {
  const controller = new AbortController()
  const { signal } = controller
  const calls = Array.from({ length: 10 }, () => pair.client.wrapAsync(MESSAGE, { signal }))
  controller.abort()
  await Promise.allSettled(calls)
  // Otherwise the work that was given up piles up, and how high differs from round to round.
  while (statistics().pending > 20) await sleep(1)
}

async function messages(): Promise<void> {
  const tokens = await Promise.all([1, 2, 3, 4].map(() => pair.client.wrapAsync(MESSAGE)))
  await Promise.all(tokens.map((token) => pair.server.unwrapAsync(token)))
  pair.server.verifyMic(MESSAGE, pair.client.getMic(MESSAGE))
}

async function failures(): Promise<void> {
  await new Acceptor().step(JUNK).catch(() => undefined)
  await pair.client.unwrapAsync(JUNK).catch(() => undefined)
  await new Initiator({ target: 'HTTP@unknown.example.test' }).step().catch(() => undefined)
}

async function credentials(): Promise<void> {
  const credential = await Credential.acquire()
  await credential.inquire()
  await Name.principal('alice@EXAMPLE.TEST').canonicalize()
}

const TASKS: Record<string, [run: () => Promise<void>, times: number]> = {
  handshakes: [async () => dispose(await establish()), 300],
  messages: [messages, 1500],
  failures: [failures, 300],
  credentials: [credentials, 600],
  aborts: [abortedCalls, 1200],
}

async function settle(): Promise<{ heap: number; rss: number }> {
  while (statistics().pending > 0) await sleep(5)
  for (let i = 0; i < 5; i++) {
    collect()
    await sleep(5)
  }
  const { heapUsed, rss } = process.memoryUsage()
  return { heap: heapUsed, rss }
}

async function main(): Promise<void> {
  const [run, times] = TASKS[process.argv[2]!]!
  pair = await establish()
  const round = async () => {
    for (let i = 0; i < times; i++) await run()
    return settle()
  }
  await round()
  const before = await round()
  await round()
  const after = await round()
  console.log(JSON.stringify({ heap: after.heap - before.heap, rss: after.rss - before.rss }))
}

void main()
