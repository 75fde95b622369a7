// The environment of a test process: which GSS library, which build of the addon.
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { asanFolder } from '../build-native.mjs'
import { CommandError } from './process.mjs'
import { findLibrary } from './requirements.mjs'

const HEIMDAL = 'libgssapi.so.3'

export const heimdalLibrary = () => findLibrary(HEIMDAL)

function sanitizerRuntime() {
  const file = execFileSync('gcc', ['-print-file-name=libasan.so'], { encoding: 'utf8' }).trim()
  if (existsSync(file)) return file // where gcc has none it prints the bare name
  throw new CommandError('libasan is not installed: npm run setup -- sanitizers')
}

/**
 * node itself is not instrumented, so the runtime has to be there before it: LD_PRELOAD. Children (krb5kdc, kinit, a
 * second node) inherit that, which is what we want of node and only makes the others slower.
 * - detect_leaks=0: V8, node and libkrb5 keep memory until the end of the process on purpose and would drown ours;
 *   the leaks of this package are looked for by tests that count (test/lifecycle).
 * - abort_on_error=1: the process ends by SIGABRT, which no test takes for an exit code.
 * - UBSan only prints by default: halt_on_error makes it a failure.
 * libfaketime and the sanitizer wait for each other for ever: a test that needs both has to unset LD_PRELOAD for the child.
 */
function sanitizerEnv() {
  return {
    GSSAPI_PREBUILD: asanFolder, // node-gyp-build looks there first
    GSSAPI_TEST_SANITIZED: '1', // for the few tests that bound a time
    LD_PRELOAD: sanitizerRuntime(),
    ASAN_OPTIONS: 'detect_leaks=0:abort_on_error=1',
    UBSAN_OPTIONS: 'halt_on_error=1:print_stacktrace=1',
  }
}

// A developer's own Kerberos settings must not decide over a test: each test makes its own.
const OWN_SETTINGS = /^(KRB5|GSSAPI_LIBRARY$|GSSAPI_THREADS$|GSS_MECH_CONFIG$)/

const inherited = () =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !OWN_SETTINGS.test(name)))

/** `file`: the MIT library to use instead of the system's. */
function libraryEnv(library, file) {
  if (library === 'heimdal') return { GSSAPI_LIBRARY: heimdalLibrary() }
  return file ? { GSSAPI_LIBRARY: file } : {}
}

export function testEnv({ library, file, sanitize }) {
  return { ...inherited(), ...libraryEnv(library, file), ...(sanitize ? sanitizerEnv() : {}) }
}

/** A run that cannot be is one skipped test with its reason, never nothing. */
export const withoutHeimdal = (run) => ({
  ...{ title: run.title, passed: 0, failures: [], output: '', seconds: 0 },
  skipped: ["all of it: Heimdal's libgssapi.so.3 is not installed"],
})
