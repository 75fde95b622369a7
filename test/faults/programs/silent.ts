// 64 handshakes wait for a KDC that does not answer. What does the rest of the process notice of it?
import { pbkdf2 } from 'node:crypto'
import { lookup } from 'node:dns/promises'
import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { Acceptor, Initiator } from 'gssapi'
import { statistics } from '../../helpers/addon'
import { SERVICE } from '../../helpers/pair'

const HANDSHAKES = 64

async function timed(task: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await task()
  return performance.now() - began
}

/** The longest that the event loop was away while `task` ran. */
async function jitter(task: () => Promise<unknown>): Promise<number> {
  let last = performance.now()
  let longest = 0
  const tick = (): void => {
    const now = performance.now()
    longest = Math.max(longest, now - last)
    last = now
  }
  const timer = setInterval(tick, 5)
  await task()
  tick()
  clearInterval(timer)
  return longest
}

function begin(signal: AbortSignal): Promise<string>[] {
  const outcome = (error: Error): string => error.name
  return Array.from({ length: HANDSHAKES }, () =>
    new Initiator({ target: SERVICE }).step(null, { signal }).then(() => 'answered', outcome),
  )
}

async function main(): Promise<void> {
  // The threads that there are at the outset are idle when the calls come: all of them at once.
  await Promise.allSettled([1, 2, 3].map(() => new Acceptor().step(Buffer.from('no token'))))
  await sleep(50)
  const controller = new AbortController()
  const calls = begin(controller.signal)
  const delay = await jitter(() => sleep(1000))
  const waiting = statistics().pending
  const fs = await timed(() => readFile(__filename))
  const dns = await timed(() => lookup('localhost'))
  const crypto = await timed(() => promisify(pbkdf2)('a', 'b', 1000, 32, 'sha256'))
  controller.abort()
  let outcomes: string[] = []
  const abort = await timed(async () => void (outcomes = await Promise.all(calls)))
  console.log(JSON.stringify({ waiting, delay, fs, dns, crypto, abort, outcomes }))
}

void main()
