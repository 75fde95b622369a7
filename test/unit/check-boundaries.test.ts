import assert from 'node:assert/strict'
import { importScript, runScript, withTree } from '../helpers/tree'

type Case = [title: string, file: string, text: string, message: RegExp]

const VIOLATIONS: Case[] = [
  // wall 2: who asks for the platform
  ...['_WIN32', '_MSC_VER', '__MINGW32__', '__APPLE__', '__linux__', '__GLIBC__'].map(
    (macro): Case => [
      `#if on ${macro} in C++`,
      'native/gss/library.cc',
      `int a;\n#if defined(${macro}) && \\\n    A\n#endif\n`,
      /^native\/gss\/library\.cc:2: wall 2: #if on/m,
    ],
  ),
  [
    '#ifdef on a platform in C++, on a line of its continuation',
    'native/js/addon.cc',
    '#if defined(A) || \\\n  defined(_WIN64)\n#endif\n',
    /^native\/js\/addon\.cc:1: wall 2: #if on _WIN64/m,
  ],
  // wall 3: who includes what
  [
    'N-API in the worker pool',
    'native/pool/worker_pool.h',
    '#include <thread>\n#include <napi.h>\n',
    /^native\/pool\/worker_pool\.h:2: wall 3: <napi\.h> is N-API/m,
  ],
  [
    'N-API in a backend',
    'native/gss/context.cc',
    '#  include <node_api.h>\n',
    /^native\/gss\/context\.cc:1: wall 3: <node_api\.h> is N-API/m,
  ],
  ...['gssapi/gssapi.h', 'gssapi/gssapi_krb5.h', 'krb5.h'].map((header): Case => [
    `<${header}> outside gss/`,
    'native/js/context_object.cc',
    `#include <${header}>\n`,
    /^native\/js\/context_object\.cc:1: wall 3: .* belongs under native\/gss\/ only/m,
  ]),
  ...['windows.h', 'sspi.h', 'security.h', 'Windows.h'].map((header): Case => [
    `<${header}> outside sspi/`,
    'native/gss/context.cc',
    `#include <${header}>\n`,
    /^native\/gss\/context\.cc:1: wall 3: .* belongs under native\/sspi\/ only/m,
  ]),
  ...['backend.h', 'status.h', 'secret.h'].map((header): Case => [
    `a header that is not standard in ${header}`,
    `native/backend/${header}`,
    '#include <vector>\n#include <sys/mman.h>\n',
    new RegExp(`^native/backend/${header}:2: wall 3: sys/mman\\.h: native/backend/ includes`, 'm'),
  ]),
  // wall 6: errors and users' functions
  ...[
    'Napi::Error::New(env, "a")',
    'Napi::TypeError::New(env, "a")',
    'Napi::RangeError::New(env, "a")',
    'error.ThrowAsJavaScriptException()',
    'napi_throw(env, value)',
    'napi_throw_type_error(env, nullptr, "a")',
    'napi_create_error(env, a, b, &c)',
  ].map((code): Case => [
    `an error made in C++ by ${code.split('(')[0] ?? ''}`,
    'native/js/name_object.cc',
    `void F() {\n  ${code};\n}\n`,
    /^native\/js\/name_object\.cc:2: wall 6: .*only convert/m,
  ]),
  ...['napi_call_function(env, a, b, 0, nullptr, &r)', 'f.MakeCallback(a, {})'].map(
    (code): Case => [
      `a user's function called by ${code.split('(')[0] ?? ''}`,
      'native/js/convert.cc',
      `void F() {\n  ${code};\n}\n`,
      /^native\/js\/convert\.cc:2: wall 6: .*never calls/m,
    ],
  ),
  // layout
  [
    'a native file of more than 350 lines',
    'native/gss/context.cc',
    'int a;\n'.repeat(351),
    /^native\/gss\/context\.cc:351: layout: 351 lines/m,
  ],
  [
    'a reason given too late',
    'native/gss/context.cc',
    'int a;\n'.repeat(6) + '// Long because: it is.\n' + 'int a;\n'.repeat(350),
    /^native\/gss\/context\.cc:351: layout/m,
  ],
]

const ALLOWED: [title: string, file: string, text: string][] = [
  ['convert throws', 'native/js/convert.cc', 'void F() { napi_throw(env, a); }\n'],
  [
    'comments and strings of C++',
    'native/js/addon.cc',
    '// napi_throw\nconst char* a = "napi_throw"; /* _WIN32\n#if _WIN32 */\n',
  ],
  ['a feature is asked for', 'native/gss/library.cc', '#ifdef RTLD_DEEPBIND\n#endif\n'],
  [
    'gss includes its library',
    'native/gss/name.cc',
    '#include <gssapi/gssapi.h>\n#include "../backend.h"\n',
  ],
  [
    'the interface includes itself',
    'native/backend/backend.h',
    '#include <cstdint>\n#include "status.h"\n',
  ],
  [
    'a long file has its reason',
    'native/gss/name.cc',
    '// A.\n// Long because: a table.\n' + 'int a;\n'.repeat(400),
  ],
]

/** In this process: a process for each case would take a minute. */
async function check(tree: string): Promise<string> {
  const script = await importScript<{ violationsIn(base: string): string[] }>(
    'check-boundaries.mjs',
  )
  return script.violationsIn(tree).join('\n')
}

/** The headers that the cases above include by name. */
const HEADERS = { 'native/backend/backend.h': '', 'native/backend/status.h': '' }

describe('check-boundaries', () => {
  for (const [title, file, text, message] of VIOLATIONS) {
    it(`sees ${title}`, async () => {
      await withTree({ [file]: text }, async (tree) => {
        assert.match(await check(tree), message)
      })
    })
  }

  it('sees N-API that comes through a header', async () => {
    const files = {
      'native/js/convert.h': '#include <napi.h>\n',
      'native/js/job.h': '#include "convert.h"\n',
      'native/pool/worker_pool.cc': '#include <thread>\n#include "../js/job.h"\n',
    }
    await withTree(files, async (tree) => {
      assert.match(
        await check(tree),
        /^native\/pool\/worker_pool\.cc:2: wall 3: \.\.\/js\/job\.h brings N-API/m,
      )
    })
  })

  it('sees a backend that knows the pool', async () => {
    const files = {
      'native/pool/job_queue.h': '#include <thread>\n',
      'native/backend/backend.h': '#include "../pool/job_queue.h"\n',
    }
    await withTree(files, async (tree) => {
      assert.match(await check(tree), /^native\/backend\/backend\.h:1: wall 3: .* below it$/m)
    })
  })

  it('sees a backend that reaches above backend.h, and an object that reaches below it', async () => {
    const files = {
      'native/pool/worker_pool.h': '#include <thread>\n',
      'native/gss/handles.h': '#include "../pool/worker_pool.h"\n',
      'native/sspi/handles.h': '#include "../gss/handles.h"\n',
      'native/js/name_object.cc': '#include "../gss/handles.h"\n',
    }
    await withTree(files, async (tree) => {
      const output = await check(tree)
      assert.match(output, /^native\/gss\/handles\.h:1: wall 3: .* is above the backend/m)
      assert.match(output, /^native\/sspi\/handles\.h:1: wall 3: .* is inside native\/gss\//m)
      assert.match(output, /^native\/js\/name_object\.cc:1: wall 3: .* is inside native\/gss\//m)
    })
  })

  for (const [title, file, text] of ALLOWED) {
    it(`allows that ${title}`, async () => {
      await withTree({ ...HEADERS, [file]: text }, async (tree) => {
        assert.equal(await check(tree), '')
      })
    })
  }

  it('says each violation on a line of its own and ends with 1', async () => {
    const files = { 'native/gss/a.cc': '#include <napi.h>\n\n#ifdef _WIN32\n#endif\n' }
    await withTree(files, async (tree) => {
      const { code, output } = await runScript('check-boundaries.mjs', [tree])
      assert.match(
        output,
        /^native\/gss\/a\.cc:1: wall 3: .*\nnative\/gss\/a\.cc:3: wall 2: .*\nboundaries: 2 violations\n$/,
      )
      assert.equal(code, 1)
    })
  })

  it('does not take an empty folder for a house without a fault', async () => {
    await withTree({ 'README.md': '' }, async (tree) => {
      const { code, output } = await runScript('check-boundaries.mjs', [tree])
      assert.match(output, /^no native\/ in /)
      assert.equal(code, 1)
    })
  })
})
