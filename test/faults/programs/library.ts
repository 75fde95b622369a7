// Imports the package where no usable GSSAPI library is, and reports what the first calls say.
import {
  Acceptor,
  configure,
  Credential,
  GssError,
  Initiator,
  library,
  mechanisms,
  Name,
} from 'gssapi'

interface Told {
  type: string
  code: unknown
  message: string
}

async function told(call: () => unknown): Promise<Told> {
  try {
    await call()
    return { type: 'none', code: '', message: '' }
  } catch (error) {
    const type = error instanceof GssError ? 'GssError' : String(error)
    return { type, code: (error as GssError).code, message: (error as Error).message }
  }
}

async function main(): Promise<void> {
  const calls: Record<string, () => unknown> = {
    library,
    mechanisms,
    name: () => String(Name.service('HTTP@server.example.test')),
    acquire: () => Credential.acquire(),
    initiator: () => new Initiator({ target: 'HTTP@server.example.test' }),
    acceptor: () => new Acceptor(),
  }
  const answers: Record<string, Told> = {}
  for (const [name, call] of Object.entries(calls)) answers[name] = await told(call)
  const mend = process.argv[2]
  if (mend) {
    answers['mended'] = await told(() => configure({ library: mend }))
    answers['afterwards'] = await told(() => new Acceptor())
  }
  console.log(JSON.stringify(answers))
}

void main()
