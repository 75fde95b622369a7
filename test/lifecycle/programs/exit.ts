// Ends in the way that its argument names, with calls pending.
import { once } from 'node:events'
import { writeSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { Acceptor, Credential, Initiator } from 'gssapi'
import { dispose, establish, SERVICE, type Pair } from '../../helpers/pair'

const LARGE = Buffer.alloc(1 << 20)
const JUNK = Buffer.from('no token')

/** Calls of all kinds, queued and running. */
function begin({ client, server }: Pair): Promise<unknown>[] {
  const calls: Promise<unknown>[] = []
  for (let i = 0; i < 4; i++) {
    calls.push(client.wrapAsync(LARGE), server.unwrapAsync(JUNK), Credential.acquire())
    calls.push(new Initiator({ target: SERVICE }).step(), new Acceptor().step(JUNK))
  }
  for (const call of calls) call.catch(() => undefined)
  return calls
}

/** The realm's KDC is silent in these: the call waits for it in the library. */
function beginBlocked(): AbortController {
  const controller = new AbortController()
  const { signal } = controller
  new Initiator({ target: SERVICE }).step(null, { signal }).catch(() => undefined)
  return controller
}

const WAYS: Record<string, () => Promise<void>> = {
  async exit() {
    begin(await establish())
    process.exit(7)
  },
  async exitLater() {
    begin(await establish())
    await sleep(Math.random() * 20)
    process.exit(7)
  },
  /** From within the answer to a call, while other answers wait behind it. */
  async exitInAnswer() {
    const pair = await establish()
    await begin(pair)[0]
    process.exit(7)
  },
  async natural() {
    const calls = begin(await establish())
    void Promise.allSettled(calls).then((all) => (process.exitCode = all.length === 20 ? 7 : 1))
  },
  async disposed() {
    const pair = await establish()
    begin(pair)
    dispose(pair)
    process.exitCode = 7
  },
  async uncaught() {
    begin(await establish())
    process.on('exit', (code) => (process.exitCode = code === 1 ? 7 : 3))
    setImmediate(() => {
      throw new Error('uncaught')
    })
  },
  async unhandled() {
    begin(await establish())
    process.on('exit', (code) => (process.exitCode = code === 1 ? 7 : 3))
    void new Acceptor().step(JUNK)
  },
  async worker() {
    const worker = new Worker(__filename, { workerData: 'inside' })
    await once(worker, 'message')
    await sleep(Math.random() * 10)
    process.exit(7)
  },
  async inside() {
    begin(await establish())
    parentPort!.postMessage('begun')
    begin(await establish())
  },
  async blockedExit() {
    beginBlocked()
    await sleep(30)
    process.exit(7)
  },
  /** Prints when its end began. */
  async blockedTimed() {
    beginBlocked()
    await sleep(30)
    process.on('exit', () => writeSync(1, String(Date.now())))
    process.exit(7)
  },
  async blockedUncaught() {
    beginBlocked()
    process.on('exit', () => (process.exitCode = 7))
    await sleep(30)
    throw new Error('uncaught')
  },
  async blockedAbort() {
    const controller = beginBlocked()
    await sleep(30)
    controller.abort()
    process.exitCode = 7
  },
}

const way = isMainThread ? process.argv[2]! : (workerData as string)
void WAYS[way]!()
