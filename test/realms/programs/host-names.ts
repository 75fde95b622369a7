// Does one thing with a host-based name for each request, under the krb5.conf that the request names, and prints what came
// of each. A process of its own, because its table of hosts comes from a preloaded library.
import { Acceptor, Credential, type GssError, Initiator, Name } from 'gssapi'
import { converse } from '../../helpers/handshake'

export interface Request {
  config: string
  as: 'canonical' | 'initiator' | 'target' | 'acceptor'
  service: string
  host?: string
  /** acceptor: for which principal the initiator asks. */
  principal?: string
}

const { ccache, keytab, requests } = JSON.parse(process.argv[2]!) as {
  ccache: string
  keytab: string
  requests: Request[]
}

const krb5 = ['krb5']
let caches = 0

const ACTIONS: Record<Request['as'], (name: Name, request: Request) => Promise<string>> = {
  canonical: async (name) => String(await name.canonicalize()),

  async initiator(name) {
    const store = { ccache: `MEMORY:${caches++}`, clientKeytab: keytab }
    const credential = await Credential.acquire({ name, mechanisms: krb5, store })
    return String((await credential.inquire()).name)
  },

  target: (name) => acceptedAs(name, {}),

  acceptor: (name, { principal }) => acceptedAs(Name.principal(principal!), { name }),
}

async function acceptedAs(target: Name, acceptor: { name?: Name }): Promise<string> {
  const credential = await Credential.acquire({ mechanisms: krb5, store: { ccache } })
  const usage = 'accept'
  const own = await Credential.acquire({ ...acceptor, usage, mechanisms: krb5, store: { keytab } })
  const pair = {
    initiator: new Initiator({ target, credential }),
    acceptor: new Acceptor({ credential: own }),
  }
  await converse(pair)
  return String(pair.acceptor.acceptorName)
}

async function answer(request: Request): Promise<string> {
  process.env['KRB5_CONFIG'] = request.config
  try {
    return await ACTIONS[request.as](Name.service(request.service, request.host), request)
  } catch (error) {
    const { code, minorName } = error as GssError
    return `${code} ${minorName ?? ''}`.trim()
  }
}

void (async () => {
  const answers: string[] = []
  for (const request of requests) answers.push(await answer(request))
  console.log(JSON.stringify(answers))
})()
