// npm kerberos: asynchronous only, base64 in and out. Whoever has bytes and wants bytes pays for that too, so it counts.
import { createRequire } from 'node:module'
import { Acceptor } from 'gssapi'
import { wallOf } from '../measure/clocks.mjs'
import { inFlight, plaintext, TOKENS } from './package.mjs'

// GSS_C_MUTUAL, CONF and INTEG: without replay and sequence detection a token may be unwrapped again and again.
const REPEATABLE = 2 | 16 | 32
const ALL = REPEATABLE | 4 | 8

export function loadKerberos(folder) {
  return createRequire(`${folder}/package.json`)('kerberos')
}

async function newClient(kerberos, service, flags) {
  const mechOID = kerberos.GSS_MECH_OID_KRB5
  return kerberos.initializeClient(service, { mechOID, flags })
}

async function handshake(kerberos, service) {
  const client = await newClient(kerberos, service, ALL)
  const server = await kerberos.initializeServer(service)
  const first = await client.step('')
  const answer = await server.step(first)
  await client.step(answer)
}

export function kerberosHandshakes(kerberos, service, limit) {
  const name = limit === 1 ? 'one at a time' : `${limit} in flight`
  const work = () => handshake(kerberos, service)
  return {
    name,
    atLeast: limit * 2,
    run: (count) => wallOf(() => inFlight(count, limit, work)),
  }
}

/** Its server has neither wrap nor unwrap, so an Acceptor of this package is at the other end. */
export async function kerberosPair(kerberos, party) {
  const client = await newClient(kerberos, party.service, REPEATABLE)
  const acceptor = new Acceptor({ credential: party.acceptor })
  const first = Buffer.from(await client.step(''), 'base64')
  await client.step(acceptor.stepSync(first).toString('base64'))
  return { client, acceptor }
}

let sink

function side(call) {
  const loop = async (count) => {
    for (let i = 0; i < count; i++) sink = Buffer.from(await call(i), 'base64')
  }
  return { name: 'npm kerberos', run: (count) => wallOf(() => loop(count)) }
}

export function kerberosWrap({ client }, size, confidential) {
  const message = plaintext(size)
  const options = { protect: confidential }
  return side(() => client.wrap(message.toString('base64'), options))
}

export function kerberosUnwrap({ client, acceptor }, size, confidential) {
  const message = plaintext(size)
  const count = TOKENS(size)
  const tokens = Array.from({ length: count }, () => acceptor.wrap(message, { confidential }))
  return side((i) => client.unwrap(tokens[i % count].toString('base64')))
}
