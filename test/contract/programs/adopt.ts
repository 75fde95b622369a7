// A process or a thread that takes a context over, talks once in each direction, and gives it back.
import { parentPort } from 'node:worker_threads'
import { SecurityContext } from 'gssapi'

export interface Task {
  /** What {@link SecurityContext.export} made. */
  token: Uint8Array
  /** The peer's token, for a context that is not established yet. */
  reply?: Uint8Array
  /** Wrapped messages of the peer. */
  received: Uint8Array[]
  say: string
}

export interface Report {
  heard: string[]
  said: Uint8Array
  isInitiator: boolean
  user: string
  service: string
  back: Uint8Array
}

async function adopt({ token, reply, received, say }: Task): Promise<Report> {
  const context = await SecurityContext.import(new Uint8Array(token))
  if (reply !== undefined) await context.step(new Uint8Array(reply))
  const heard = received.map((each) => context.unwrap(new Uint8Array(each)).message.toString())
  const said = context.wrap(Buffer.from(say))
  const user = String(context.initiatorName)
  const service = String(context.acceptorName)
  const back = await context.export()
  return { heard, said, isInitiator: context.isInitiator, user, service, back }
}

if (parentPort !== null) {
  const port = parentPort
  port.once('message', (task: Task) => void adopt(task).then((report) => port.postMessage(report)))
} else {
  process.once('message', (task: Task) => {
    void adopt(task).then((report) => process.send!(report, () => process.disconnect()))
  })
}
