import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { runInNewContext } from 'node:vm'
import {
  Acceptor,
  type Bytes,
  changePassword,
  ChannelBindings,
  Credential,
  Initiator,
  type IovBuffer,
  Name,
  oidFromDer,
  SecurityContext,
  verifyPassword,
} from 'gssapi'
import { unwrapWinrm, wrapWinrm } from '../../lib/winrm/index'
import { established, SERVICE, SUITE } from '../helpers/handshake'
import { useRealm } from '../helpers/realm'
import { root } from '../helpers/tree'

type View = (content: Uint8Array) => Bytes

/** What somebody's test environment or another context makes of bytes; in larger memory, so that an offset counts. */
function of(
  maker: Uint8ArrayConstructor,
  view: (memory: ArrayBufferLike, length: number) => Bytes,
): View {
  return (content) => {
    const { buffer } = new maker(content.length + 16)
    new Uint8Array(buffer).set(content, 8)
    return view(buffer, content.length)
  }
}

const foreign = runInNewContext('({ Uint8Array, DataView })') as {
  Uint8Array: Uint8ArrayConstructor
  DataView: DataViewConstructor
}

const VIEWS: Record<string, View> = {
  "another realm's Uint8Array": of(
    foreign.Uint8Array,
    (memory, length) => new foreign.Uint8Array(memory, 8, length),
  ),
  "another realm's DataView": of(
    foreign.Uint8Array,
    (memory, length) => new foreign.DataView(memory, 8, length),
  ),
  'a DataView': of(Uint8Array, (memory, length) => new DataView(memory, 8, length)),
  'an Int8Array': of(Uint8Array, (memory, length) => new Int8Array(memory, 8, length)),
}

const SECRET = 'red-Queen-12'

describe('bytes of other realms and views', () => {
  useRealm({ ...SUITE, principals: { ...SUITE.principals, bob: SECRET } })

  for (const [kind, as] of Object.entries(VIEWS)) {
    const text = (value: string) => as(Buffer.from(value))

    it(`${kind} is a password`, async () => {
      const credential = await Credential.acquire({ name: 'bob', password: text(SECRET) })
      assert.equal(credential.usage, 'initiate')
      const user = await verifyPassword('bob', text(SECRET), { service: SERVICE })
      assert.equal(String(user), 'bob@EXAMPLE.TEST')
      await assert.rejects(verifyPassword('bob', text('wrong'), { service: SERVICE }), {
        code: 'ERR_GSS_PASSWORD_WRONG',
      })
      await assert.rejects(changePassword('bob', text('wrong'), text('white-King-3')), {
        code: 'ERR_GSS_PASSWORD_WRONG',
      })
      await assert.rejects(() => Credential.acquire({ name: 'bob', password: text('a\0b') }), {
        code: 'ERR_INVALID_ARG_VALUE',
      })
    })

    it(`${kind} is a name, an attribute's value and an object identifier`, async () => {
      assert.equal(String(Name.import(text('alice@X.TEST'), 'principal')), 'alice@X.TEST')
      const name = await Name.principal('alice@X.TEST').canonicalize()
      assert.equal(String(Name.exported(as(name.export()))), 'alice@X.TEST')
      assert.throws(() => name.setAttribute('urn:x', text('x')), { name: 'GssError' })
      assert.equal(oidFromDer(as(Buffer.from('06062b0601050502', 'hex'))), '1.3.6.1.5.5.2')
    })

    it(`${kind} is a token, a message and memory for one`, async () => {
      const initiator = new Initiator({ target: SERVICE })
      const acceptor = new Acceptor()
      const reply = await acceptor.step(as((await initiator.step())!))
      initiator.stepSync(as(reply!))
      assert.equal(acceptor.unwrap(as(initiator.wrap(text('one')))).message.toString(), 'one')
      const token = await initiator.wrapAsync(text('two'))
      const { message } = await acceptor.unwrapAsync(as(token))
      assert.equal(message.toString(), 'two')
      const out = as(Buffer.alloc(200))
      const length = initiator.wrapInto(text('three'), out, 4)
      const written = new Uint8Array(out.buffer, out.byteOffset + 4, length)
      const target = as(Buffer.alloc(200))
      const found = acceptor.unwrapInto(as(written), target, 2)
      const read = Buffer.from(target.buffer, target.byteOffset + 2, found.length)
      assert.equal(read.toString(), 'three')
      acceptor.verifyMic(text('four'), as(initiator.getMic(text('four'))))
      await acceptor.verifyMicAsync(text('five'), as(await initiator.getMicAsync(text('five'))))
      const mic = as(Buffer.alloc(100))
      const micLength = initiator.getMicInto(text('six'), mic)
      acceptor.verifyMic(text('six'), new DataView(mic.buffer, mic.byteOffset, micLength))
      const { header, data } = wrapWinrm(initiator, text('seven'))
      assert.equal(unwrapWinrm(acceptor, as(header), as(data)).toString(), 'seven')
      const back = await SecurityContext.import(as(await acceptor.export()))
      assert.equal(back.unwrap(initiator.wrap(text('eight'))).message.toString(), 'eight')
    })

    it(`${kind} is a part of a message, associated data and a seed`, async () => {
      const { initiator, acceptor } = await established()
      const data = text('in place')
      const [header, sealed] = initiator.wrapIov([
        { type: 'header' },
        { type: 'data', buffer: data },
      ])
      assert.equal(sealed!.buffer, data.buffer)
      assert.notEqual(sealed!.toString(), 'in place')
      const parts: IovBuffer<Bytes>[] = [
        { type: 'header', buffer: as(header!) },
        { type: 'data', buffer: data },
      ]
      assert.equal(acceptor.unwrapIov(parts).buffers[1]!.toString(), 'in place')
      assert.deepEqual(Buffer.from(data.buffer, data.byteOffset, 8).toString(), 'in place')
      const sealedAead = initiator.wrapAead(text('body'), text('head'))
      assert.equal(acceptor.unwrapAead(as(sealedAead), text('head')).message.toString(), 'body')
      assert.deepEqual(initiator.prf(text('seed'), 16), acceptor.prf(Buffer.from('seed'), 16))
    })

    it(`${kind} is bindings' data and address`, async () => {
      const made = (bytes: Bytes) =>
        new ChannelBindings({
          applicationData: bytes,
          initiatorAddress: { type: 2, address: bytes },
          acceptorAddress: { type: 2, address: bytes },
        })
      const { acceptor } = await established({
        initiator: { channelBindings: made(text('abcd')) },
        acceptor: { channelBindings: made(Buffer.from('abcd')) },
      })
      assert.equal(acceptor.complete, true)
    })
  }

  it('no source asks whether bytes are of this realm', () => {
    const sources = readdirSync(path.join(root, 'src'), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => path.join(root, 'src', file))
    assert.ok(sources.length > 50)
    const guilty = sources.filter((file) =>
      /instanceof (Uint8Array|Buffer|ArrayBuffer|DataView)|Buffer\.isBuffer\(/.test(
        readFileSync(file, 'utf8'),
      ),
    )
    assert.deepEqual(guilty, [])
  })
})
