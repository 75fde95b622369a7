// `node test/fuzz/imports.mjs [--seconds N] [--seed N] [--found PREFIX]`: exported contexts as somebody makes them who can compute
// the digest. All that this package reads of them is changed, and never the library's own token inside, which MIT krb5 reads by
// unchecked lengths. Each is refused with a GssError, or gives a context that can be asked and goes on or fails with one.
// scripts/fuzz.mjs runs it, in its realm. A failure tells the seed, which repeats it; what ends the process stays as PREFIX*.
import { rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { root } from '../../scripts/util/files.mjs'

const require = createRequire(import.meta.url)
const lib = (name) => require(path.join(root, 'lib', name))
const { Acceptor, ChannelBindings, GssError, Initiator, library, SecurityContext } = lib('index')
const { describeBefore, splitDescribed } = lib('encoding/description')
const { openEnvelope, sealEnvelope } = lib('encoding/envelope')

const CALL = 'gss_import_sec_context'
const KINDS = ['context', 'credential', 'unfinished context']
const MAKER = library()
/** Who exports what is not established yet. */
const HALVES = MAKER.implementation === 'mit'
const OTHERS = [
  { implementation: 'heimdal', version: '7.8' },
  { ...MAKER, version: `${MAKER.version}.1` },
  { implementation: '', version: '' },
]
const ANYTHING = [
  ...[null, true, false, 0, -1, 1, 0.5, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 53, 1e308],
  ...['', 'x', '\0', '\ud800', 'A'.repeat(5000), '1.2.3', '1.2.840.113554.1.2.2', '1.3.6.1.5.5.2'],
  ...['1.3.6.1.5.2.5', '1.3.6.1.4.1.311.2.2.10', '1.2.840.113554.1.2.1.4', '2.999.1', 'QUJD', '!!'],
  ...[
    [],
    {},
    [null],
    ['x', ''],
    [0, '', 0, '', ''],
    [0, 'QQ==', 2, 'QUI=', 'QUJD'],
    { target: [] },
  ],
]

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '15' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
    found: { type: 'string', default: '' },
  },
})

let state = Number(values.seed)
/** Below `bound`; the same for the same seed (Weyl sequence, mixed as in MurmurHash3). */
function below(bound) {
  state = (state + 0x9e3779b9) >>> 0
  let mixed = Math.imul(state ^ (state >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return ((mixed ^ (mixed >>> 16)) >>> 0) % bound
}
const one = (list) => list[below(list.length)]

/** Bits flipped, bytes put in and taken out. */
function spoiled(bytes) {
  let result = Buffer.from(bytes)
  for (let times = 1 + below(3); times > 0; times--) {
    const at = below(result.length + 1)
    const what = below(4)
    if (what === 0) result = result.subarray(0, at)
    else if (what === 1) {
      result = Buffer.concat([
        result.subarray(0, at),
        Buffer.alloc(below(40), below(256)),
        result.subarray(at),
      ])
    } else if (at < result.length) {
      result[at] = what === 2 ? below(256) : result[at] ^ (1 << below(8))
    }
  }
  return result
}

/** Some member, at some depth, is another, or not there, or there is one more. */
function changed(value) {
  const copy = structuredClone(value)
  for (let times = 1 + below(3); times > 0; times--) {
    let place = copy
    let key = one(Object.keys(place)) ?? ''
    while (typeof place[key] === 'object' && place[key] !== null && below(3) !== 0) {
      const keys = Object.keys(place[key])
      if (keys.length === 0) break
      place = place[key]
      key = one(keys)
    }
    const what = below(8)
    if (what === 0) delete place[key]
    else if (what === 1)
      place[one(['__proto__', 'more', 'constructor', '9'])] = structuredClone(one(ANYTHING))
    else place[key] = structuredClone(one(ANYTHING))
  }
  return copy
}

function check(holds, what) {
  if (!holds) throw new Error(what)
}

/** Refused as it must be where something was refused. */
async function refused(call) {
  try {
    await call()
  } catch (error) {
    check(error instanceof GssError, `it fails with ${error?.stack ?? error}`)
    return error.code
  }
  return undefined
}

const service = process.env.FUZZ_SERVICE

/** Exported contexts of either side: established, and between two steps, which is krb5's alone; with and without bindings. */
async function genuine() {
  const seeds = []
  for (const channelBindings of [
    undefined,
    new ChannelBindings({ applicationData: Buffer.from('a channel') }),
  ]) {
    const initiator = new Initiator({ target: service, channelBindings })
    const acceptor = new Acceptor({ channelBindings })
    const reply = await acceptor.step(await initiator.step())
    if (!HALVES) await initiator.step(reply)
    const kind = HALVES ? 'unfinished context' : 'context'
    seeds.push({ kind, token: await initiator.export(), reply })
    seeds.push({ kind: 'context', token: await acceptor.export() })
  }
  if (HALVES) seeds.push(...(await thirdLeg()))
  return seeds.map((seed) => ({ ...seed, body: openEnvelope(seed.kind, MAKER, seed.token, CALL) }))
}

/** An acceptor's that waits for it. */
async function thirdLeg() {
  const initiator = new Initiator({ target: service, dceStyle: true })
  const acceptor = new Acceptor()
  const reply = await initiator.step(await acceptor.step(await initiator.step()))
  return [
    { kind: 'unfinished context', token: await acceptor.export(), reply },
    { kind: 'context', token: await initiator.export() },
  ]
}

async function used(forged, reply) {
  const context = await SecurityContext.import(forged)
  void [context.complete, context.isInitiator, context.mechanism, context.flags, context.lifetime]
  void [context.initiatorName?.toString(), context.acceptorName?.toString()]
  if (!context.complete) await refused(() => context.step(reply))
  if (context.complete) context.wrap(Buffer.from('x'))
  context.dispose()
}

/** One input, and what must hold of it. */
const ways = [
  async ({ kind, token }) => {
    const forged = spoiled(token)
    if (forged.equals(token)) return
    const open = await refused(() => openEnvelope(kind, MAKER, forged, CALL))
    check(open === 'GSS_S_DEFECTIVE_TOKEN', `a damaged envelope is opened (${open})`)
    const imported = await refused(() => SecurityContext.import(forged))
    check(imported === 'GSS_S_DEFECTIVE_TOKEN', `a damaged envelope is imported (${imported})`)
  },
  async ({ kind, body }) => {
    const [other, maker] = [one(KINDS), one([MAKER, ...OTHERS])]
    const open = await refused(() =>
      openEnvelope(kind, MAKER, sealEnvelope(other, maker, body), CALL),
    )
    const same = other === kind && maker === MAKER
    check(same ? open === undefined : open === 'GSS_S_DEFECTIVE_TOKEN', `opened with ${open}`)
  },
  ({ kind, body, reply }, keep) => {
    if (kind === 'context') return undefined
    const { description, token } = splitDescribed(body)
    const text = Buffer.from(JSON.stringify(changed(description)))
    return resumed(below(4) === 0 ? spoiled(text) : text, token, reply, keep)
  },
]

async function resumed(text, token, reply, keep) {
  const forged = sealEnvelope('unfinished context', MAKER, describeBefore(text, token))
  keep(forged, text)
  await refused(() => used(forged, reply))
}

async function run() {
  const seeds = await genuine()
  for (const seed of seeds) await used(seed.token, seed.reply)
  const file = values.found === '' ? '' : `${values.found}${values.seed}`
  const keep = (forged, text) => {
    if (file !== '') writeFileSync(file, Buffer.concat([text, Buffer.from('\n'), forged]))
  }
  const end = Date.now() + Number(values.seconds) * 1000
  let units = 0
  while (Date.now() < end) {
    await one(ways)(one(seeds), keep)
    units++
  }
  if (file !== '') rmSync(file, { force: true })
  return units
}

try {
  console.log(`number_of_executed_units: ${await run()}`)
} catch (error) {
  console.error(`--seed ${values.seed}:`, error)
  process.exitCode = 1
}
