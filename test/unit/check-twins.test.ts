import assert from 'node:assert/strict'
import { root, runScript, withTree } from '../helpers/tree'

const BACKEND = `
namespace gssapi {
namespace backend {
struct Name { int Member(int a); };
struct Request {
  int a = Default(1);
};
inline int Zero() { return 0; }
// Status Commented(int a);
Status ImportName(Bytes value,
                  const std::string& type, NamePtr* name);
Status DisplayName(const Name& name, std::string* text);
std::vector<std::function<void(int)>> NewContext(Request request = Request());
Status Wrap(Context* context, Bytes message);
Status Wrap(Context* context, Bytes message, size_t* written);
}  // namespace backend
}  // namespace gssapi
`

const inBackend = (...functions: string[]) =>
  `#include "../backend.h"\nnamespace gssapi {\nnamespace backend {\n${functions.join('\n')}\n}\n}\n`

const IMPORT =
  'Status ImportName(Bytes value,\n    const std::string& type, NamePtr* name) {\n  if (a) { b(); }\n}'
const DISPLAY = 'Status DisplayName(const Name& name, std::string* text) { return "{"; }'
const CONTEXT = 'std::vector<std::function<void(int)>> NewContext(Request r) { return {}; }'
const WRAPS =
  'Status Wrap(Context* context, Bytes m) {}\nStatus Wrap(Context* context, Bytes m, size_t* w) {}'
const HELPERS = 'namespace {\nStatus Wrap(int own) {}\n}\nstatic int DisplayName() { return 1; }'

const GSS = {
  'native/backend/backend.h': BACKEND,
  'native/gss/name.cc': inBackend(HELPERS, IMPORT, DISPLAY),
  'native/gss/context.cc': inBackend(CONTEXT, WRAPS),
}
const BOTH = {
  ...GSS,
  'native/sspi/name.cc': inBackend(IMPORT, DISPLAY),
  'native/sspi/context.cc': inBackend(CONTEXT, 'int Helper() { return 1; }', WRAPS),
}

const check = (tree: string) => runScript('check-twins.mjs', [tree])

type Case = [title: string, files: Record<string, string>, message: RegExp]

const VIOLATIONS: Case[] = [
  [
    'a function that a lone twin does not define',
    { ...GSS, 'native/gss/name.cc': inBackend(IMPORT) },
    /^native\/backend\/backend\.h:12: wall 4: DisplayName is not defined in native\/gss$/m,
  ],
  [
    'an overload that is not defined',
    { ...GSS, 'native/gss/context.cc': inBackend(CONTEXT, WRAPS.split('\n')[0] ?? '') },
    /^native\/backend\/backend\.h:14: wall 4: Wrap is not defined in native\/gss$/m,
  ],
  [
    'a function that is only declared again',
    { ...GSS, 'native/gss/context.cc': inBackend('Context* NewContext(Request r);', WRAPS) },
    /wall 4: NewContext is not defined in native\/gss$/m,
  ],
  [
    'a function defined in two files',
    { ...GSS, 'native/gss/status.cc': inBackend(CONTEXT) },
    /^native\/gss\/status\.cc:4: wall 4: NewContext is defined in native\/gss\/context\.cc too$/m,
  ],
  [
    'another order than in backend.h',
    { ...GSS, 'native/gss/name.cc': inBackend(DISPLAY, IMPORT) },
    /^native\/gss\/name\.cc:5: wall 4: ImportName stands before DisplayName in backend\.h$/m,
  ],
  [
    'a function that only the second twin lacks',
    { ...BOTH, 'native/sspi/context.cc': inBackend(WRAPS) },
    /wall 4: NewContext is not defined in native\/sspi$/m,
  ],
  [
    'another order in the second twin',
    { ...BOTH, 'native/sspi/context.cc': inBackend(WRAPS, CONTEXT) },
    /^native\/sspi\/context\.cc:6: wall 4: NewContext stands before Wrap in backend\.h$/m,
  ],
  [
    'a file that one twin lacks',
    { ...BOTH, 'native/gss/cache.cc': '' },
    /^native\/gss\/cache\.cc:1: wall 4: native\/sspi\/cache\.cc is missing/m,
  ],
  [
    'a file that the other twin lacks',
    { ...BOTH, 'native/sspi/logon.cc': '' },
    /^native\/sspi\/logon\.cc:1: wall 4: native\/gss\/logon\.cc is missing/m,
  ],
  [
    'a function that stands in another file than in the other twin',
    {
      ...BOTH,
      'native/sspi/name.cc': inBackend(IMPORT, DISPLAY, CONTEXT),
      'native/sspi/context.cc': inBackend(WRAPS),
    },
    /^native\/sspi\/name\.cc:9: wall 4: NewContext is in native\/gss\/context\.cc on the other side$/m,
  ],
]

describe('check-twins', () => {
  for (const [title, files, message] of VIOLATIONS) {
    it(`sees ${title}`, async () => {
      await withTree(files, async (tree) => {
        const { code, output } = await check(tree)
        assert.match(output, message)
        assert.equal(code, 1)
      })
    })
  }

  for (const [title, files] of [
    ['a lone twin that defines all of backend.h', GSS],
    ['two twins that agree', BOTH],
    ['a file that is listed as needed by one side', { ...BOTH, 'native/sspi/text.cc': '' }],
  ] as [string, Record<string, string>][]) {
    it(`allows ${title}`, async () => {
      await withTree(files, async (tree) => {
        const { code, output } = await check(tree)
        assert.equal(code, 0, output)
      })
    })
  }

  it('does not take a tree without a backend for twins', async () => {
    await withTree({ 'native/backend/backend.h': BACKEND }, async (tree) => {
      assert.equal((await check(tree)).code, 1)
    })
  })

  it('holds on this tree', async () => {
    const { code, output } = await check(root)
    assert.equal(code, 0, output)
  })
})
