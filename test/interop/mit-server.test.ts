import assert from 'node:assert/strict'
import { join } from 'node:path'
import { Credential, type Initiator, type InitiatorOptions } from 'gssapi'
import { gssClient, GssServer, SampleClient, type Sealing } from '../helpers/mit-samples'
import { useRealm } from '../helpers/realm'

const SERVICE = 'host@localhost'
const PASSWORD = 'wonderland'
const SIZES = [0, 1, 13, 4096, 65536]

const SEALINGS: Record<string, Sealing> = {
  'encrypted, signed': { wrapped: true, confidential: true, signed: true },
  encrypted: { wrapped: true, confidential: true, signed: false },
  'integrity only, signed': { wrapped: true, confidential: false, signed: true },
  'integrity only': { wrapped: true, confidential: false, signed: false },
  'plain, signed': { wrapped: false, confidential: false, signed: true },
  plain: { wrapped: false, confidential: false, signed: false },
}

// Quirk(mit): gss-server 1.20 reads the first bytes of what it decrypted, to log them, and dies where there are none.
const isFatal = (size: number, how: Sealing) => size === 0 && how.wrapped && how.confidential

/** Any byte, so that nothing between the two sides can take it for text. */
const message = (size: number) =>
  Buffer.from(Array.from({ length: size }, (_, i) => (i * 7) & 0xff))

const SIGNED: Sealing = { wrapped: true, confidential: true, signed: true }

type Work = (client: SampleClient) => Promise<void> | void

interface Variant {
  server?: string[]
  client?: Partial<InitiatorOptions>
  /** What gss-server must log of it. */
  logged?: RegExp
  check?: (context: Initiator) => void
}

const usual = /GSS_C_MUTUAL_FLAG[^]*GSS_C_REPLAY_FLAG[^]*GSS_C_SEQUENCE_FLAG/

// Every option of gss-server that changes what it does, and every one of ours that gss-server can show.
const VARIANTS: Record<string, Variant> = {
  krb5: {
    logged: /mechanism OID \{ 1 2 840 113554 1 2 2 \}/,
    check: (context) => assert.equal(context.mechanism, 'krb5'),
  },
  spnego: {
    client: { mechanism: 'spnego' },
    logged: /mechanism OID \{ 1 2 840 113554 1 2 2 \}/,
    check: (context) => assert.equal(context.mechanism, 'krb5'),
  },
  "a mechanism's object identifier": { client: { mechanism: '1.2.840.113554.1.2.2' } },
  'a target that is a principal': { client: { target: 'host/localhost' } },
  'all protections': { logged: usual },
  'no mutual authentication': {
    client: { mutual: false },
    check: (context) => assert.equal(context.flags.mutual, false),
  },
  'no mutual authentication in spnego': { client: { mutual: false, mechanism: 'spnego' } },
  'no sequence detection': { client: { sequenceDetection: false } },
  'no replay detection': { client: { replayDetection: false } },
  'neither sequence nor replay detection': {
    client: { sequenceDetection: false, replayDetection: false },
  },
  delegation: {
    client: { delegation: true },
    logged: /GSS_C_DELEG_FLAG/,
    check: (context) => assert.equal(context.flags.delegation, true),
  },
  'delegation in spnego': {
    client: { delegation: true, mechanism: 'spnego' },
    logged: /GSS_C_DELEG_FLAG/,
  },
  'the third leg of DCE': {
    client: { dceStyle: true },
    check: (context) => assert.equal(context.flags.dceStyle, true),
  },
  'a server that exports its context (-export)': {
    server: ['-export'],
    logged: /(Exported context[^]*){3}/,
  },
  'a server that exports its spnego context (-export)': {
    server: ['-export'],
    client: { mechanism: 'spnego' },
    logged: /(Exported context[^]*){3}/,
  },
}

describe("Our initiator against MIT's gss-server", () => {
  const realm = useRealm({
    principals: { alice: PASSWORD },
    services: [SERVICE],
    kinit: 'alice',
  })
  let logs = 0

  const logFile = () => join(realm().dir, `gss-server-${++logs}.log`)

  /** One client of one gss-server; resolves to what gss-server logged. */
  async function converse(
    { server = [], client = {} }: Variant,
    log: string,
    work: Work,
  ): Promise<string> {
    const mit = await GssServer.listen(SERVICE, log, server)
    try {
      await attend(mit.port, { target: SERVICE, ...client }, work)
    } finally {
      await mit.close()
    }
    return mit.close()
  }

  async function check(variant: Variant): Promise<void> {
    const text = 'a message from our initiator'
    const log = await converse(variant, logFile(), async (client) => {
      variant.check?.(client.context)
      for (const how of Object.values(SEALINGS)) await client.exchange(Buffer.from(text), how)
    })
    const received = log.split('\n').filter((line) => line === `Received message: "${text}"`)
    assert.equal(received.length, Object.keys(SEALINGS).length)
    if (variant.logged) assert.match(log, variant.logged)
  }

  for (const [title, how] of Object.entries(SEALINGS)) {
    for (const size of SIZES.filter((each) => !isFatal(each, how))) {
      it(`reads another message than was sent: ${title}, ${size} bytes`, async () => {
        await converse({}, logFile(), (client) => client.exchange(message(size), how))
      })
    }
  }

  for (const [title, variant] of Object.entries(VARIANTS)) {
    it(`cannot be talked to with ${title}`, () => check(variant))
  }

  it('loses count over many messages of every kind and size', async () => {
    await converse({}, logFile(), async (client) => {
      for (const how of Object.values(SEALINGS)) {
        const sizes = SIZES.filter((each) => !isFatal(each, how))
        for (const size of [...sizes, ...sizes]) await client.exchange(message(size), how)
      }
    })
  })

  it("is spared the empty encrypted message although MIT's own client may send it", async () => {
    const mit = await GssServer.listen(SERVICE, logFile())
    await gssClient(mit.port, [], SERVICE, '').catch(() => {}) // may die of SIGPIPE
    await assert.rejects(mit.close(), /gss-server was ended by SIG(?:SEGV|ABRT)/) // the latter under a sanitizer
  })

  it('is not reached by a client without a ticket, by IAKERB and a password', async () => {
    const mechanisms = ['iakerb']
    const options = { name: 'alice', password: PASSWORD, mechanisms }
    const credential = await Credential.acquire(options)
    try {
      await check({
        server: ['-iakerb'],
        client: { credential, mechanism: 'iakerb' },
        logged: /mechanism OID \{ 1 3 6 1 5 2 5 \}/,
      })
    } finally {
      credential.dispose()
    }
  })

  it('signs what was not sent, and the signature passes', async () => {
    await converse({}, logFile(), async (client) => {
      const { context } = client
      const wrap = context.wrap.bind(context)
      context.wrap = (_, how) => wrap(Buffer.from('something else'), how)
      await assert.rejects(client.exchange(Buffer.from('what we meant'), SIGNED), {
        code: 'GSS_S_BAD_MIC',
      })
    })
  })

  it('reads a message that was changed on its way', async () => {
    const log = await converse({}, logFile(), async (client) => {
      const { context } = client
      const wrap = context.wrap.bind(context)
      context.wrap = (text, how) => flipped(wrap(text, how))
      await assert.rejects(client.exchange(Buffer.from('what we meant'), SIGNED), /ended/)
    })
    assert.doesNotMatch(log, /Received message/)
  })

  it('accepts a ticket for a service whose key it does not have', async () => {
    await realm().addService('other@localhost', { keytab: join(realm().dir, 'other.keytab') })
    const talking = converse({ client: { target: 'other@localhost' } }, logFile(), () => {})
    await assert.rejects(talking, { name: 'GssError' })
  })
})

async function attend(port: number, options: InitiatorOptions, work: Work): Promise<void> {
  const client = await SampleClient.connect(port, options)
  try {
    await work(client)
    client.end()
  } finally {
    client.dispose()
  }
}

/** The token with its last bit the other way. */
function flipped(token: Buffer): Buffer {
  token.writeUInt8(token.readUInt8(token.length - 1) ^ 1, token.length - 1)
  return token
}
