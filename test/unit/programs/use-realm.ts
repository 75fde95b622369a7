/**
 * `realm.use()` where process.env is a copy: `use-realm MODE` prints what each handshake found, as JSON. KRB5_CONFIG and the others
 * of its own environment lead nowhere, so that a handshake succeeds only in the realm.
 */
import { once } from 'node:events'
import { isMainThread, parentPort, threadId, Worker, workerData } from 'node:worker_threads'
import * as here from 'gssapi'
import { Realm } from 'gssapi/testing'
import { PAIR_REALM, SERVICE } from '../../helpers/pair'
import { loadInContext } from '../../helpers/vm-package'

type Found = Record<string, unknown>

/** Who is named at the end of a handshake, or the code of what failed. */
async function handshake({ Initiator, Acceptor } = here): Promise<string> {
  try {
    const client = new Initiator({ target: SERVICE })
    const server = new Acceptor()
    await client.step(await server.step(await client.step()))
    return String(server.initiatorName)
  } catch (error) {
    return (error as { code?: string }).code ?? String(error)
  }
}

const OPTIONS = { principals: PAIR_REALM.principals, services: PAIR_REALM.services }

const variables = () =>
  ['KRB5_CONFIG', 'KRB5CCNAME', 'KRB5RCACHENAME', 'GSSAPI_TESTING_THREAD'].map((name) =>
    here.readProcessVariable(name),
  )

async function within(use: Realm['use'], gssapi = here): Promise<Found> {
  const before = variables()
  const restore = use()
  const during = await handshake(gssapi)
  const copied = process.env['KRB5_CONFIG']
  restore()
  const restored = JSON.stringify(variables()) === JSON.stringify(before)
  return { during, copied, restored, after: await handshake(gssapi) }
}

const code = (call: () => unknown): string => {
  try {
    call()
    return 'none'
  } catch (error) {
    return (error as { code?: string }).code ?? String(error)
  }
}

/** One message, then the answer to it. */
async function ask(worker: Worker, question: string): Promise<unknown> {
  worker.postMessage(question)
  return ((await once(worker, 'message')) as unknown[])[0]
}

/** In a worker: makes a realm, and uses or restores it when told. */
async function serve(): Promise<void> {
  const realm = await Realm.create(OPTIONS)
  await realm.kinit('alice')
  let restore = () => {}
  parentPort!.on('message', (question: string) => {
    if (question === 'restore') restore()
    const told = question === 'use' ? code(() => (restore = realm.use())) : 'none'
    if (question === 'shake') void handshake().then((name) => parentPort!.postMessage(name))
    else parentPort!.postMessage(told)
  })
  parentPort!.postMessage('ready')
}

async function worker(mode: string): Promise<Worker> {
  const started = new Worker(__filename, { workerData: mode })
  await once(started, 'message')
  return started
}

async function threads(): Promise<Found> {
  const [one, two] = [await worker('serve'), await worker('serve')]
  const found = {
    first: await ask(one, 'use'),
    shake: await ask(one, 'shake'),
    second: await ask(two, 'use'),
    undisturbed: await ask(one, 'shake'),
    restored: await ask(one, 'restore'),
    then: await ask(two, 'use'),
    shakeThen: await ask(two, 'shake'),
    main: '',
    afterEnd: '',
  }
  await using realm = await Realm.create(OPTIONS)
  found.main = code(() => realm.use())
  await Promise.all([one.terminate(), two.terminate()]) // two never restores
  // Its realm ends with it, a moment later.
  for (let i = 0; i < 200 && found.afterEnd !== 'none'; i++) {
    found.afterEnd = code(() => realm.use()())
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  return found
}

async function single(mode: string): Promise<Found> {
  await using realm = await Realm.create(OPTIONS)
  await realm.kinit('alice')
  if (mode === 'replaced') process.env = { ...process.env }
  if (mode === 'vm') {
    const there = loadInContext()
    const use = there.testing.Realm.prototype.use
    const theirs = await there.testing.Realm.create(OPTIONS)
    await theirs.kinit('alice')
    const found = await within(use.bind(theirs), there.gssapi)
    await theirs.dispose()
    return { ...found, config: theirs.krb5Conf, there: there.context.process.env['KRB5_CONFIG'] }
  }
  return { ...(await within(() => realm.use())), config: realm.krb5Conf, threadId }
}

/** Two realms, the second within the first; the first's restore() called twice. */
async function nested(): Promise<Found> {
  await using outer = await Realm.create(OPTIONS)
  await using inner = await Realm.create(OPTIONS)
  process.env = { ...process.env }
  const restoreOuter = outer.use()
  const restoreInner = inner.use()
  const configurations = [here.readProcessVariable('KRB5_CONFIG') === inner.krb5Conf]
  restoreInner()
  configurations.push(here.readProcessVariable('KRB5_CONFIG') === outer.krb5Conf)
  restoreOuter()
  const again = inner.use()
  restoreOuter() // has restored already
  configurations.push(here.readProcessVariable('KRB5_CONFIG') === inner.krb5Conf)
  configurations.push(process.env['KRB5_CONFIG'] === inner.krb5Conf)
  again()
  return { configurations }
}

async function main(mode: string): Promise<void> {
  if (mode === 'threads') console.log(JSON.stringify(await threads()))
  else if (mode === 'nested') console.log(JSON.stringify(await nested()))
  else if (mode === 'worker' && isMainThread) {
    const one = new Worker(__filename, { workerData: mode })
    console.log(JSON.stringify(((await once(one, 'message')) as unknown[])[0]))
  } else {
    const found = await single(mode)
    if (isMainThread) console.log(JSON.stringify(found))
    else parentPort!.postMessage(found)
  }
}

if (workerData === 'serve') void serve()
else void main(isMainThread ? process.argv[2]! : (workerData as string))
