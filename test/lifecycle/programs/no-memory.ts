// Memory runs out at the call, or on the worker thread; with room again the context goes on.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { establish } from '../../helpers/pair'

const MEGABYTE = 1 << 20
const SIZE = 256 * MEGABYTE

function limit(bytes: number | 'unlimited'): void {
  execFileSync('prlimit', [`--pid=${process.pid}`, `--as=${bytes}:unlimited`])
}

function addressSpace(): number {
  const found = /^VmSize:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'))
  return Number(found![1]) * 1024
}

async function refused(call: () => unknown): Promise<string> {
  try {
    await call()
    return 'nothing'
  } catch (error) {
    return error instanceof RangeError ? 'RangeError' : String(error)
  }
}

async function main(): Promise<void> {
  const { client, server } = await establish()
  const large = Buffer.alloc(SIZE)
  server.unwrap(await client.wrapAsync(Buffer.from('before')))
  const codes: string[] = []
  const now = addressSpace()
  limit(now + SIZE / 2) // no room for the copy
  codes.push(await refused(() => client.wrapAsync(large)))
  codes.push(await refused(() => client.wrap(large)))
  limit(now + SIZE + SIZE / 2) // room for the copy, but not for the token
  codes.push(await refused(() => client.wrapAsync(large)))
  limit('unlimited')
  server.unwrap(client.wrap(Buffer.from('after')))
  console.log(JSON.stringify(codes))
}

void main()
