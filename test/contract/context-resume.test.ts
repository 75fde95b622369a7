import assert from 'node:assert/strict'
import { ChannelBindings, Credential, library, Name, SecurityContext } from 'gssapi'
import { openEnvelope, sealEnvelope } from '../../lib/encoding/envelope'
import { nativeName } from '../../lib/name/name'
import { describeUnfinished, setupOf, splitUnfinished } from '../../lib/context/transfer/unfinished'
import { addon } from '../helpers/addon'
import type { NativeContext } from '../../lib/native'
import { describeBefore, encodeDescription } from '../../lib/encoding/description'
import { PLACES, talk } from '../helpers/adopting'
import {
  ALICE,
  delay,
  failure,
  firstToken,
  itUnless,
  newPair,
  type PairOptions,
  PRINCIPAL,
  SUITE,
  withEnv,
  secondsLeft,
} from '../helpers/handshake'
import { useRealm } from '../helpers/realm'

const ONLY_MIT =
  library().implementation !== 'mit' && 'only MIT exports what is not established yet'

/** An initiator that has sent its token, and the reply to it. */
async function half(options: PairOptions = {}) {
  const pair = newPair(options)
  const reply = await pair.acceptor.step(await firstToken(pair.initiator))
  assert.ok(reply)
  return { ...pair, reply }
}

const NOWHERE = { KRB5CCNAME: 'MEMORY:nobody', KRB5_KTNAME: 'MEMORY:none' }

describe('contexts that are exported before they are established', function () {
  this.timeout(60_000)
  useRealm(SUITE)

  itUnless(ONLY_MIT, 'what is imported does not go on, or knows less', async () => {
    const { initiator, acceptor, reply } = await half()
    const context = await SecurityContext.import(await initiator.export())
    assert.equal(context.complete, false)
    assert.equal(context.isInitiator, true)
    assert.equal(context.mechanism, 'krb5')
    assert.equal(context.initiatorName, null)
    assert.ok(secondsLeft(context) > 0)
    assert.throws(() => context.wrap(Buffer.from('early')), { code: 'ERR_GSS_NOT_ESTABLISHED' })
    assert.equal(await context.step(reply), null)
    assert.equal(context.complete, true)
    assert.equal(String(context.initiatorName), ALICE)
    assert.equal(context.acceptorName?.toString(), PRINCIPAL)
    assert.equal(context.flags.mutual, true)
    talk(context, acceptor)
    talk(acceptor, context)
  })

  itUnless(ONLY_MIT, 'the exporter goes on as well', async () => {
    const { initiator, reply } = await half()
    const pending = initiator.export()
    const gone = { code: 'ERR_GSS_DISPOSED' }
    await assert.rejects(initiator.step(reply), gone)
    await pending
    await assert.rejects(initiator.step(reply), gone)
    assert.throws(() => initiator.stepSync(reply), gone)
    await assert.rejects(initiator.export(), gone)
    assert.equal(initiator.complete, false)
    assert.equal(initiator.isInitiator, true)
    initiator.dispose()
  })

  for (const [place, run] of Object.entries(PLACES)) {
    itUnless(ONLY_MIT, `it needs the ticket or the cache again, in ${place}`, async () => {
      const { initiator, acceptor, reply } = await half()
      const token = await initiator.export()
      const received = [acceptor.wrap(Buffer.from('one'))]
      const report = await withEnv(NOWHERE, () => run({ token, reply, received, say: 'two' }))
      assert.deepEqual(report.heard, ['one'])
      assert.deepEqual([report.user, report.service], [ALICE, PRINCIPAL])
      assert.equal(acceptor.unwrap(report.said).message.toString(), 'two')
      talk(await SecurityContext.import(report.back), acceptor)
    })
  }

  itUnless(ONLY_MIT, 'it travels only once', async () => {
    const { initiator, acceptor, reply } = await half()
    const there = await SecurityContext.import(await initiator.export())
    const back = await SecurityContext.import(await there.export())
    await back.step(reply)
    talk(back, acceptor)
  })

  itUnless(ONLY_MIT, 'an acceptor cannot leave before the third leg of DCE style', async () => {
    const { initiator, acceptor, reply } = await half({ initiator: { dceStyle: true } })
    const third = await initiator.step(reply)
    const token = await acceptor.export()
    const context = await withEnv(NOWHERE, () => SecurityContext.import(token))
    assert.equal(context.isInitiator, false)
    assert.equal(context.complete, false)
    assert.equal(await context.step(third), null)
    assert.equal(context.complete, true)
    assert.equal(context.flags.dceStyle, true)
    assert.equal(String(context.initiatorName), ALICE)
    talk(context, initiator)
  })

  itUnless(ONLY_MIT, 'what was required is forgotten on the way', async () => {
    const { initiator, acceptor, reply } = await half({
      initiator: { dceStyle: true },
      acceptor: { require: { delegation: true } },
    })
    const third = await initiator.step(reply)
    const context = await SecurityContext.import(await acceptor.export())
    const error = await failure(() => context.step(third))
    assert.equal(error.code, 'ERR_GSS_PROTECTION_NOT_GRANTED')
    assert.match(error.message, /delegation/)
    assert.equal(context.complete, false)
    assert.throws(() => context.wrap(Buffer.from('x')), { code: 'ERR_GSS_DISPOSED' })
  })

  itUnless(ONLY_MIT, 'another context’s reply is taken', async () => {
    const one = await half()
    const other = await half()
    const context = await SecurityContext.import(await one.initiator.export())
    const error = await failure(() => context.step(other.reply))
    assert.match(error.code, /^GSS_S_/)
    assert.equal((await failure(() => context.export())).code, 'GSS_S_NO_CONTEXT')
    assert.equal((await failure(() => context.step(one.reply))).code, 'GSS_S_NO_CONTEXT')
  })

  itUnless(ONLY_MIT, 'a credential or bindings are in the way', async () => {
    const channelBindings = new ChannelBindings({
      applicationData: Buffer.from('tls-unique:x'),
      initiatorAddress: { type: 2, address: Buffer.from([127, 0, 0, 1]) },
    })
    const { initiator, acceptor, reply } = await half({
      initiator: { credential: await Credential.acquire(), channelBindings },
      acceptor: { channelBindings },
    })
    const token = await initiator.export()
    const context = await SecurityContext.import(token, { credential: await Credential.acquire() })
    await context.step(reply)
    talk(context, acceptor)
  })

  itUnless(ONLY_MIT, 'an export that was aborted before it began changes something', async () => {
    const { initiator, acceptor, reply } = await half()
    const error = await failure(() => initiator.export({ signal: AbortSignal.abort() }))
    assert.equal(error.code, 'ABORT_ERR')
    await initiator.step(reply)
    talk(initiator, acceptor)
  })

  itUnless(ONLY_MIT, 'an import that is aborted leaves a context behind', async () => {
    const { initiator, acceptor, reply } = await half()
    const token = await initiator.export()
    const error = await failure(() =>
      SecurityContext.import(token, { signal: AbortSignal.abort() }),
    )
    assert.equal(error.code, 'ABORT_ERR')
    const context = await SecurityContext.import(token)
    await context.step(reply)
    talk(context, acceptor)
  })

  itUnless(ONLY_MIT, 'the clock starts anew on the way', async () => {
    const { initiator } = await half()
    await delay(1100)
    const lifetime = secondsLeft(initiator)
    const context = await SecurityContext.import(await initiator.export())
    assert.ok(secondsLeft(context) <= lifetime, `${context.lifetime} after ${lifetime}`)
  })

  itUnless(ONLY_MIT, 'what cannot travel ends the context', async () => {
    const channelBindings = new ChannelBindings({ applicationData: Buffer.alloc(2 ** 20) })
    const { initiator, acceptor, reply } = await half({
      initiator: { channelBindings },
      acceptor: { channelBindings },
    })
    assert.equal((await failure(() => initiator.export())).code, 'GSS_S_NO_CONTEXT')
    await initiator.step(reply)
    talk(initiator, acceptor)
  })

  it('a getter among the options gets past a pending step', async () => {
    const { initiator, acceptor, reply } = await half()
    let stepped: Promise<unknown> | undefined
    const options = {
      get raw() {
        stepped = initiator.step(reply)
        return false
      },
    }
    assert.equal((await failure(() => initiator.export(options))).code, 'GSS_S_NO_CONTEXT')
    await stepped
    talk(initiator, acceptor)
  })

  it('the library’s own token of half a context goes out, or harms it', async () => {
    const { initiator, acceptor, reply } = await half()
    const error = await failure(() => initiator.export({ raw: true }))
    assert.equal(error.code, 'GSS_S_NO_CONTEXT')
    await initiator.step(reply)
    talk(initiator, acceptor)
  })

  it('SPNEGO, which cannot, loses what it had', async () => {
    const { initiator, acceptor, reply } = await half({ initiator: { mechanism: 'spnego' } })
    const error = await failure(() => initiator.export())
    assert.match(error.code, /^GSS_S_(UNAVAILABLE|NO_CONTEXT)$/)
    assert.equal(initiator.complete, false)
    await initiator.step(reply)
    talk(initiator, acceptor)
  })

  it('a step that is pending is overtaken', async () => {
    const { initiator, acceptor, reply } = await half()
    const stepped = initiator.step(reply)
    const error = await failure(() => initiator.export())
    assert.equal(error.code, 'GSS_S_NO_CONTEXT')
    await stepped
    talk(initiator, acceptor)
  })

  itUnless(ONLY_MIT, 'what must not be granted is granted elsewhere', async () => {
    const { initiator, acceptor } = newPair({
      initiator: { dceStyle: true },
      acceptor: { require: { dceStyle: false } },
    })
    const last = await initiator.step(await acceptor.step(await initiator.step()))
    const there = await SecurityContext.import(await acceptor.export())
    const error = await failure(() => there.step(last))
    assert.equal(error.code, 'ERR_GSS_PROTECTION_NOT_GRANTED')
    assert.match(error.message, /granted but not allowed: dceStyle/)
    assert.equal(there.complete, false)
  })

  itUnless(ONLY_MIT, 'the bindings do not travel along', async () => {
    const channelBindings = new ChannelBindings({
      applicationData: Buffer.from('a channel'),
      initiatorAddress: { type: 2, address: Buffer.from([127, 0, 0, 1]) },
      acceptorAddress: { type: 2, address: Buffer.from([127, 0, 0, 2]) },
    })
    const { initiator } = await half({
      initiator: { channelBindings },
      acceptor: { channelBindings },
    })
    const token = await initiator.export()
    const body = openEnvelope('unfinished context', library(), token, 'import')
    const { bindings } = setupOf(splitUnfinished(body).unfinished, undefined, {
      onSequenceError: 'throw',
    })
    assert.deepEqual(
      bindings?.map((part) =>
        typeof part === 'number' ? part : Buffer.from(part).toString('hex'),
      ),
      [2, '7f000001', 2, '7f000002', Buffer.from('a channel').toString('hex')],
    )
  })

  itUnless(ONLY_MIT, 'a target travels as another name', async () => {
    const setup = {
      ...{
        credential: null,
        bindings: null,
        onSequenceError: 'throw' as const,
        required: 0,
        forbidden: 0,
      },
      ...{ requiredAtOnce: 0, imported: undefined, negotiation: undefined, speaksFirst: false },
      // No UTF-8: as text it would be another.
      initiator: {
        target: nativeName(
          Name.import(Buffer.from('test/h\xf6st@EXAMPLE.TEST', 'latin1'), 'principal'),
          'x',
        ),
        ...{ mechanism: '1.2.840.113554.1.2.2', flags: 2, lifetime: 0 },
      },
    } as const
    const handle = addon().newAcceptor(null, null, []) as NativeContext
    const said = describeUnfinished(handle, { setup, granted: 2 })
    assert.equal(said, 'its target is no name that travels as text')
    const own = nativeName(Name.service('test', 'server.example.test'), 'x')
    const other = { ...setup, initiator: { ...setup.initiator, target: own } }
    assert.ok(Buffer.isBuffer(describeUnfinished(handle, { setup: other, granted: 2 })))
  })

  itUnless(
    ONLY_MIT,
    'an export that was aborted, and that the library refuses, keeps the keys',
    async () => {
      const { initiator, reply } = await half({ initiator: { mechanism: 'spnego' } })
      const controller = new AbortController()
      const native = addon() as unknown as {
        exportContext(context: unknown, job: number): unknown
        stepSync(context: unknown, token: Uint8Array): unknown
      }
      const { exportContext } = native
      let handle: unknown
      native.exportContext = (context, job) => exportContext((handle = context), job)
      const exported = initiator.export({ signal: controller.signal })
      native.exportContext = exportContext
      const until = Date.now() + 100
      while (Date.now() < until); // the library answers meanwhile, and nobody here has heard it
      controller.abort()
      await assert.rejects(exported, { name: 'AbortError' })
      await delay(50)
      assert.throws(() => native.stepSync(handle, reply), { code: 'ERR_GSS_DISPOSED' })
    },
  )

  itUnless(ONLY_MIT, 'a forged description comes to the library', async () => {
    const good = {
      required: 2,
      forbidden: 0,
      requiredAtOnce: 0,
      negotiation: { direct: ['1.2.840.113554.1.2.2'], negotiable: [] },
      granted: 2,
      mechanism: '1.2.840.113554.1.2.2',
      lifetime: 60,
      ownCredential: false,
      bindings: null,
      initiator: {
        target: ['test@server.example.test', '1.2.840.113554.1.2.1.4'],
        mechanism: '1.2.840.113554.1.2.2',
        flags: 2,
        lifetime: 0,
      },
    }
    const initiator = (changes: object) => ({ initiator: { ...good.initiator, ...changes } })
    const changes: object[] = [
      ...['required', 'forbidden', 'requiredAtOnce', 'granted', 'lifetime'].flatMap((name) =>
        [-1, 0x1_0000_0000, 0.5, null, '1', undefined, [1]].map((value) => ({ [name]: value })),
      ),
      ...['x', 5, null, undefined, '1.2.x'].map((mechanism) => ({ mechanism })),
      ...[
        ...[undefined, null, [], {}, { direct: [] }, { direct: 'x', negotiable: [] }],
        ...[
          { direct: ['x'], negotiable: [] },
          { direct: [], negotiable: [5] },
        ],
      ].map((negotiation) => ({ negotiation })),
      ...[null, 1, undefined].map((ownCredential) => ({ ownCredential })),
      ...[{}, [], 'x', [0, '', 0, ''], [0, '', 0, '', 5], [-1, '', 0, '', '']].map((bindings) => ({
        bindings,
      })),
      ...[undefined, 5, [], {}].map((value) => ({ initiator: value })),
      ...[null, [], ['a'], ['a', 'b'], ['a', 5], [5, ''], ['a', '', '']].map((target) =>
        initiator({ target }),
      ),
      ...['', 'x', null].map((mechanism) => initiator({ mechanism })),
      // Another mechanism than the library's token is of, to which the library would hand it.
      ...['1.3.6.1.5.5.2', '1.3.6.1.5.2.5', '1.3.6.1.4.1.311.2.2.10'].map((mechanism) =>
        initiator({ mechanism }),
      ),
      initiator({ flags: -1 }),
      initiator({ lifetime: 1.5 }),
    ]
    const body = Buffer.concat([
      Buffer.from('000000092a864886f712010202', 'hex'), // its mechanism: krb5
      Buffer.from('the library sees none of this'),
    ])
    const import_ = (description: unknown, token = body) => {
      const inner = describeBefore(encodeDescription(description as object)!, token)
      return failure(() =>
        SecurityContext.import(sealEnvelope('unfinished context', library(), inner)),
      )
    }
    for (const change of changes) {
      const error = await import_({ ...good, ...change })
      assert.equal(error.code, 'GSS_S_DEFECTIVE_TOKEN', JSON.stringify(change))
      assert.match(error.message, /does not describe a context/)
    }
    const type = '1.2.840.113554.1.2.1.4'
    for (const target of [
      ['', type],
      ['a\0b', type],
      ['x', '1.3.6.1.5.6.4'],
      ['x', '1.3.6.1.5.6.6'],
      ['x'.repeat(100_000), type],
    ]) {
      const error = await import_({ ...good, ...initiator({ target }) })
      assert.equal(error.code, 'GSS_S_DEFECTIVE_TOKEN')
    }
    const deep = Buffer.alloc(2 ** 21, '[')
    const huge = sealEnvelope('unfinished context', library(), describeBefore(deep, body))
    assert.equal((await failure(() => SecurityContext.import(huge))).code, 'GSS_S_DEFECTIVE_TOKEN')
    for (const wrong of [null, 5, 'x', [], [good]]) {
      assert.match((await import_(wrong)).message, /does not describe a context/)
    }
    for (const end of [1, 4, 12]) {
      assert.match((await import_(good, body.subarray(0, end))).message, /does not describe/)
    }
    // A right one: now it is the library that refuses.
    assert.doesNotMatch((await import_(good)).message, /describe/)
  })
})
