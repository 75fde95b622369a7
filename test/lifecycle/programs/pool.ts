// Twelve calls wait for a silent KDC; how many threads does that make?
import { setTimeout as sleep } from 'node:timers/promises'
import { configure, Initiator } from 'gssapi'
import { statistics } from '../../helpers/addon'
import { SERVICE } from '../../helpers/pair'

const CALLS = 12

async function main(): Promise<void> {
  const threads = process.argv[2]
  if (threads) configure({ threads: Number(threads) })
  for (let i = 0; i < CALLS; i++) new Initiator({ target: SERVICE }).step().catch(() => undefined)
  let most = 0
  for (let i = 0; i < 60; i++) {
    await sleep(10)
    most = Math.max(most, statistics().threads)
  }
  console.log(JSON.stringify({ most, pending: statistics().pending }))
  process.exit(0)
}

void main()
