import assert from 'node:assert/strict'
/** What the contract and security tests share: a pair of contexts, and what differs by library. */
import { Acceptor, type GssError, Initiator, library, type SecurityContext } from 'gssapi'
import { hasDesk, point } from './remote-realm'

export type InitiatorOptions = ConstructorParameters<typeof Initiator>[0]
export type AcceptorOptions = NonNullable<ConstructorParameters<typeof Acceptor>[0]>

export const HOST = 'server.example.test'
export const SERVICE = `test@${HOST}`
export const PRINCIPAL = `test/${HOST}@EXAMPLE.TEST`
export const ALICE = 'alice@EXAMPLE.TEST'
export const PASSWORD = 'white-Rabbit-7'
export const MECHANISMS = ['krb5', 'spnego'] as const

/** The realm of nearly every suite. */
export const SUITE = { principals: { alice: PASSWORD }, services: [SERVICE], kinit: 'alice' }

/** Heimdal, or Apple's, which was made from it. */
export const onHeimdal = ['heimdal', 'apple'].includes(library().implementation)

/** A test, or where `gap` says why it cannot be, a skipped one with the reason in its title. */
export function itUnless(gap: string | false, title: string, body: Mocha.AsyncFunc): void {
  if (gap === false) it(title, body)
  else it.skip(`${title} [${gap}]`, body)
}

/** The reason where the library is Heimdal. */
export function heimdal(reason: string): string | false {
  return onHeimdal && `Heimdal: ${reason}`
}

export interface PairOptions {
  initiator?: Partial<InitiatorOptions> | undefined
  acceptor?: AcceptorOptions | undefined
}

export interface Pair {
  initiator: Initiator
  acceptor: Acceptor
}

export function newPair({ initiator, acceptor }: PairOptions = {}): Pair {
  return {
    initiator: new Initiator({ target: SERVICE, ...initiator }),
    acceptor: new Acceptor(acceptor),
  }
}

/** Carries tokens until nobody has one to send; how many each side sent. */
export async function converse({ initiator, acceptor }: Pair): Promise<[number, number]> {
  let sent = 0
  let answered = 0
  let token = await initiator.step()
  while (token !== null) {
    sent++
    const reply = await acceptor.step(token)
    if (reply !== null) answered++
    token = reply === null ? null : await initiator.step(reply)
  }
  return [sent, answered]
}

/** Two contexts that have been established. */
export async function established(options: PairOptions = {}): Promise<Pair> {
  const pair = newPair(options)
  await converse(pair)
  if (!pair.initiator.complete || !pair.acceptor.complete) throw new Error('not established')
  return pair
}

/** The first token of an initiator. */
export async function firstToken(initiator: SecurityContext): Promise<Buffer> {
  const token = await initiator.step()
  if (token === null) throw new Error('an initiator begins with a token')
  return token
}

/** What it throws or rejects with, which it must. */
export async function failure(call: () => unknown): Promise<GssError> {
  try {
    await call()
  } catch (error) {
    return error as GssError
  }
  throw new Error('it did not fail')
}

export function pattern(size: number, seed = 1): Buffer {
  const bytes = Buffer.allocUnsafe(size)
  for (let i = 0; i < size; i++) bytes[i] = (i * 31 + (i >> 8) + seed) & 0xff
  return bytes
}

/** Of a context whose lifetime is known. */
export function secondsLeft({ lifetime }: SecurityContext): number {
  assert.ok(lifetime !== null)
  return lifetime
}

export const delay = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** Runs `body` with variables of process.env changed, and puts them back. */
export async function withEnv<T>(
  variables: Record<string, string | undefined>,
  body: () => Promise<T>,
): Promise<T> {
  const before = Object.keys(variables).map((name) => [name, process.env[name]] as const)
  assign(Object.entries(variables))
  if (hasDesk) await point(variables)
  try {
    return await body()
  } finally {
    assign(before)
    if (hasDesk) await point(Object.fromEntries(before))
  }
}

function assign(variables: (readonly [string, string | undefined])[]): void {
  for (const [name, value] of variables) {
    if (value === undefined) delete process.env[name]
    else process.env[name] = value
  }
}
