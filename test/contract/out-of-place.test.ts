/** Messages out of their place, read by every function and in every size: by size the calls below differ. */
import assert from 'node:assert/strict'
import {
  GssError,
  library,
  type SecurityContext,
  type Sequence,
  type UnwrapResult,
  type VerifyResult,
} from 'gssapi'
import {
  established,
  heimdal,
  itUnless,
  MECHANISMS,
  type Pair,
  type PairOptions,
  pattern,
  SUITE,
} from '../helpers/handshake'
import { useRealm } from '../helpers/realm'

const SIZES = [0, 1, 899, 900, 4000, 4096, 8100, 17_000, 70_000]
const ASSOCIATED = pattern(9, 5)

interface Reader {
  wrap: (from: SecurityContext, message: Buffer, confidential: boolean) => Buffer[]
  read: (to: SecurityContext, token: Buffer[]) => Promise<UnwrapResult> | UnwrapResult
}

const whole = (token: Buffer[]) => Buffer.concat(token)
const wrap: Reader['wrap'] = (from, message, confidential) => [from.wrap(message, { confidential })]

const READERS: Record<string, Reader> = {
  unwrap: { wrap, read: (to, token) => to.unwrap(whole(token)) },
  unwrapAsync: { wrap, read: (to, token) => to.unwrapAsync(whole(token)) },
  unwrapInto: {
    wrap,
    read: (to, token) => {
      const out = Buffer.alloc(whole(token).length + 4, 0xee)
      try {
        const { length, ...found } = to.unwrapInto(whole(token), out, 4)
        return { message: out.subarray(4, 4 + length), ...found }
      } catch (error) {
        assert.ok(
          out.every((byte) => byte === 0 || byte === 0xee),
          'nothing of it stays in out',
        )
        throw error
      }
    },
  },
  'unwrapIov of a stream': {
    wrap,
    read: (to, token) => {
      const stream = Buffer.from(whole(token))
      try {
        const { buffers, ...found } = to.unwrapIov([
          { type: 'stream', buffer: stream },
          { type: 'data' },
        ])
        return { message: buffers[1]!, ...found }
      } catch (error) {
        assert.ok(
          stream.every((byte) => byte === 0),
          'nothing of it stays in the stream',
        )
        throw error
      }
    },
  },
  'unwrapIov of parts': {
    wrap: (from, message, confidential) =>
      from.wrapIov(
        [
          { type: 'header' },
          { type: 'data', buffer: Buffer.from(message) },
          { type: 'padding' },
          { type: 'trailer' },
        ],
        { confidential },
      ),
    read: (to, [header, data, padding, trailer]) => {
      const inPlace = Buffer.from(data!)
      try {
        const { buffers, ...found } = to.unwrapIov([
          { type: 'header', buffer: header! },
          { type: 'data', buffer: inPlace },
          { type: 'padding', buffer: Buffer.from(padding!) },
          { type: 'trailer', buffer: Buffer.from(trailer!) },
        ])
        return { message: buffers[1]!, ...found }
      } catch (error) {
        assert.ok(
          inPlace.every((byte) => byte === 0),
          'nothing of it stays in the part',
        )
        throw error
      }
    },
  },
  unwrapAead: {
    wrap: (from, message, confidential) => [from.wrapAead(message, ASSOCIATED, { confidential })],
    read: (to, token) => to.unwrapAead(whole(token), ASSOCIATED),
  },
}

interface Place {
  code: string
  /** Sent around the message of interest, and read in this order; the last is it. */
  count: number
  order: number[]
  initiator?: PairOptions['initiator']
}

const PLACES: Record<Exclude<Sequence, 'ok'>, Place> = {
  gap: { code: 'GSS_S_GAP_TOKEN', count: 3, order: [0, 2] },
  duplicate: { code: 'GSS_S_DUPLICATE_TOKEN', count: 2, order: [0, 1, 1] },
  unsequenced: { code: 'GSS_S_UNSEQ_TOKEN', count: 3, order: [0, 2, 1] },
  old: {
    code: 'GSS_S_OLD_TOKEN',
    count: 200,
    order: [0, 199, 1],
    initiator: { sequenceDetection: false },
  },
}

/** Reads the last of them, after the others, which are small MICs where they are not it. */
async function arrive(pair: Pair, reader: Reader, place: Place, message: Buffer, sealed: boolean) {
  const target = place.order.at(-1)!
  const mics = new Map<number, Buffer>()
  let token: Buffer[] = []
  for (let i = 0; i < place.count; i++) {
    if (i === target)
      token = reader.wrap(pair.initiator, message, sealed).map((each) => Buffer.from(each))
    else mics.set(i, pair.initiator.getMic(Buffer.alloc(1)))
  }
  for (const i of place.order.slice(0, -1)) {
    const mic = mics.get(i)
    try {
      if (mic === undefined) await reader.read(pair.acceptor, token)
      else pair.acceptor.verifyMic(Buffer.alloc(1), mic)
    } catch (error) {
      if (!(error instanceof GssError)) throw error // those before may be out of place too
    }
  }
  return reader.read(pair.acceptor, token)
}

/** Whether a message out of its place is given at all: see SecurityContext.unwrap. */
const GIVEN = library().implementation === 'mit'

type Check = (arrived: Promise<UnwrapResult>, message: Buffer, at: string) => Promise<void>

async function eachSize(options: PairOptions, reader: Reader, place: Place, check: Check) {
  for (const sealed of [true, false]) {
    for (const size of SIZES) {
      const pair = await established(options)
      const message = pattern(size)
      const at = `${size} bytes, ${sealed ? 'sealed' : 'signed'}`
      await check(arrive(pair, reader, place, message, sealed), message, at)
      pair.initiator.dispose()
      pair.acceptor.dispose()
    }
  }
}

function everyReader(initiator: PairOptions['initiator'], gap: string | false, readers = READERS) {
  for (const [name, reader] of Object.entries(readers)) {
    for (const [sequence, place] of Object.entries(PLACES)) {
      const options = (onSequenceError: 'report' | 'throw'): PairOptions => ({
        initiator: { ...initiator, ...place.initiator },
        acceptor: { onSequenceError },
      })

      const title = GIVEN ? 'the message is given with its place' : 'never another message'
      itUnless(gap, `${name}, ${sequence}: ${title}`, async () => {
        await eachSize(options('report'), reader, place, async (arrived, message, at) => {
          try {
            const found = await arrived
            assert.ok(found.message.equals(message), `${at}: ${found.message.length} came`)
            assert.equal(found.sequence, sequence, at)
          } catch (error) {
            if (GIVEN || !(error instanceof GssError)) throw error
            assert.match(error.code, /^GSS_S_/, at)
          }
        })
      })

      itUnless(gap, `${name}, ${sequence}: by default nothing is given`, async () => {
        await eachSize(options('throw'), reader, place, async (arrived, _, at) => {
          const code = GIVEN ? place.code : /^GSS_S_/
          await assert.rejects(arrived, { name: 'GssError', code }, at)
        })
      })
    }
  }
}

type Verify = (
  to: SecurityContext,
  message: Buffer,
  mic: Buffer,
) => VerifyResult | Promise<VerifyResult>

const VERIFIERS: Record<string, Verify> = {
  verifyMic: (to, message, mic) => to.verifyMic(message, mic),
  verifyMicAsync: (to, message, mic) => to.verifyMicAsync(message, mic),
  verifyMicIov: (to, message, mic) =>
    to.verifyMicIov([
      { type: 'data', buffer: message.subarray(0, message.length >> 1) },
      { type: 'signOnly', buffer: message.subarray(message.length >> 1) },
      { type: 'mic', buffer: mic },
    ]),
}

function everyVerifier(initiator: PairOptions['initiator']) {
  for (const [name, verify] of Object.entries(VERIFIERS)) {
    for (const [sequence, place] of Object.entries(PLACES)) {
      const last = async (onSequenceError: 'report' | 'throw', size: number) => {
        const pair = await established({
          initiator: { ...initiator, ...place.initiator },
          acceptor: { onSequenceError },
        })
        const message = pattern(size)
        const mics = Array.from({ length: place.count }, () => pair.initiator.getMic(message))
        for (const i of place.order.slice(0, -1)) {
          try {
            await verify(pair.acceptor, message, mics[i]!)
          } catch (error) {
            if (!(error instanceof GssError)) throw error
          }
        }
        return await verify(pair.acceptor, message, mics[place.order.at(-1)!]!)
      }

      it(`${name}, ${sequence}: told with the place, or an error where the checksum is not looked at`, async () => {
        for (const size of [0, 20, 70_000]) {
          if (GIVEN) assert.equal((await last('report', size)).sequence, sequence)
          else await assert.rejects(last('report', size), { code: /^GSS_S_/ })
        }
      })

      it(`${name}, ${sequence}: an error by default`, async () => {
        for (const size of [0, 20, 70_000]) {
          const code = GIVEN ? place.code : /^GSS_S_/
          await assert.rejects(last('throw', size), { name: 'GssError', code })
        }
      })
    }
  }
}

describe('messages out of their place', () => {
  describe('RFC 4121', () => {
    useRealm(SUITE)
    for (const mechanism of MECHANISMS) {
      describe(mechanism, () => {
        everyReader({ mechanism }, false)
        everyVerifier({ mechanism })
      })
    }
    describe('DCE style', () => {
      const { unwrap, unwrapAsync, unwrapInto } = READERS
      const readers = { unwrap: unwrap!, unwrapAsync: unwrapAsync!, unwrapInto: unwrapInto! }
      everyReader({ dceStyle: true }, heimdal('7.8 reads only parts in DCE style'), readers)
    })
  })

  for (const type of ['arcfour-hmac', 'des3-cbc-sha1']) {
    const suite = GIVEN ? describe : describe.skip
    suite(`RFC 1964, ${type}${GIVEN ? '' : ' [one krb5.conf in a process]'}`, () => {
      useRealm({ ...SUITE, encryptionTypes: [type] })
      everyReader({}, false, GIVEN ? READERS : { unwrap: READERS['unwrap']! })
    })
  }
})
