// What MIT's gss-server does, for MIT's gss-client and for mit-client.mjs: reads messages, and signs those that ask for it.
//
//   node examples/mit-service.mjs [SERVICE@HOST [PORT]]
//   gss-client -port PORT 127.0.0.1 SERVICE@HOST 'a message'
import { createServer } from 'node:net'
import { Acceptor, Credential } from 'gssapi'
import { describe, explain, fail } from './describe.mjs'
import * as mit from './mit-frames.mjs'

const [name = 'host@localhost', port = '0'] = process.argv.slice(2)
const say = (line) => console.log(`service: ${line}`)

async function authenticate(context, socket, incoming) {
  await mit.nextPacket(incoming, mit.NOOP | mit.CONTEXT_NEXT) // without the latter it would not authenticate
  while (!context.complete) {
    const { data } = await mit.nextPacket(incoming, mit.CONTEXT)
    const reply = await context.step(data)
    if (reply) await mit.sendPacket(socket, mit.CONTEXT, reply)
  }
  for (const line of describe(context)) say(line)
}

function open(context, { flags, data }) {
  if (!(flags & mit.WRAPPED)) return data
  const { message, confidential } = context.unwrap(data)
  if (flags & mit.ENCRYPTED && !confidential) throw new Error('The message is not encrypted')
  return message
}

async function serve(context, socket) {
  const incoming = mit.packets(socket)
  await authenticate(context, socket, incoming)
  for (;;) {
    const packet = await mit.nextPacket(incoming, 0)
    if (packet.flags & mit.NOOP) return
    const message = open(context, packet)
    say(`message ${JSON.stringify(message.toString())}`)
    if (packet.flags & mit.SEND_MIC) await mit.sendPacket(socket, mit.MIC, context.getMic(message))
    else await mit.sendPacket(socket, mit.NOOP)
  }
}

async function converse(socket, credential) {
  const context = new Acceptor({ credential })
  try {
    await serve(context, socket)
  } catch (error) {
    console.error(`service: ${explain(error)}`)
    if (error.token && socket.writable) await mit.sendPacket(socket, mit.CONTEXT, error.token)
  } finally {
    context.dispose()
    socket.destroySoon()
  }
}

try {
  const credential = await Credential.acquire({ name, usage: 'accept' })
  const server = createServer((socket) => {
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
