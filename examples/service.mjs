// A service: authenticates whoever connects, answers questions and receives files, all encrypted.
//
//   node examples/service.mjs [SERVICE@HOST [PORT]]
//
// It needs the service's key in a keytab: KRB5_KTNAME, or the system's own.
import { createHash } from 'node:crypto'
import { createServer } from 'node:net'
import { Acceptor, Credential } from 'gssapi'
import { describe, explain, fail } from './describe.mjs'
import { frames, next, send } from './frames.mjs'

const [name = 'demo@localhost', port = '0'] = process.argv.slice(2)
const say = (line) => console.log(`service: ${line}`)

/** Tokens go back and forth until each side knows who the other is. */
async function authenticate(context, socket, incoming) {
  while (!context.complete) {
    const reply = await context.step((await next(incoming)).data)
    if (reply) await send(socket, reply)
  }
  for (const line of describe(context)) say(line)
}

/** Takes a message out of its seal; one that is only signed is refused. */
function open(context, token) {
  const { message, confidential } = context.unwrap(token)
  if (!confidential) throw new Error('The client sent a message that is not encrypted')
  return message
}

function answer(question, context) {
  say(`${context.initiatorName} asks: ${question}`)
  if (/who am i/i.test(question)) return `You are ${context.initiatorName}.`
  if (/who are you/i.test(question)) return `I am ${context.acceptorName}.`
  return `I read ${question.length} characters that nobody between us could.`
}

/** The file's bytes are the messages that follow, until its size is reached. */
async function receiveFile({ file, size }, context, incoming) {
  const hash = createHash('sha256')
  let received = 0
  while (received < size) {
    const chunk = open(context, (await next(incoming)).data)
    hash.update(chunk)
    received += chunk.length
  }
  return { file, received, sha256: hash.digest('hex') }
}

async function respond(request, context, incoming) {
  if (request.file !== undefined) return receiveFile(request, context, incoming)
  return { answer: answer(String(request.question), context) }
}

async function serve(context, socket) {
  const incoming = frames(socket)
  await authenticate(context, socket, incoming)
  for await (const { data } of incoming) {
    const request = JSON.parse(open(context, data).toString())
    const response = JSON.stringify(await respond(request, context, incoming))
    await send(socket, context.wrap(Buffer.from(response)))
  }
}

/** One client's failure is told, to it too where the mechanism has words for it, and is not the others'. */
async function converse(socket, credential) {
  const context = new Acceptor({ credential, require: { mutual: true, confidentiality: true } })
  try {
    await serve(context, socket)
  } catch (error) {
    console.error(`service: ${explain(error)}`)
    if (error.token && socket.writable) await send(socket, error.token)
  } finally {
    context.dispose()
    socket.destroySoon()
  }
}

try {
  const credential = await Credential.acquire({ name, usage: 'accept' })
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => {}) // reading or writing reports it as well
    socket.setTimeout(30_000, () => socket.destroy(new Error('The client has fallen silent')))
    converse(socket, credential).catch((error) => console.error(`service: ${explain(error)}`))
  })
  server.listen(Number(port), '127.0.0.1', () => {
    const { port } = server.address()
    say(`${name} listens on port ${port}`)
    process.send?.({ port })
  })
  // Started by another program, it ends with that program.
  process.once('disconnect', () => process.exit())
} catch (error) {
  fail('service', error)
}
