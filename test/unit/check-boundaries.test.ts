import assert from 'node:assert/strict'
import { importScript, runScript, withTree } from '../helpers/tree'

type Case = [title: string, file: string, text: string, message: RegExp]

const VIOLATIONS: Case[] = [
  // wall 1: who loads and who calls the addon
  [
    'node-gyp-build imported outside native.ts',
    'src/name.ts',
    "\nconst addon = require('node-gyp-build')(__dirname)\n",
    /^src\/name\.ts:2: wall 1: node-gyp-build: only src\/native\.ts loads the addon$/m,
  ],
  [
    'node-gyp-build imported as a module',
    'src/credential.ts',
    "import load from 'node-gyp-build'\nexport { load }\n",
    /^src\/credential\.ts:1: wall 1: node-gyp-build/m,
  ],
  [
    'a .node file required',
    'src/context.ts',
    "export const a = require('../build/Release/gssapi.node')\n",
    /^src\/context\.ts:1: wall 1: \.\.\/build\/Release\/gssapi\.node/m,
  ],
  [
    'process.dlopen outside native.ts',
    'src/library.ts',
    'process.dlopen(module, file)\n',
    /^src\/library\.ts:1: wall 1: process\.dlopen/m,
  ],
  [
    'the addon called from a file outside the rooms',
    'src/winrm/index.ts',
    "import { addon } from '../native'\nexport const a = addon\n",
    /^src\/winrm\/index\.ts:1: wall 1: calls the addon/m,
  ],
  [
    'the addon re-exported',
    'src/index.ts',
    "export { addon } from './native.js'\n",
    /^src\/index\.ts:1: wall 1: calls the addon/m,
  ],
  [
    'the addon loaded by a dynamic import',
    'src/other/options.ts',
    "export const a = import('../native')\n",
    /^src\/other\/options\.ts:1: wall 1: calls the addon/m,
  ],
  ...['stream', 'sasl', 'http', 'kerberos', 'testing', 'cli'].map((room): Case => [
    `a file of the library imported by the leaf room ${room}`,
    `src/${room}/index.ts`,
    "import { Name } from '../index'\nimport { options } from '../options'\n",
    new RegExp(`^src/${room}/index\\.ts:2: wall 1: \\.\\./options: a leaf room imports`, 'm'),
  ]),
  [
    'only a type of native.ts imported by a leaf room',
    'src/http/server.ts',
    "import type { Addon } from '../native'\n",
    /^src\/http\/server\.ts:1: wall 1/m,
  ],
  [
    'another room imported by a leaf room',
    'src/sasl/index.ts',
    "import { connect } from '../stream/index'\n",
    /^src\/sasl\/index\.ts:1: wall 1/m,
  ],
  [
    'another room imported by its public name',
    'src/sasl/index.ts',
    "import { connect } from 'gssapi/stream'\n",
    /^src\/sasl\/index\.ts:1: wall 1/m,
  ],
  // wall 2: who asks for the platform
  [
    'process.platform outside native.ts',
    'src/errors.ts',
    "export const a = process.platform === 'win32'\n",
    /^src\/errors\.ts:1: wall 2/m,
  ],
  [
    "process['platform']",
    'src/errors.ts',
    "export const a = process['platform']\n",
    /^src\/errors\.ts:1: wall 2/m,
  ],
  [
    'platform taken out of process',
    'src/errors.ts',
    'const { platform: p } = process\nexport { p }\n',
    /^src\/errors\.ts:1: wall 2/m,
  ],
  [
    'platform imported from node:process',
    'src/stream/index.ts',
    "import { platform } from 'node:process'\nexport { platform }\n",
    /^src\/stream\/index\.ts:1: wall 2/m,
  ],
  [
    'os.platform()',
    'src/errors.ts',
    "import os from 'node:os'\nexport const p = os.platform()\n",
    /^src\/errors\.ts:2: wall 2/m,
  ],
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
    'native/addon.cc',
    '#if defined(A) || \\\n  defined(_WIN64)\n#endif\n',
    /^native\/addon\.cc:1: wall 2: #if on _WIN64/m,
  ],
  // wall 3: who includes what
  [
    'N-API in the worker pool',
    'native/worker_pool.h',
    '#include <thread>\n#include <napi.h>\n',
    /^native\/worker_pool\.h:2: wall 3: <napi\.h> is N-API/m,
  ],
  [
    'N-API in a backend',
    'native/gss/context.cc',
    '#  include <node_api.h>\n',
    /^native\/gss\/context\.cc:1: wall 3: <node_api\.h> is N-API/m,
  ],
  ...['gssapi/gssapi.h', 'gssapi/gssapi_krb5.h', 'krb5.h'].map((header): Case => [
    `<${header}> outside gss/`,
    'native/context_object.cc',
    `#include <${header}>\n`,
    /^native\/context_object\.cc:1: wall 3: .* belongs under native\/gss\/ only/m,
  ]),
  ...['windows.h', 'sspi.h', 'security.h', 'Windows.h'].map((header): Case => [
    `<${header}> outside sspi/`,
    'native/gss/context.cc',
    `#include <${header}>\n`,
    /^native\/gss\/context\.cc:1: wall 3: .* belongs under native\/sspi\/ only/m,
  ]),
  ...['backend.h', 'status.h', 'secret.h'].map((header): Case => [
    `a header that is not standard in ${header}`,
    `native/${header}`,
    '#include <vector>\n#include <sys/mman.h>\n',
    new RegExp(`^native/${header}:2: wall 3: sys/mman\\.h: the interface`, 'm'),
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
    'native/name_object.cc',
    `void F() {\n  ${code};\n}\n`,
    /^native\/name_object\.cc:2: wall 6: .*only convert/m,
  ]),
  ...['napi_call_function(env, a, b, 0, nullptr, &r)', 'f.MakeCallback(a, {})'].map(
    (code): Case => [
      `a user's function called by ${code.split('(')[0] ?? ''}`,
      'native/convert.cc',
      `void F() {\n  ${code};\n}\n`,
      /^native\/convert\.cc:2: wall 6: .*never calls/m,
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
    'a TypeScript file of more than 220 lines',
    'src/name.ts',
    'export {}\n'.repeat(221),
    /^src\/name\.ts:221: layout: 221 lines/m,
  ],
  [
    'a reason given too late',
    'src/name.ts',
    'export {}\n'.repeat(6) + '// Long because: it is.\n' + 'export {}\n'.repeat(220),
    /^src\/name\.ts:221: layout/m,
  ],
]

const ALLOWED: [title: string, file: string, text: string][] = [
  [
    'native.ts loads the addon',
    'src/native.ts',
    "require('node-gyp-build')('.')\nprocess.platform\n",
  ],
  ['a room calls it', 'src/context/a.ts', "import { addon } from '../native'\naddon()\n"],
  ['a type of it is imported', 'src/errors.ts', "import type { Status } from './native'\n"],
  ['so is a name marked as a type', 'src/errors.ts', "import { type Status } from './native'\n"],
  ['a leaf room imports the index', 'src/http/a.ts', "import { Name } from '..'\nimport './b'\n"],
  ['a leaf room imports the package', 'src/http/a.ts', "import { Name } from 'gssapi'\n"],
  ['testing asks for the platform', 'src/testing/index.ts', 'export const a = process.platform\n'],
  [
    'comments and strings are not code',
    'src/name.ts',
    "// process.platform\nexport const a = 'process.platform'\n",
  ],
  [
    'an object of its own has a platform',
    'src/name.ts',
    'export const a = (o: { platform: 1 }) => o.platform\n',
  ],
  ['convert throws', 'native/convert.cc', 'void F() { napi_throw(env, a); }\n'],
  [
    'comments and strings of C++',
    'native/addon.cc',
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
    'native/backend.h',
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
const HEADERS = { 'native/backend.h': '', 'native/status.h': '' }

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
      'native/convert.h': '#include <napi.h>\n',
      'native/job.h': '#include "convert.h"\n',
      'native/worker_pool.cc': '#include <thread>\n#include "job.h"\n',
    }
    await withTree(files, async (tree) => {
      assert.match(await check(tree), /^native\/worker_pool\.cc:2: wall 3: job\.h brings N-API/m)
    })
  })

  it('sees a backend that reaches above backend.h, and an object that reaches below it', async () => {
    const files = {
      'native/worker_pool.h': '#include <thread>\n',
      'native/gss/handles.h': '#include "../worker_pool.h"\n',
      'native/sspi/handles.h': '#include "../gss/handles.h"\n',
      'native/name_object.cc': '#include "gss/handles.h"\n',
    }
    await withTree(files, async (tree) => {
      const output = await check(tree)
      assert.match(output, /^native\/gss\/handles\.h:1: wall 3: .* is above the backend/m)
      assert.match(output, /^native\/sspi\/handles\.h:1: wall 3: .* is inside native\/gss\//m)
      assert.match(output, /^native\/name_object\.cc:1: wall 3: .* is inside native\/gss\//m)
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
    const files = { 'src/a.ts': "import './native'\n\nprocess.platform\n" }
    await withTree(files, async (tree) => {
      const { code, output } = await runScript('check-boundaries.mjs', [tree])
      assert.match(
        output,
        /^src\/a\.ts:1: wall 1: .*\nsrc\/a\.ts:3: wall 2: .*\nboundaries: 2 violations\n$/,
      )
      assert.equal(code, 1)
    })
  })

  it('does not take an empty folder for a house without a fault', async () => {
    await withTree({ 'README.md': '' }, async (tree) => {
      const { code, output } = await runScript('check-boundaries.mjs', [tree])
      assert.match(output, /^no src\/ and no native\/ in /)
      assert.equal(code, 1)
    })
  })

  it('holds on this tree', async () => {
    const { code, output } = await runScript('check-boundaries.mjs', [])
    assert.equal(code, 0, output)
  })
})
