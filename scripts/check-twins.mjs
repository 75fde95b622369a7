// `node scripts/check-twins.mjs [ROOT]`: wall 4. native/gss and native/sspi are twins: the same files, and in them the
// functions of native/backend/backend.h, each defined exactly once and in the order in which it is declared there. While one
// twin is missing the other is still held against backend.h.
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { functionsOf } from './util/cc-functions.mjs'
import { root, shown, walk } from './util/files.mjs'
import { CommandError, isMain, main } from './util/process.mjs'

// Files that only one side needs, with the reason.
const ONE_SIDED = {
  gss: {
    'acceptor_name.h': 'a keytab, which SSPI has none of',
    'acceptor_name.cc': 'see acceptor_name.h',
    'credential_choice.h': 'collections of ticket caches, of which SSPI has none',
    'credential_choice.cc': 'see credential_choice.h',
    'credential_import.h': 'a credential store on Heimdal; SSPI has none',
    'credential_import.cc': 'see credential_import.h',
    'credential_origin.h':
      'default identities that are left open, client keytabs; SSPI has neither',
    'credential_origin.cc': 'see credential_origin.h',
    'credential_parts.h': 'what GSSAPI has as key-value sets and OID sets',
    'credential_use.h': 'MIT locks a credential while it asks a KDC, SSPI does not',
    'credential_use.cc': 'see credential_use.h',
    'explain.h': "what MIT's layers do not say, and krb5 answers; SSPI's statuses are all there is",
    'explain.cc': 'see explain.h',
    'frame.h': "what Heimdal's krb5 reads through without a look",
    'frame.cc': 'see frame.h',
    'krb5_library.h': 'what of libkrb5 is not in GSSAPI: passwords, caches, renewal',
    'krb5_library.cc': 'see krb5_library.h',
    'layout.cc': "structures that a library's headers may pack otherwise than the library",
    'memory_keytab.h': 'keys that were given as bytes; SSPI has no keytabs',
    'memory_keytab.cc': 'see memory_keytab.h',
    'minor_names.cc':
      "names of krb5's and GSSAPI's minor codes; SSPI's statuses have theirs in status.cc",
    'minor_origin.cc': "mechglue's numbers, which stand for a mechanism's; SSPI has no such layer",
    'negotiation.h':
      'what MIT is told that SPNEGO may choose; elsewhere the tokens are looked at above',
    'negotiation.cc': 'see negotiation.h',
    'oid.h': 'OIDs as text and as gss_OID; SSPI names packages (package.h)',
    'oid.cc': 'see oid.h',
    'oid_set.h': 'sets of OIDs',
    'oid_set.cc': 'see oid_set.h',
    'proxy.h':
      "gssproxy's module, which stands in krb5's place; SSPI's keys are with the LSA anyway",
    'proxy.cc': 'see proxy.h',
    'shape.h': 'lengths that MIT does not check itself',
    'shape.cc': 'see shape.h',
    'stream.h':
      "streams, which Heimdal's gss_unwrap_iov does not know and MIT's does not always give back",
    'stream.cc': 'see stream.h',
  },
  sspi: {
    'clock.h': 'points in time, where GSSAPI gives seconds',
    'clock.cc': 'see clock.h',
    'credential.h': 'contexts acquire default and delegated credentials themselves',
    'flags.h': "SSPI's flags, which GSSAPI's are translated to and from",
    'flags.cc': 'see flags.h',
    'name.h': 'names are text, which contexts and credentials hand over',
    'package.h': "packages' names and mechanisms' OIDs",
    'package.cc': 'see package.h',
    'received.h': "SSPI's one status for all disorder, told apart by numbers",
    'received.cc': 'see received.h',
    'text.h': 'UTF-16 and UTF-8',
    'text.cc': 'see text.h',
    'windows_api.h': "Windows' headers in the order in which they compile",
  },
}
const TWINS = Object.keys(ONE_SIDED)

const violation = (file, line, why) => `${file}:${line}: wall 4: ${why}`
const read = (base, file) => readFileSync(path.join(base, file), 'utf8')

/** What backend.h declares, in order: name -> { line, count } (count: overloads, which stand together). */
function declared(base) {
  const names = new Map()
  for (const { name, line, defined } of functionsOf(read(base, 'native/backend/backend.h'))) {
    if (defined) continue
    const before = names.get(name)
    names.set(name, { line: before?.line ?? line, count: (before?.count ?? 0) + 1 })
  }
  return names
}

/** A twin as { folder, files, definitions: [{ name, line, file }] } of what backend.h declares. */
function readTwin(base, side, names) {
  const folder = `native/${side}`
  const paths = walk(path.join(base, folder)).map((file) => shown(file, base))
  const definitions = paths.flatMap((file) =>
    functionsOf(read(base, file))
      .filter(({ name, defined }) => defined && names.has(name))
      .map((each) => ({ ...each, file })),
  )
  return { side, folder, files: paths.map((file) => file.slice(folder.length + 1)), definitions }
}

function countViolations(twin, names) {
  return [...names].flatMap(([name, { line, count }]) => {
    const places = twin.definitions.filter((each) => each.name === name)
    if (places.length < count) {
      return [
        violation('native/backend/backend.h', line, `${name} is not defined in ${twin.folder}`),
      ]
    }
    return places
      .slice(count)
      .map((each) => violation(each.file, each.line, `${name} is defined in ${places[0].file} too`))
  })
}

/** Inside one file the functions follow each other as in backend.h. */
function orderViolations(twin, names) {
  const order = [...names.keys()]
  return twin.definitions.flatMap((each, index) => {
    const before = twin.definitions[index - 1]
    if (before?.file !== each.file || order.indexOf(before.name) <= order.indexOf(each.name))
      return []
    return [
      violation(each.file, each.line, `${each.name} stands before ${before.name} in backend.h`),
    ]
  })
}

/** Files of one twin that the other lacks, except those listed. */
function fileViolations(twin, other) {
  return twin.files
    .filter((file) => !other.files.includes(file) && !(file in ONE_SIDED[twin.side]))
    .map((file) =>
      violation(
        `${twin.folder}/${file}`,
        1,
        `${other.folder}/${file} is missing (or list it in check-twins)`,
      ),
    )
}

/** The same function stands in the file of the same name on both sides. */
function placeViolations(twin, other) {
  return twin.definitions.flatMap(({ name, line, file }) => {
    const there = other.definitions.find((each) => each.name === name)
    if (!there || path.posix.basename(there.file) === path.posix.basename(file)) return []
    return [violation(file, line, `${name} is in ${there.file} on the other side`)]
  })
}

/** The violations in the tree at `base`, one line each. */
export function violationsIn(base) {
  const names = declared(base)
  if (names.size === 0) throw new CommandError('native/backend/backend.h declares no function')
  const present = TWINS.filter((side) => existsSync(path.join(base, 'native', side)))
  if (present.length === 0) throw new CommandError('native/ has neither gss/ nor sspi/')
  const twins = present.map((side) => readTwin(base, side, names))
  const alone = twins.flatMap((twin) => [
    ...countViolations(twin, names),
    ...orderViolations(twin, names),
  ])
  const [gss, sspi] = twins
  if (!sspi) return alone
  const compared = [
    [gss, sspi],
    [sspi, gss],
  ].flatMap((pair) => fileViolations(...pair))
  return [...alone, ...compared, ...placeViolations(sspi, gss)]
}

if (isMain(import.meta.url)) {
  await main(() => {
    const violations = violationsIn(path.resolve(process.argv[2] ?? root))
    for (const violation of violations) console.log(violation)
    console.log(`twins: ${violations.length} violations`)
    return violations.length === 0 ? 0 : 1
  })
}
