// python-gssapi, in a process of its own, asked for one batch at a time: its batches lie between ours.
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const SCRIPT = fileURLToPath(new URL('python.py', import.meta.url))

/** Resolves to undefined where python3 or the module is not there. */
export async function openPython(service) {
  const python = process.env.PYTHON ?? 'python3'
  const child = spawn(python, [SCRIPT, service], { stdio: ['pipe', 'pipe', 'ignore'] })
  child.on('error', () => {}) // no python3: the lines below end at once
  child.stdin.on('error', () => {})
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const first = await lines.next()
  if (first.done) return undefined
  const ask = async (request) => {
    child.stdin.write(`${request}\n`)
    const { value, done } = await lines.next()
    if (done) throw new Error(`python-gssapi ended during: ${request}`)
    return Number(value)
  }
  const side = (operation, size = 0, confidential = true) => ({
    name: 'python-gssapi',
    run: (count) => ask([operation, size, confidential ? 1 : 0, count].join(' ')),
  })
  return { version: first.value, side, close: () => child.stdin.end() }
}
