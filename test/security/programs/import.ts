/** Imports and uses each of the exported credentials in a file, one on each line in base64; what it was at is on stdout. */
import { readFileSync } from 'node:fs'
import { Acceptor, Credential, Initiator } from 'gssapi'

const [file = '', from = '0', target = ''] = process.argv.slice(2)
const tokens = readFileSync(file, 'latin1').trim().split('\n')

/** Whatever it answers: it must answer. */
async function tried(call: () => unknown): Promise<void> {
  try {
    await call()
  } catch {
    // Refused, which is right.
  }
}

async function used(token: Buffer): Promise<void> {
  const credential = await Credential.import(token)
  await tried(() => credential.inquire())
  await tried(() => credential.export())
  await tried(() => new Initiator({ target, credential, mechanism: 'krb5' }).step())
  await tried(() => new Acceptor({ credential }).step(Buffer.from('6006060401020304', 'hex')))
  credential.dispose()
}

async function all(): Promise<void> {
  for (let i = Number(from); i < tokens.length; i++) {
    process.stdout.write(`${i}\n`)
    await tried(() => used(Buffer.from(tokens[i] ?? '', 'base64')))
  }
}

void all()
