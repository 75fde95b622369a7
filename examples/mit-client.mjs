// What MIT's gss-client does, for MIT's gss-server and for mit-service.mjs: sends a message and has it signed.
//
//   node examples/mit-client.mjs PORT MESSAGE [SERVICE@HOST]
import { once } from 'node:events'
import { connect } from 'node:net'
import { Initiator } from 'gssapi'
import { describe, fail } from './describe.mjs'
import * as mit from './mit-frames.mjs'

const say = (line) => console.log(`client:  ${line}`)

async function authenticate(context, socket, incoming) {
  await mit.sendPacket(socket, mit.NOOP | mit.CONTEXT_NEXT)
  await mit.sendPacket(socket, mit.CONTEXT, await context.step())
  while (!context.complete) {
    const { data } = await mit.nextPacket(incoming, mit.CONTEXT)
    const reply = await context.step(data)
    if (reply) await mit.sendPacket(socket, mit.CONTEXT, reply)
  }
  for (const line of describe(context)) say(line)
}

/** Sends the message sealed; the service answers with its signature of what it read. */
async function exchange(message, context, socket, incoming) {
  const flags = mit.DATA | mit.WRAPPED | mit.ENCRYPTED | mit.SEND_MIC
  await mit.sendPacket(socket, flags, context.wrap(message))
  const { data } = await mit.nextPacket(incoming, mit.MIC)
  context.verifyMic(message, data)
  say('signature verified')
  await mit.sendPacket(socket, mit.NOOP)
}

async function run(port, message, target) {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  socket.on('error', () => {}) // reading or writing reports it as well
  const incoming = mit.packets(socket)
  const context = new Initiator({ target })
  try {
    await authenticate(context, socket, incoming)
    await exchange(message, context, socket, incoming)
  } finally {
    context.dispose()
    socket.destroySoon()
  }
}

const [port, message, target = 'host@localhost'] = process.argv.slice(2)
if (message === undefined) {
  console.error('usage: node examples/mit-client.mjs PORT MESSAGE [SERVICE@HOST]')
  process.exitCode = 2
} else {
  await run(Number(port), Buffer.from(message), target).catch((error) => fail('client', error))
}
