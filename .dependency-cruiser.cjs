// The walls between the rooms of src/ (src/README.md), as rules for dependency-cruiser: `npm run check -- rooms`. Types count too, except
// where a rule says so: who needs a type of a room above needs the idea behind it as well.

/** From the ground up: a room imports only those before it in this list. */
const ROOMS = ['base', 'encoding', 'mechanism', 'name', 'credential', 'message', 'context']
const LEAVES = ['cli', 'http', 'kerberos', 'sasl', 'stream', 'testing']

const anyOf = (names) => `(?:${names.join('|')})`

module.exports = {
  forbidden: [
    {
      name: 'no-circles',
      comment: 'Two files that need each other are one file, or three.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    ...ROOMS.slice(0, -1).map((room, i) => ({
      name: `${room}-imports-only-rooms-below`,
      comment: `The order of the rooms: ${ROOMS.join(', ')}.`,
      severity: 'error',
      from: { path: `^src/${room}/` },
      to: { path: `^src/${anyOf(ROOMS.slice(i + 1))}/` },
    })),
    {
      name: 'rooms-import-no-index-and-no-leaf',
      comment: 'The index and the leaf rooms are made of the rooms, not the other way round.',
      severity: 'error',
      from: { path: `^src/(?:${anyOf(ROOMS)}/|native\\.ts$)` },
      to: { path: '^src/', pathNot: `^src/(?:${anyOf(ROOMS)}/|native\\.ts$)` },
    },
    {
      name: 'native-imports-no-room',
      comment: 'src/native.ts is the ground on which the rooms stand.',
      severity: 'error',
      from: { path: '^src/native\\.ts$' },
      to: { path: '^src/' },
    },
    {
      name: 'leaves-import-the-index-only',
      comment: 'What a leaf room needs, users need too: it belongs into the public index.',
      severity: 'error',
      from: { path: `^src/(${anyOf(LEAVES)})/` },
      to: { path: '^src/', pathNot: ['^src/$1/', '^src/index\\.ts$'] },
    },
    {
      name: 'only-rooms-call-the-addon',
      comment: 'Its types may be imported by `import type`, which calls nothing.',
      severity: 'error',
      from: { path: '^src/', pathNot: `^src/${anyOf(ROOMS)}/` },
      to: { path: '^src/native\\.ts$', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'only-native-loads-the-addon',
      comment: 'One place knows where the compiled addon lies.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/native\\.ts$' },
      to: { path: '(?:^|/)node-gyp-build(?:$|/)|\\.node$' },
    },
    {
      name: 'no-import-from-nowhere',
      comment: 'A file that does not exist, or a package that package.json does not list.',
      severity: 'error',
      from: { path: '^src/' },
      to: { couldNotResolve: true, pathNot: '\\.node$' },
    },
    {
      name: 'no-development-package',
      comment: 'What only we install is not there where the package is used.',
      severity: 'error',
      from: { path: '^src/' },
      to: {
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'],
        dependencyTypesNot: ['type-only', 'npm-peer'],
      },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.js', '.json'], exportsFields: ['exports'] },
  },
}
