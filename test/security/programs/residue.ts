/**
 * Makes the call that its argument names with the secret on its standard input, overwrites its own copies, and prints what
 * parts of the process's memory still hold the secret. Two kinds of memory of its own hold it masked, and in a buffer that is
 * filled anew: the search leaves no copy.
 */
import { openSync, readFileSync, readSync } from 'node:fs'
import { calls } from './residue-calls'

const MASK = 0xa5
const CHUNK = 1 << 20
/** Of bytes that are sought: fewer could be chance, more would miss what is overwritten in part. */
const LEAST = 12
const MOST = 24
const REGION = /^([0-9a-f]+)-([0-9a-f]+) rw\S* \S+ \S+ \d+\s*(.*)$/

export interface Residue {
  where: string
}

/** A view of memory that is not V8's. */
const apart = (size: number) => new Uint8Array(new ArrayBuffer(size))

function readSecret(): Uint8Array {
  const input = apart(8192)
  const size = readSync(0, input)
  const secret = apart(size)
  secret.set(input.subarray(0, size))
  input.fill(0)
  return secret
}

/** Of a part behind the middle: an allocator writes into the beginning of memory that it is given back. */
function masked(secret: Uint8Array): Uint8Array {
  const start = Math.max(0, Math.min(Math.ceil(secret.length / 2), secret.length - LEAST))
  const mask = apart(Math.min(secret.length - start, MOST))
  for (let i = 0; i < mask.length; i++) mask[i] = (secret[start + i] ?? 0) ^ MASK
  return mask
}

function isAt(memory: Uint8Array, at: number, mask: Uint8Array): boolean {
  for (let i = 0; i < mask.length; i++) {
    if (((memory[at + i] ?? 0) ^ MASK) !== mask[i]) return false
  }
  return true
}

function* findings(memory: Uint8Array, mask: Uint8Array): Generator<number> {
  const first = (mask[0] ?? 0) ^ MASK
  for (let at = memory.indexOf(first); at !== -1; at = memory.indexOf(first, at + 1)) {
    if (at + mask.length <= memory.length && isAt(memory, at, mask)) yield at
  }
}

/** Where the secret is, in whatever memory can be written. */
function search(mask: Uint8Array): Residue[] {
  const found: Residue[] = []
  const memory = openSync('/proc/self/mem', 'r')
  const chunk = apart(CHUNK)
  for (const line of readFileSync('/proc/self/maps', 'latin1').split('\n')) {
    const [, from = '0', to = '0', where = ''] = REGION.exec(line) ?? []
    const end = Number.parseInt(to, 16)
    for (let at = Number.parseInt(from, 16); at < end; at += CHUNK - mask.length) {
      const part = chunk.subarray(0, Math.min(CHUNK, end - at))
      try {
        readSync(memory, part, 0, part.length, at)
      } catch {
        continue // a page that cannot be read
      }
      for (const each of findings(part, mask)) {
        found.push({ where: `${where || 'anonymous'} ${(at + each).toString(16)}` })
      }
      chunk.fill(0)
    }
  }
  return found
}

async function main(): Promise<void> {
  const secret = readSecret()
  const call = calls[process.argv[2] ?? '']
  if (call === undefined) throw new Error('no such call')
  const made = await call(secret)
  const sought = made ?? secret
  const mask = masked(sought)
  secret.fill(0)
  sought.fill(0)
  process.stdout.write(JSON.stringify(search(mask)))
}

void main()
