// A client: proves who it is, has the service prove who it is, asks questions and sends a file, all encrypted.
//
//   node examples/client.mjs PORT FILE [SERVICE@HOST]
//
// It needs a ticket: kinit.
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { connect } from 'node:net'
import { basename } from 'node:path'
import { Initiator } from 'gssapi'
import { describe, fail } from './describe.mjs'
import { frames, next, send } from './frames.mjs'
import { sideBySide } from './hex.mjs'
import { Progress } from './progress.mjs'

const CHUNK = 64 * 1024
const say = (line) => console.log(`client:  ${line}`)

/** Tokens go back and forth until each side knows who the other is. */
async function authenticate(context, socket, incoming) {
  await send(socket, await context.step())
  while (!context.complete) {
    const reply = await context.step((await next(incoming)).data)
    if (reply) await send(socket, reply)
  }
  for (const line of describe(context)) say(line)
}

async function receive(context, incoming) {
  const { message, confidential } = context.unwrap((await next(incoming)).data)
  if (!confidential) throw new Error('The service sent a message that is not encrypted')
  return JSON.parse(message.toString())
}

const request = (context, socket, object) =>
  send(socket, context.wrap(Buffer.from(JSON.stringify(object))))

async function ask(question, context, socket, incoming) {
  await request(context, socket, { question })
  const { answer } = await receive(context, incoming)
  say(`${question} - ${answer}`)
}

/** Shows the beginning of the file and of what went on the wire for it, so that one sees that it is sealed. */
function show(plain, wire) {
  say('the first bytes of the file, and as they are on the wire:')
  console.log(sideBySide(plain, wire))
  const start = plain.subarray(0, 16)
  if (start.length === 16 && wire.includes(start))
    throw new Error('The file is readable on the wire')
}

/** Sends the file's bytes; resolves to their SHA-256. */
async function sendBytes(path, size, context, socket) {
  const hash = createHash('sha256')
  const progress = new Progress(size)
  let sent = 0
  for await (const chunk of createReadStream(path, { highWaterMark: CHUNK })) {
    const wire = await send(socket, context.wrap(chunk))
    if (sent === 0) show(chunk, wire)
    hash.update(chunk)
    sent += chunk.length
    progress.at(sent)
  }
  if (sent !== size) throw new Error(`${path} changed while it was sent`)
  return { sha256: hash.digest('hex'), progress }
}

async function sendFile(path, context, socket, incoming) {
  const { size } = await stat(path)
  await request(context, socket, { file: basename(path), size })
  const { sha256, progress } = await sendBytes(path, size, context, socket)
  const receipt = await receive(context, incoming)
  say(`sent ${JSON.stringify(basename(path))}, ${progress.summary()}`)
  say(`SHA-256 here  ${sha256}`)
  say(`SHA-256 there ${receipt.sha256}`)
  if (receipt.sha256 !== sha256) throw new Error('The service received something else')
}

async function run(port, path, target) {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  socket.on('error', () => {}) // reading or writing reports it as well
  const incoming = frames(socket)
  const context = new Initiator({ target })
  try {
    await authenticate(context, socket, incoming)
    await ask('Who am I?', context, socket, incoming)
    await ask('And who are you?', context, socket, incoming)
    await ask('Is anybody listening?', context, socket, incoming)
    await sendFile(path, context, socket, incoming)
  } finally {
    context.dispose()
    socket.destroySoon()
  }
}

const [port, path, target = 'demo@localhost'] = process.argv.slice(2)
if (path === undefined) {
  console.error('usage: node examples/client.mjs PORT FILE [SERVICE@HOST]')
  process.exitCode = 2
} else {
  await run(Number(port), path, target).catch((error) => fail('client', error))
}
