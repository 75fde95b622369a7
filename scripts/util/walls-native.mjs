// The walls of native/ (CONTRIBUTING.md): each rule is a function from the files to its violations.
import path from 'node:path'
import { codeOnly, findAll, includesOf } from './cc-text.mjs'

// Wall 3: the room that may see N-API; the rest must not reach it through a header of theirs either.
const NAPI_FILES = /^native\/js\//
const NAPI_HEADERS = /^(?:napi|node_api|js_native_api|node_api_types|napi-inl|node|v8|uv)\b.*\.h$/
const PLATFORM_HEADERS = [
  {
    folder: 'native/gss/',
    pattern: /^(?:gssapi(?:\/.*|\.h|_\w+\.h)|krb5(?:\/.*|\.h)|profile\.h|com_err\.h|GSS\/.*)$/,
  },
  {
    folder: 'native/sspi/',
    pattern:
      /^(?:windows|winsock2?|sspi|security|secext|ntsecapi|ntstatus|schannel|wincred|credssp)\.h$/i,
  },
]
const INTERFACE = /^native\/backend\//
const PLATFORM_FOLDER = /^native\/(?:gss|sspi)\//

// Wall 2: what asks for a platform rather than for a feature.
const PLATFORM_MACRO =
  /\b(?:_WIN32|_WIN64|WIN32|_MSC_VER|__MINGW(?:32|64)__|__CYGWIN__|__APPLE__|__MACH__|TARGET_OS_\w+|__linux__|__linux|linux|__unix__|__unix|__ANDROID__|__GLIBC__|__(?:Free|Net|Open)BSD__|__sun)\b/

// Wall 6: what makes or throws an Error, and what calls a function of the user's.
const ERROR_MAKERS =
  /\bNapi::(?:Type|Range|Syntax)?Error::New\b|\bThrowAsJavaScriptException\b|\bnapi_throw\w*|\bnapi_create_(?:type_|range_)?error\b|\bnode_api_(?:throw|create)_syntax_error\b|\bnapi_fatal_exception\b/
const ERROR_FILES = /^native\/js\/convert\.(?:h|cc)$/
const FUNCTION_CALLS = /\bnapi_call_function\b|\bnapi_make_callback\b|\bMakeCallback\b/

const LONGEST = 350

/** The headers of the standard library have no slash and no extension; C's own come as <c...>. */
const isStandard = (name) => /^[a-z_0-9]+$/.test(name)

/** Where `name`, included by `file`, lies in native/: beside the includer or in native/ itself. */
function resolveInclude(files, file, name) {
  const beside = path.posix.join(path.posix.dirname(file), name)
  return [beside, path.posix.join('native', name)].find((candidate) => files.has(candidate))
}

/** Does `file`, itself or through headers of ours, include a system header that `pattern` matches? */
function reaches(files, file, pattern, seen = new Set()) {
  if (seen.has(file)) return false
  seen.add(file)
  return includesOf(files.get(file)).some(({ name, system }) => {
    if (system) return pattern.test(name)
    const header = resolveInclude(files, file, name)
    return header !== undefined && reaches(files, header, pattern, seen)
  })
}

function napiWall(files, file, include) {
  if (NAPI_FILES.test(file)) return undefined
  const header = include.system ? undefined : resolveInclude(files, file, include.name)
  const direct = include.system && NAPI_HEADERS.test(include.name)
  const through = header !== undefined && reaches(files, header, NAPI_HEADERS)
  if (!direct && !through) return undefined
  const how = through ? `${include.name} brings N-API` : `<${include.name}> is N-API`
  return `${how}: only native/js/ may see it`
}

function platformWall(files, file, include) {
  for (const { folder, pattern } of PLATFORM_HEADERS) {
    if (file.startsWith(folder)) continue
    if (include.system && pattern.test(include.name)) {
      return `<${include.name}> belongs under ${folder} only`
    }
  }
  return undefined
}

/** The backend seen from above is backend.h alone, and from below nothing of the floors above it. */
function roomWall(files, file, include) {
  if (include.system) return undefined
  const header = resolveInclude(files, file, include.name)
  if (header === undefined) return undefined
  const from = PLATFORM_FOLDER.exec(file)?.[0]
  const to = PLATFORM_FOLDER.exec(header)?.[0]
  if (to !== undefined && to !== from)
    return `${include.name} is inside ${to}: include backend/backend.h`
  if (from !== undefined && to === undefined && !INTERFACE.test(header)) {
    return `${include.name} is above the backend: ${from} may see native/backend/ and itself`
  }
  return undefined
}

/** What native/backend/ and native/pool/ may include of ours. */
const PURE = { 'native/backend/': INTERFACE, 'native/pool/': /^native\/(?:backend|pool)\// }

function pureWall(files, file, include) {
  const room = Object.keys(PURE).find((each) => file.startsWith(each))
  if (room === undefined) return undefined
  const header = include.system ? undefined : resolveInclude(files, file, include.name)
  if (include.system ? isStandard(include.name) : PURE[room].test(header)) return undefined
  return `${include.name}: ${room} includes standard headers, and of ours only what lies below it`
}

const INCLUDE_WALLS = [napiWall, platformWall, roomWall, pureWall]

function includeViolations(files, file, text) {
  return includesOf(text).flatMap((include) =>
    INCLUDE_WALLS.map((wall) => wall(files, file, include))
      .filter(Boolean)
      .map((why) => ({ file, line: include.line, wall: 'wall 3', why })),
  )
}

function platformConditions(file, code) {
  const conditions = /^[ \t]*#[ \t]*(?:if|ifdef|ifndef|elif|elifdef|elifndef)\b(?:\\\n|[^\n])*/
  return findAll(code, conditions).flatMap(({ line, match }) => {
    const macro = PLATFORM_MACRO.exec(match[0])?.[0]
    const why = `#if on ${macro}: binding.gyp picks the folder of a platform`
    return macro ? [{ file, line, wall: 'wall 2', why }] : []
  })
}

function errorMakers(file, code) {
  const errors = ERROR_FILES.test(file)
    ? []
    : findAll(code, ERROR_MAKERS).map(({ line, match }) => ({
        ...{ file, line, wall: 'wall 6' },
        why: `${match[0]}: only convert.{h,cc} throws; errors are built by src/base/errors.ts`,
      }))
  const calls = findAll(code, FUNCTION_CALLS).map(({ line, match }) => ({
    ...{ file, line, wall: 'wall 6' },
    why: `${match[0]}: native code never calls a user's function`,
  }))
  return [...errors, ...calls]
}

function tooLong(file, text) {
  const lines = text.trimEnd().split('\n')
  const reason = lines.slice(0, 5).some((line) => /(?:\/\/|\*).*\bLong because: \S/.test(line))
  if (lines.length <= LONGEST || reason) return []
  const why = `${lines.length} lines, more than ${LONGEST}: split it, or say "Long because: ..." in its first 5 lines`
  return [{ file, line: LONGEST + 1, wall: 'layout', why }]
}

/** All violations in `files`, a Map from 'native/...' to text. */
export function nativeViolations(files) {
  return [...files].flatMap(([file, text]) => {
    const code = codeOnly(text)
    return [
      ...includeViolations(files, file, text),
      ...platformConditions(file, code),
      ...errorMakers(file, code),
      ...tooLong(file, text),
    ]
  })
}
