// Many calls that wait for a silent KDC are aborted, under a limit of one thread. How many threads do they hold?
import { setTimeout as sleep } from 'node:timers/promises'
import { Acceptor, configure, Initiator } from 'gssapi'
import { statistics } from '../../helpers/addon'

async function main(): Promise<void> {
  configure({ threads: 1 })
  for (let i = 0; i < 9; i++) {
    const controller = new AbortController()
    const { signal } = controller
    const call = new Initiator({ target: process.argv[2]! }).step(null, { signal })
    await sleep(50)
    controller.abort()
    await call.catch(() => undefined)
  }
  let accepted = false
  void new Acceptor().step(Buffer.from('no token')).catch(() => (accepted = true))
  await sleep(200)
  const { network, aborted, threads } = statistics()
  console.log(JSON.stringify({ network, aborted, threads, accepted }))
  process.exit(0)
}

void main()
