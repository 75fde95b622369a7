// The realm that all contenders use: MIT's defaults, on this machine, gone afterwards.
import { CommandError } from '../../scripts/util/process.mjs'

const SERVICE = 'bench@server.example.test'

/** { service, env, close() }. With `given` the caller's own environment is taken as it is. */
export async function openRealm(given) {
  if (given) return { service: given, env: {}, close: async () => {} }
  const { Realm } = await import('gssapi/testing')
  const realm = await Realm.create({ principals: { alice: 'pw' }, services: [SERVICE] })
  try {
    await realm.kinit('alice')
  } catch (error) {
    await realm[Symbol.asyncDispose]()
    throw new CommandError(`kinit in the benchmark's realm failed: ${error.message}`)
  }
  return { service: SERVICE, env: realm.env, close: () => realm[Symbol.asyncDispose]() }
}
