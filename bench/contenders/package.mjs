// This package, through its public API and nothing else.
import { Acceptor, Credential, Initiator, Name } from 'gssapi'
import { cpuOf, cpuWithFinalizersOf, wallOf } from '../measure/clocks.mjs'

// One token is unwrapped many times: without these two it may be.
const REPEATABLE = { replayDetection: false, sequenceDetection: false }

export const TOKENS = (size) => (size > 65536 ? 4 : 16) // as many as the C loop has

/** Name and credentials, made once as the C loop does: from the default ccache and keytab. */
export async function openParty(service) {
  const initiator = await Credential.acquire({ usage: 'initiate', mechanisms: ['krb5'] })
  const acceptor = await Credential.acquire({
    usage: 'accept',
    name: service,
    mechanisms: ['krb5'],
  })
  return { service, target: Name.service(service), initiator, acceptor }
}

function newPair({ target, initiator, acceptor }, options) {
  return {
    initiator: new Initiator({ target, credential: initiator, ...options }),
    acceptor: new Acceptor({ credential: acceptor }),
  }
}

function disposePair({ initiator, acceptor }) {
  initiator.dispose()
  acceptor.dispose()
}

export function establishSync(party, options) {
  const pair = newPair(party, options)
  pair.initiator.stepSync(pair.acceptor.stepSync(pair.initiator.stepSync()))
  return pair
}

export async function establish(party, options) {
  const pair = newPair(party, options)
  const first = await pair.initiator.step()
  const answer = await pair.acceptor.step(first)
  await pair.initiator.step(answer)
  return pair
}

export const messagePair = (party) => establishSync(party, REPEATABLE)

export const plaintext = (size) => Buffer.alloc(size, 0x5a)

let sink // keeps V8 from dropping a result that nobody reads

const WARM_UP = 50 // batches

/** A side whose calls run on this thread. */
function side(name, call, clock = cpuOf) {
  const loop = (count) => {
    for (let i = 0; i < count; i++) sink = call(i)
  }
  return { name, warmUp: WARM_UP, run: (count) => clock(() => loop(count)) }
}

export function wrapSides({ initiator }, size, confidential) {
  const message = plaintext(size)
  const options = { confidential }
  const out = Buffer.alloc(size + initiator.overhead(options))
  return [
    side('wrapInto', () => initiator.wrapInto(message, out, 0, options)),
    side('wrap', () => initiator.wrap(message, options)),
  ]
}

export function unwrapSides({ initiator, acceptor }, size, confidential) {
  const message = plaintext(size)
  const count = TOKENS(size)
  const tokens = Array.from({ length: count }, () => initiator.wrap(message, { confidential }))
  const out = Buffer.alloc(tokens[0].length)
  return [
    side('unwrapInto', (i) => acceptor.unwrapInto(tokens[i % count], out)),
    side('unwrap', (i) => acceptor.unwrap(tokens[i % count])),
  ]
}

export function micSides({ initiator, acceptor }, size) {
  const message = plaintext(size)
  const mic = initiator.getMic(message)
  return {
    getMic: side('getMic', () => initiator.getMic(message)),
    verifyMic: side('verifyMic', () => acceptor.verifyMic(message, mic)),
  }
}

export function handshakeSync(party) {
  return side('sync', () => disposePair(establishSync(party)), cpuWithFinalizersOf)
}

/** `count` pieces of work of which `limit` run at once. */
export async function inFlight(count, limit, work) {
  let left = count
  const lane = async () => {
    while (left-- > 0) await work()
  }
  await Promise.all(Array.from({ length: Math.min(limit, count) }, lane))
}

export function handshakesAsync(party, limit) {
  const one = async () => disposePair(await establish(party))
  const work = (count) => () => inFlight(count, limit, one)
  return {
    name: `async, ${limit} in flight`,
    atLeast: limit * 4,
    work,
    run: (count) => wallOf(work(count)),
  }
}

/** One asynchronous call at a time on each of several contexts. */
export function asyncMessages(contexts, call) {
  const lane = async (context, count) => {
    for (let i = 0; i < count; i++) sink = await call(context)
  }
  const work = (count) => () => {
    const each = Math.ceil(count / contexts.length)
    return Promise.all(contexts.map((context) => lane(context, each)))
  }
  const exact = (count) => Math.ceil(count / contexts.length) * contexts.length
  const run = async (count) => ((await wallOf(work(count))) * count) / exact(count)
  const name = `${contexts.length} contexts`
  return { name, warmUp: 15, atLeast: contexts.length * 2, work, run }
}
