/** Contexts that another process or thread takes over (contract/programs/adopt.ts), and messages that show it. */
import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { SecurityContext } from 'gssapi'
import type { Report, Task } from '../contract/programs/adopt'

const PROGRAM = join(__dirname, '..', 'contract', 'programs', 'adopt.js')

/** One message each way, in order. */
export function talk(one: SecurityContext, other: SecurityContext, text = 'a message'): void {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    const { message, sequence } = to.unwrap(from.wrap(Buffer.from(text)))
    assert.equal(message.toString(), text)
    assert.equal(sequence, 'ok')
  }
}

async function inChild(task: Task): Promise<Report> {
  const child = fork(PROGRAM, { serialization: 'advanced' })
  const ended = once(child, 'exit')
  child.send(task)
  const [report] = (await once(child, 'message')) as [Report]
  assert.deepEqual(await ended, [0, null])
  return report
}

async function inWorker(task: Task): Promise<Report> {
  const worker = new Worker(PROGRAM)
  worker.postMessage(task)
  const [report] = (await once(worker, 'message')) as [Report]
  await worker.terminate()
  return report
}

export const PLACES = { 'a child process': inChild, 'a worker thread': inWorker }
