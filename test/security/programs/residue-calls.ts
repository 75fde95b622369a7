/** The calls of `residue.ts`, by what they do with a secret. A call that makes one itself gives it, in memory that is overwritten. */
import { fstatSync, openSync, readSync } from 'node:fs'
import {
  Acceptor,
  changePassword,
  Credential,
  Initiator,
  SecurityContext,
  verifyPassword,
} from 'gssapi'

const SERVICE = 'test@server.example.test'
const collect = global.gc as unknown as (options: { type: 'minor' }) => void

/** What lies young on V8's heap is moved. */
function move(): void {
  collect({ type: 'minor' })
  collect({ type: 'minor' })
}

/** Moved while it runs; whether it succeeds is no matter. */
async function moved<T>(pending: Promise<T>): Promise<T | undefined> {
  move()
  return pending.catch(() => undefined)
}

async function pair(credential?: Credential): Promise<[Initiator, Acceptor]> {
  const initiator = new Initiator({ target: SERVICE })
  const acceptor = new Acceptor({ credential })
  let token = await initiator.step()
  while (token !== null) {
    const reply = await acceptor.step(token)
    token = reply === null ? null : await initiator.step(reply)
  }
  return [initiator, acceptor]
}

type Call = (secret: Uint8Array) => Promise<Uint8Array | undefined>

const name = 'alice'
/** The same bytes, apart from V8's heap. */
const again = (secret: Uint8Array, end = '') => {
  const tail = Buffer.from(end)
  const copy = new Uint8Array(new ArrayBuffer(secret.length + tail.length))
  copy.set(secret)
  copy.set(tail, secret.length)
  return copy
}

/** A keytab's content, and the key of its last entry, before which stands its length. */
function keytabApart(name: string): [keytab: Uint8Array, key: Uint8Array] {
  const file = openSync(name.replace(/^FILE:/, ''), 'r')
  const memory = new Uint8Array(new ArrayBuffer(fstatSync(file).size))
  readSync(file, memory)
  const end = memory.length - 4
  const size = memory[end - 33] === 32 ? 32 : 16
  return [memory, again(memory.subarray(end - size, end))]
}

const kept: Uint8Array[] = []

export const calls: Record<string, Call> = {
  kept: (secret) => {
    kept.push(again(secret))
    return Promise.resolve(undefined)
  },
  acquire: async (password) => {
    const credential = await moved(Credential.acquire({ name, password, mechanisms: ['krb5'] }))
    credential?.dispose()
    return undefined
  },
  refused: async (password) => {
    await moved(Credential.acquire({ name: 'bob', password, mechanisms: ['krb5'] }))
    return undefined
  },
  aborted: async (password) => {
    const controller = new AbortController()
    const pending = Credential.acquire({ name, password, signal: controller.signal })
    controller.abort()
    await moved(pending)
    await new Promise((resolve) => setTimeout(resolve, 1000))
    return undefined
  },
  verify: async (password) => {
    await moved(verifyPassword(name, password, { service: SERVICE }))
    return undefined
  },
  change: async (password) => {
    await moved(changePassword('bob', Buffer.from('not bob’s'), password))
    return undefined
  },
  old: async (password) => {
    await moved(changePassword('bob', password, Buffer.from('next')))
    return undefined
  },
  nul: async (password) => {
    const broken = again(password, '\0')
    try {
      await Credential.acquire({ name, password: broken })
    } catch {
      // It has a NUL.
    }
    broken.fill(0)
    return undefined
  },
  beside: async (password) => {
    try {
      await changePassword('bob', 5 as never, password)
    } catch {
      // No password.
    }
    return undefined
  },
  option: async (value) => {
    const credential = await Credential.acquire()
    try {
      credential.setOption('1.3.6.1.4.1.99999.1', value)
    } catch {
      // No mechanism knows it.
    }
    return undefined
  },
  contextOption: async (value) => {
    const [initiator] = await pair()
    try {
      initiator.setOption('1.3.6.1.4.1.99999.1', value)
    } catch {
      // No mechanism knows it.
    }
    return undefined
  },
  store: async (secret) => {
    const password = Buffer.from(secret.buffer as ArrayBuffer).toString('latin1')
    await moved(Credential.acquire({ name: 'bob', store: { password } }))
    return undefined
  },
  sessionKey: async () => {
    const [initiator, acceptor] = await pair()
    const { key } = initiator.sessionKey()
    initiator.dispose()
    acceptor.dispose()
    return key
  },
  prf: async () => {
    const [initiator, acceptor] = await pair()
    const key = initiator.prf(Buffer.from('seed'), 500)
    initiator.dispose()
    acceptor.dispose()
    return key
  },
  exportContext: async () => {
    const [initiator, acceptor] = await pair()
    const key = await initiator.export()
    acceptor.dispose()
    return key
  },
  importContext: async () => {
    const [initiator, acceptor] = await pair()
    const token = await initiator.export()
    const context = await moved(SecurityContext.import(token))
    context?.dispose()
    acceptor.dispose()
    return token
  },
  exportCredential: async (password) => {
    const credential = await Credential.acquire({ name, password })
    const token = await Promise.resolve(credential.export())
    credential.dispose()
    // Where the description ends and the library's own token begins, which the library has nowhere.
    const joint = token.indexOf('}\0\0\0\x09')
    const body = again(token.subarray(joint - 24, joint + 18))
    token.fill(0)
    return body
  },
  keytab: async () => {
    const [keytab, key] = keytabApart(process.env.KRB5_KTNAME ?? '')
    const accepting = { usage: 'accept', store: { keytab } } as const
    const credential = await Credential.acquire({ ...accepting, mechanisms: ['krb5'] })
    keytab.fill(0)
    const [initiator, acceptor] = await pair(credential)
    for (const used of [initiator, acceptor, credential]) used.dispose()
    return key
  },
  clientKeytab: async () => {
    const [clientKeytab, key] = keytabApart(process.env.KRB5_CLIENT_KTNAME ?? '')
    const store = { clientKeytab, ccache: 'MEMORY:residue' }
    const credential = await Credential.acquire({ store, mechanisms: ['krb5'] })
    const { lifetime } = await credential.inquire()
    const cut = again(clientKeytab.subarray(0, -1))
    await Promise.resolve()
      .then(() => Credential.acquire({ store: { clientKeytab: cut } }))
      .catch(() => undefined)
    cut.fill(0)
    clientKeytab.fill(0)
    credential.dispose()
    if (lifetime === 0) throw new Error('no ticket was had by it')
    return key
  },
  add: async (password) => {
    const credential = await Credential.acquire({ name, password })
    const token = await Promise.resolve(credential.export())
    const joint = token.indexOf(Buffer.from('2b0601050502', 'hex'))
    const sought = again(token.subarray(joint - 16, joint + 6))
    token.fill(0)
    const other = { name: 'bob', password: 'no', mechanism: 'spnego' }
    await credential.add(other as never).catch(() => undefined)
    credential.dispose()
    return sought
  },
  unwrap: async (secret) => {
    const [initiator, acceptor] = await pair()
    const message = again(secret)
    const token = initiator.wrap(message)
    message.fill(0)
    acceptor.unwrap(token).message.fill(0)
    return undefined
  },
  unwrapLarge: async (secret) => {
    const [initiator, acceptor] = await pair()
    const message = Buffer.from(new ArrayBuffer(6000)) // decrypted in the copy
    message.set(secret, 3000)
    const token = initiator.wrap(message)
    message.fill(0)
    acceptor.unwrap(token).message.fill(0)
    return undefined
  },
}
