import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { Acceptor, Credential, Initiator, type InitiatorOptions, type Mechanism } from 'gssapi'
import { statistics } from '../helpers/addon'
import { onHeimdal } from '../helpers/handshake'
import { PAIR_REALM, SERVICE } from '../helpers/pair'
import { useRealm } from '../helpers/realm'

/** For which nobody has a ticket. */
const COLD = 'cold@server.example.test'
/** Milliseconds: far more than a slow machine needs, far less than libkrb5 waits for a KDC. */
const SOON = 4000
/** An object identifier that is nobody's mechanism. */
const NOBODY_HAS = '1.3.9999.1'
const MECHANISMS: Mechanism[] = ['krb5', 'spnego']

async function soon<T>(what: string, call: Promise<T>): Promise<T> {
  const began = performance.now()
  const result = await call
  const passed = performance.now() - began
  assert.ok(passed < SOON, `${what} took ${passed.toFixed(0)} ms`)
  return result
}

async function established(
  credential: Credential,
  mechanism: Mechanism,
  options: Partial<InitiatorOptions> = {},
): Promise<Acceptor> {
  const client = new Initiator({ ...options, target: SERVICE, credential, mechanism })
  const server = new Acceptor()
  for (let token = await client.step(); token !== null;) {
    const reply = await server.step(token)
    token = reply === null ? null : await client.step(reply)
  }
  assert.ok(client.complete && server.complete)
  return server
}

describe('a credential whose contexts ask a KDC that does not answer', function () {
  this.timeout(60_000)
  const realm = useRealm({ ...PAIR_REALM, services: [SERVICE, COLD] })
  const kinds: Record<string, () => Promise<Credential>> = {
    'of a named cache': () => Credential.acquire({ store: { ccache: realm().env.KRB5CCNAME } }),
    'of the default cache': () => Credential.acquire(),
    'by name': () => Credential.acquire({ name: 'alice' }),
    'by password': () => Credential.acquire({ name: 'alice', password: 'secret' }),
    imported: async () => Credential.import(await (await Credential.acquire()).export()),
    delegated: async () => {
      const client = new Initiator({ target: SERVICE, delegation: true })
      const server = new Acceptor()
      await server.step(await client.step())
      return server.delegatedCredential!
    },
  }
  const credentials = new Map<string, Credential>()
  let unused: Credential
  let limited: Credential

  before(async () => {
    for (const [kind, make] of Object.entries(kinds)) {
      const credential = await make()
      credentials.set(kind, credential)
      for (const mechanism of [...MECHANISMS, ...MECHANISMS]) {
        if (kind !== 'delegated' || mechanism === 'krb5') await established(credential, mechanism)
      }
    }
    unused = await Credential.acquire({ store: { ccache: realm().env.KRB5CCNAME } })
    const store = { ccache: realm().env.KRB5CCNAME }
    limited = await Credential.acquire({ store, noCiFlags: true })
    if (!onHeimdal) limited.setNegotiableMechanisms([NOBODY_HAS])
    for (let uses = 0; uses < 3; uses++) await established(limited, 'krb5')
    await realm().silentKdc()
  })

  for (const kind of Object.keys(kinds)) {
    it(`${kind}: its other contexts go on, and it is exported and asked`, async () => {
      const credential = credentials.get(kind)!
      const controller = new AbortController()
      const { signal } = controller
      const blocked = [1, 2, 3].map(() =>
        new Initiator({ target: COLD, credential }).step(null, { signal }).catch((e: unknown) => e),
      )
      await sleep(50)
      const mechanisms = kind === 'delegated' ? MECHANISMS.slice(0, 1) : MECHANISMS
      const others = Array.from({ length: 6 }, () =>
        mechanisms.map((mechanism) => established(credential, mechanism)),
      ).flat()
      for (const server of await soon('their handshakes', Promise.all(others))) {
        assert.equal(String(server.initiatorName), 'alice@EXAMPLE.TEST')
      }
      await soon('export', credential.export())
      const { name } = await soon('inquire', credential.inquire())
      assert.equal(String(name), 'alice@EXAMPLE.TEST')
      controller.abort()
      await Promise.all(blocked)
    })
  }

  it('copies are held to what it is held to', async () => {
    const unasked = { integrity: false, confidentiality: false }
    const controller = new AbortController()
    const { signal } = controller
    const blocked = new Initiator({ target: COLD, credential: limited })
      .step(null, { signal })
      .catch((error: unknown) => error)
    await sleep(50)
    const { flags } = await soon('a handshake', established(limited, 'krb5', unasked))
    assert.equal(flags.integrity || flags.confidentiality, false)
    if (!onHeimdal) {
      const negotiating = new Initiator({
        target: SERVICE,
        credential: limited,
        mechanism: 'spnego',
      })
      const refused = assert.rejects(negotiating.step(), { code: /^GSS_S_/ })
      await soon('a refusal', refused)
    }
    controller.abort()
    await blocked
  })

  it('contexts that wait for it hold no thread', async () => {
    const { network, pending } = statistics()
    const controller = new AbortController()
    const { signal } = controller
    const step = (target: string) =>
      new Initiator({ target, credential: unused }).step(null, { signal }).catch((e: unknown) => e)
    const first = step(COLD)
    await sleep(50)
    const calls = [first, ...Array.from({ length: 20 }, () => step(SERVICE))]
    await sleep(200)
    assert.equal(statistics().network - network, 1)
    assert.equal(statistics().pending - pending, 21)
    controller.abort()
    await Promise.all(calls)
    await sleep(20)
    assert.equal(statistics().pending - pending, 1)
  })

  it('its options are not changed while a call uses it', async () => {
    const credential = credentials.get('by password')!
    const refused = { code: 'ERR_GSS_CONTEXT_BUSY' }
    const controller = new AbortController()
    const { signal } = controller
    const blocked = new Initiator({ target: COLD, credential })
      .step(null, { signal })
      .catch((error: unknown) => error)
    await sleep(50)
    assert.throws(() => credential.setNegotiableMechanisms(['krb5']), refused)
    controller.abort()
    await blocked
  })
})
