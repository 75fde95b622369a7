// `npm run fuzz -- [TARGET ...] [--seconds N]`: test/fuzz/TARGET.cc under libFuzzer, with AddressSanitizer, LeakSanitizer,
// UndefinedBehaviorSanitizer and the C++ library's assertions, over native/gss as it is and the system's library
// (GSSAPI_LIBRARY: another), without Node.
//   TARGET       only these; there is one for each file of test/fuzz
//   --seconds N  how long each runs; default 15. Hours find more
// What was found on the way is kept in .cache/fuzz/TARGET and is where the next run begins; so is, as
// .cache/fuzz/TARGET.found-*, what a target ended of. The library itself is not instrumented: what it does wrong shows
// where it kills the process, or reads memory of ours. Where clang cannot be had it ends with 77.
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { addonSettings } from './util/binding-gyp.mjs'
import { root, walk } from './util/files.mjs'
import { capture, CommandError, main, pooled } from './util/process.mjs'
import { findHeaders } from './util/requirements.mjs'
import { fingerprint, isStamped, writeStamp } from './util/stamp.mjs'
import { conclude, show } from './util/test-report.mjs'

const FOLDER = path.join(root, 'test', 'fuzz')
const CACHE = path.join(root, '.cache', 'fuzz')
const AT_ONCE = 2
const MAX_INPUT = 4096

const COMPILE = [
  ...['-std=c++17', '-g', '-O1', '-fno-omit-frame-pointer', '-Wall', '-Wextra', '-Werror'],
  ...['-fsanitize=address,undefined', '-fno-sanitize-recover=undefined'],
  '-D_GLIBCXX_ASSERTIONS',
]

const targetsOf = (extension) =>
  readdirSync(FOLDER)
    .filter((name) => name.endsWith(extension))
    .map((name) => name.slice(0, -extension.length))
const nativeTargets = targetsOf('.cc')
const allTargets = [...nativeTargets, ...targetsOf('.mjs')]

function readArguments() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { seconds: { type: 'string', default: '15' } },
  })
  const seconds = Number(values.seconds)
  if (!Number.isInteger(seconds) || seconds < 1) throw new CommandError('--seconds: how many?')
  const unknown = positionals.filter((name) => !allTargets.includes(name))
  if (unknown.length > 0) {
    throw new CommandError(`no target ${unknown.join(', ')}; there are: ${allTargets.join(', ')}`)
  }
  return { targets: positionals.length > 0 ? positionals : allTargets, seconds }
}

async function compile(args) {
  const { code, output } = await capture('clang++', args)
  if (code !== 0) throw new CommandError(`clang++: ${output}`)
}

/** The objects of native/gss, instrumented, only where something changed. */
async function buildBackend() {
  const sources = addonSettings('linux', process.arch).sources.filter((file) =>
    file.startsWith(path.join(root, 'native', 'gss')),
  )
  const objects = sources.map((file) => path.join(CACHE, 'obj', `${path.basename(file)}.o`))
  const stamp = path.join(CACHE, 'backend.stamp')
  const print = fingerprint([path.join(root, 'native')], COMPILE)
  if (objects.every((file) => existsSync(file)) && isStamped(stamp, print)) return objects
  console.log('Building native/gss for libFuzzer')
  mkdirSync(path.join(CACHE, 'obj'), { recursive: true })
  const headers = findHeaders('gssapi/gssapi_ext.h')
  // Named again, the compiler's own folder would come before that of the C++ library.
  const include = headers === '/usr/include' ? [] : ['-isystem', headers]
  await pooled(sources, AT_ONCE, (file) => {
    const out = ['-c', file, '-o', path.join(CACHE, 'obj', `${path.basename(file)}.o`)]
    return compile([...COMPILE, '-fsanitize=fuzzer-no-link', ...include, ...out])
  })
  writeStamp(stamp, print)
  return objects
}

async function buildTarget(target, objects) {
  const program = path.join(CACHE, `${target}.fuzzer`)
  const out = [path.join(FOLDER, `${target}.cc`), ...objects, '-ldl', '-o', program]
  await compile([...COMPILE, '-fsanitize=fuzzer', ...out])
  return program
}

/** A genuine context's tokens, which the first runs begin with, and the ticket that all runs use. */
async function seedsFrom({ Acceptor, Initiator, Name }, service) {
  const seeds = Object.fromEntries(nativeTargets.map((target) => [target, []]))
  const asIs = (bytes) => Buffer.concat([Buffer.from([0, 0]), bytes])
  const spoiled = (how) => Buffer.from([1, how, 1, 0, 20, 3])
  for (const mechanism of ['krb5', 'spnego']) {
    const client = new Initiator({ target: service, mechanism })
    const server = new Acceptor()
    const first = await client.step()
    const reply = await server.step(first)
    await client.step(reply)
    seeds.accept.push(asIs(first))
    seeds.reply.push(asIs(reply))
    seeds.parse.push(first, reply)
    const message = Buffer.from('a message')
    const messages = [
      client.wrap(message),
      client.wrap(message, { confidential: false }),
      client.getMic(message),
    ]
    seeds.message.push(...messages.map(asIs))
  }
  const name = Name.service(service)
  seeds.name.push(asIs((await name.canonicalize()).export()))
  for (let type = 2; type < 6; type++) {
    seeds.name.push(Buffer.concat([Buffer.from([0, type]), Buffer.from(service)]))
  }
  for (const target of ['accept', 'reply', 'name']) seeds[target].push(spoiled(0), spoiled(1))
  for (let how = 0; how < 32; how++) seeds.message.push(spoiled(how))
  return seeds
}

function writeSeeds(seeds) {
  for (const [target, inputs] of Object.entries(seeds)) {
    const folder = path.join(CACHE, target)
    mkdirSync(folder, { recursive: true })
    inputs.forEach((bytes, index) => writeFileSync(path.join(folder, `seed-${index}`), bytes))
  }
}

const foundBy = (target) =>
  walk(CACHE).filter((file) => path.basename(file).startsWith(`${target}.found-`))

/** What runs a target. */
async function commandOf(target, objects, seconds) {
  const found = path.join(CACHE, `${target}.found-`)
  if (!nativeTargets.includes(target)) {
    const file = path.join(FOLDER, `${target}.mjs`)
    return [process.execPath, [file, '--seconds', String(seconds), '--found', found]]
  }
  const args = [
    ...[path.join(CACHE, target), `-max_total_time=${seconds}`, `-max_len=${MAX_INPUT}`],
    ...['-timeout=20', '-rss_limit_mb=2048', '-print_final_stats=1', '-verbosity=0'],
    `-artifact_prefix=${found}`,
  ]
  return [await buildTarget(target, objects), args]
}

async function runTarget(target, objects, env, seconds) {
  const began = performance.now()
  const [program, args] = await commandOf(target, objects, seconds)
  const { code, output } = await capture(program, args, { env: { ...process.env, ...env } })
  const runs = /number_of_executed_units: (\d+)/.exec(output)?.[1] ?? '0'
  const sound = code === 0 && Number(runs) > 0
  const result = {
    ...{ title: target, seconds: (performance.now() - began) / 1000, skipped: [] },
    output: sound ? `\n  ${runs} inputs` : `\n${output}`,
    passed: sound ? 1 : 0,
    failures: sound ? [] : [{ title: `ended with ${code}`, error: foundBy(target).join('\n') }],
  }
  show(result)
  return result
}

await main(async () => {
  const { targets, seconds } = readArguments()
  const require = createRequire(import.meta.url)
  const { Realm } = require(path.join(root, 'lib', 'testing'))
  const gssapi = require(path.join(root, 'lib'))
  const objects = targets.some((target) => nativeTargets.includes(target))
    ? await buildBackend()
    : []
  const service = 'fuzz@server.example.test'
  const realm = await Realm.create({ principals: { alice: 'secret' }, services: [service] })
  const restore = realm.use()
  try {
    await realm.kinit('alice')
    writeSeeds(await seedsFrom(gssapi, service))
    const env = {
      ...realm.env,
      ...{ FUZZ_SERVICE: service, FUZZ_CLIENT: 'alice@EXAMPLE.TEST' },
      KRB5RCACHENAME: 'none:', // the same genuine token is the beginning of thousands
      ASAN_OPTIONS: 'detect_leaks=1:abort_on_error=1',
      UBSAN_OPTIONS: 'print_stacktrace=1',
    }
    const results = await pooled(targets, AT_ONCE, (target) =>
      runTarget(target, objects, env, seconds),
    )
    return conclude(results, process.env.GSSAPI_TEST_JSON)
  } finally {
    restore()
    await realm.dispose()
  }
})
