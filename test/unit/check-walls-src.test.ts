import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { copyFile } from 'node:fs/promises'
import path from 'node:path'
import { root, withTree } from '../helpers/tree'

interface Found {
  from: string
  to: string
  rule: { name: string }
}

/** What dependency-cruiser says of the folder, by the package's own rules. */
async function cruise(tree: string): Promise<Found[]> {
  for (const name of ['.dependency-cruiser.cjs', 'tsconfig.json']) {
    await copyFile(path.join(root, name), path.join(tree, name))
  }
  const cruiser = path.join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs')
  const output = await new Promise<string>((resolve) => {
    // It ends with the number of violations; no output is no JSON, and fails.
    execFile(process.execPath, [cruiser, 'src', '-T', 'json'], { cwd: tree }, (_, stdout) => {
      resolve(stdout)
    })
  })
  return (JSON.parse(output) as { summary: { violations: Found[] } }).summary.violations
}

const PACKAGE = JSON.stringify({
  name: 'x',
  dependencies: { 'node-gyp-build': '*' },
  devDependencies: { mocha: '*' },
})

/** A file of each room, and what the cases import. */
const GROUND = {
  'package.json': PACKAGE,
  'node_modules/node-gyp-build/package.json': '{"name":"node-gyp-build","main":"index.js"}',
  'node_modules/node-gyp-build/index.js': '',
  'node_modules/mocha/package.json': '{"name":"mocha","main":"index.js"}',
  'node_modules/mocha/index.js': '',
  'src/index.ts': "export { Name } from './name/name'\n",
  'src/native.ts':
    "import build from 'node-gyp-build'\nexport const addon = build\nexport interface Status { a: 1 }\n",
  'src/base/errors.ts':
    "import { type Status } from '../native'\nexport const errors = (s: Status) => s\n",
  'src/encoding/der.ts': "import { errors } from '../base/errors'\nexport const der = errors\n",
  'src/mechanism/mechanism.ts':
    "import { addon } from '../native'\nexport const mechanism = addon\n",
  'src/name/name.ts': "export { mechanism as Name } from '../mechanism/mechanism'\n",
  'src/credential/credential.ts': "export { Name as Credential } from '../name/name'\n",
  'src/message/message.ts': "export { errors as message } from '../base/errors'\n",
  'src/context/context.ts': "export { message } from '../message/message'\n",
  'src/http/index.ts':
    "import { Name } from '..'\nimport type { A } from './client'\nexport const a = (b: A) => [b, Name]\n",
  'src/http/client.ts':
    "import { Name } from '../index'\nexport const client = Name\nexport interface A { b: 1 }\n",
  'src/stream/index.ts': 'export const connect = 1\n',
}

type Case = [title: string, file: string, text: string, rule: string]

const ROOMS = ['base', 'encoding', 'mechanism', 'name', 'credential', 'message', 'context']
const MODULE: Record<string, string> = {
  ...{ base: 'errors', encoding: 'der', mechanism: 'mechanism', name: 'name' },
  ...{ credential: 'credential', message: 'message', context: 'context' },
}

const VIOLATIONS: Case[] = [
  ...ROOMS.flatMap((room, i) =>
    ROOMS.slice(i + 1).map((above): Case => [
      `${room} imports ${above}`,
      `src/${room}/of-${above}.ts`,
      `import type { X } from '../${above}/${MODULE[above] ?? ''}'\nexport type Y = X\n`,
      `${room}-imports-only-rooms-below`,
    ]),
  ),
  [
    'a room imports the index',
    'src/context/of-index.ts',
    "export { Name } from '..'\n",
    'rooms-import-no-index-and-no-leaf',
  ],
  [
    'a room imports a leaf room',
    'src/base/of-leaf.ts',
    "export { client } from '../http/client'\n",
    'rooms-import-no-index-and-no-leaf',
  ],
  [
    'a leaf room imports a room',
    'src/http/of-room.ts',
    "export { der } from '../encoding/der'\n",
    'leaves-import-the-index-only',
  ],
  [
    'a leaf room imports a type of the addon',
    'src/http/of-native.ts',
    "import type { Status } from '../native'\nexport type A = Status\n",
    'leaves-import-the-index-only',
  ],
  [
    'a leaf room imports another leaf room',
    'src/http/of-stream.ts',
    "export { connect } from '../stream/index'\n",
    'leaves-import-the-index-only',
  ],
  [
    'the addon is called outside the rooms',
    'src/winrm/of-native.ts',
    "import { addon } from '../native'\nexport const a = addon\n",
    'only-rooms-call-the-addon',
  ],
  [
    'the addon is imported later, outside the rooms',
    'src/winrm/later.ts',
    "export const a = import('../native')\n",
    'only-rooms-call-the-addon',
  ],
  [
    'node-gyp-build is imported elsewhere',
    'src/name/loads.ts',
    "import build from 'node-gyp-build'\nexport { build }\n",
    'only-native-loads-the-addon',
  ],
  [
    'a .node file is required',
    'src/name/requires.ts',
    "export const a = require('../../build/Release/gssapi.node')\n",
    'only-native-loads-the-addon',
  ],
  [
    'two files import each other',
    'src/name/one.ts',
    "import { b } from './other'\nexport const a = () => b\n",
    'no-circles',
  ],
  [
    'a file that is not there',
    'src/name/of-nothing.ts',
    "export { a } from './nothing'\n",
    'no-import-from-nowhere',
  ],
  [
    'a package that only we install',
    'src/name/of-mocha.ts',
    "import mocha from 'mocha'\nexport { mocha }\n",
    'no-development-package',
  ],
]

describe('the walls between the rooms of src/', function () {
  this.timeout(60_000)
  let found: Found[]

  before(async () => {
    const others = { 'src/name/other.ts': "import { a } from './one'\nexport const b = () => a\n" }
    const broken = Object.fromEntries(VIOLATIONS.map(([, file, text]) => [file, text]))
    await withTree({ ...GROUND, ...others, ...broken }, async (tree) => {
      found = await cruise(tree)
    })
  })

  for (const [title, file, , rule] of VIOLATIONS) {
    it(`see that ${title}`, () => {
      const rules = found.filter(({ from }) => from === file).map((each) => each.rule.name)
      assert(rules.includes(rule), `${file}: ${rules.join(', ') || 'nothing'}`)
    })
  }

  it('say nothing of what is allowed', async () => {
    await withTree(GROUND, async (tree) => {
      assert.deepEqual(await cruise(tree), [])
    })
  })
})

/** The rules of eslint.walls.mjs that this text breaks. */
async function lint(file: string, text: string): Promise<(string | null)[]> {
  const { ESLint } = await import('eslint')
  const tseslint = await import('typescript-eslint')
  const { walls } = (await import(`file://${path.join(root, 'eslint.walls.mjs')}`)) as {
    walls: object[]
  }
  const parser = { files: ['**/*.ts'], languageOptions: { parser: tseslint.parser } }
  const eslint = new ESLint({
    ...{ cwd: root, overrideConfigFile: true },
    overrideConfig: [parser, ...walls] as never,
  })
  const results = await eslint.lintText(text, { filePath: path.join(root, file) })
  return results.flatMap(({ messages }) => messages.map(({ ruleId }) => ruleId))
}

const PROPERTY = 'no-restricted-properties'
const SYNTAX = 'no-restricted-syntax'

const BROKEN: Case[] = [
  ['process.platform', 'src/base/a.ts', 'export const a = process.platform\n', PROPERTY],
  ["process['platform']", 'src/base/a.ts', "export const a = process['platform']\n", PROPERTY],
  [
    'platform taken out of process',
    'src/base/a.ts',
    'const { platform: p } = process\nexport { p }\n',
    PROPERTY,
  ],
  ['os.platform()', 'src/http/a.ts', 'export const a = os.platform()\n', PROPERTY],
  [
    'platform imported from node:process',
    'src/stream/index.ts',
    "import { platform } from 'node:process'\nexport { platform }\n",
    'no-restricted-imports',
  ],
  [
    'globalThis.process.platform',
    'src/base/a.ts',
    'export const a = globalThis.process.platform\n',
    SYNTAX,
  ],
  ['process.dlopen', 'src/base/a.ts', 'process.dlopen(module, file)\n', SYNTAX],
  ['process.dlopen in a leaf room', 'src/cli/a.ts', 'process.dlopen(module, file)\n', SYNTAX],
  ['Symbol.dispose', 'src/base/a.ts', 'export const a = Symbol.dispose\n', SYNTAX],
  ['Symbol.dispose in native.ts', 'src/native.ts', 'export const a = Symbol.dispose\n', SYNTAX],
  ['using', 'src/testing/a.ts', 'export function f() { using a = b }\n', SYNTAX],
  ['more than 400 lines of code', 'src/base/a.ts', 'export {}\n'.repeat(401), 'max-lines'],
]

const SOUND: [title: string, file: string, text: string][] = [
  ['native.ts asks for the platform', 'src/native.ts', 'export const a = process.platform\n'],
  ['native.ts loads', 'src/native.ts', 'process.dlopen(module, file)\n'],
  ['testing asks for the platform', 'src/testing/a.ts', 'export const a = process.platform\n'],
  [
    'a comment names it',
    'src/base/a.ts',
    "// process.platform\nexport const a = 'process.platform'\n",
  ],
  [
    'another object has a platform',
    'src/base/a.ts',
    'export const a = (o: { platform: 1 }) => o.platform\n',
  ],
  ['documentation is long', 'src/base/a.ts', '// a\n'.repeat(500) + 'export {}\n'],
]

describe('the walls of src/ that are no imports', () => {
  for (const [title, file, text, rule] of BROKEN) {
    it(`see ${title}`, async () => {
      assert.deepEqual([...new Set(await lint(file, text))], [rule])
    })
  }

  for (const [title, file, text] of SOUND) {
    it(`allow that ${title}`, async () => {
      assert.deepEqual(await lint(file, text), [])
    })
  }
})
