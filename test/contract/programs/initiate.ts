// A process that begins a context with a credential of another one, and hands back the token.
import { Credential, Initiator } from 'gssapi'

export interface Errand {
  /** What {@link Credential.export} made. */
  credential: Uint8Array
  target: string
}

async function begin({ credential, target }: Errand): Promise<Uint8Array> {
  const options = { credential: await Credential.import(new Uint8Array(credential)), target }
  // One leg: nobody waits for an answer.
  const token = await new Initiator({ ...options, mutual: false }).step()
  return new Uint8Array(token ?? [])
}

process.once('message', (errand: Errand) => {
  void begin(errand).then((token) => process.send!(token, () => process.disconnect()))
})
