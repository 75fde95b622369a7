/** Contexts and credentials that another process or thread takes over (contract/programs), and messages that show it. */
import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { SecurityContext } from 'gssapi'
import type { Report, Task } from '../contract/programs/adopt'
import type { Errand } from '../contract/programs/initiate'

const programs = join(__dirname, '..', 'contract', 'programs')
const PROGRAM = join(programs, 'adopt.js')
const INITIATE = join(programs, 'initiate.js')

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

/** What the program answers to the message, in a process of its own. */
async function asked<Answer>(program: string, message: Task | Errand): Promise<Answer> {
  const child = fork(program, { serialization: 'advanced' })
  const ended = once(child, 'exit')
  child.send(message)
  const [answer] = (await once(child, 'message')) as [Answer]
  assert.deepEqual(await ended, [0, null])
  return answer
}

const inChild = (task: Task): Promise<Report> => asked(PROGRAM, task)

/** The first token of a context that another process begins with an exported credential. */
export const initiatedInChild = (errand: Errand): Promise<Uint8Array> => asked(INITIATE, errand)

async function inWorker(task: Task): Promise<Report> {
  const worker = new Worker(PROGRAM)
  worker.postMessage(task)
  const [report] = (await once(worker, 'message')) as [Report]
  await worker.terminate()
  return report
}

export const PLACES = { 'a child process': inChild, 'a worker thread': inWorker }
