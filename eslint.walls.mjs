// Walls of src/ that are no imports (those are .dependency-cruiser.cjs's): which system this is, who loads the addon, what a vm context lacks.
const ELSEWHERE = 'src/native.ts says which system this is (isWindows).'
const LOADER = 'src/native.ts alone loads the addon.'
const CONTEXTS = 'It is undefined in a vm context: see dispose-symbol.ts.'

const platformOf = (object) => ({ object, property: 'platform', message: ELSEWHERE })
const platformFrom = (name) => ({ name, importNames: ['platform'], message: ELSEWHERE })
const syntax = (selector, message) => ({ selector, message })

const NO_USING = [
  syntax(
    'VariableDeclaration[kind=/using$/]',
    'using needs Symbol.dispose at run time: try and finally.',
  ),
  syntax("MemberExpression[object.name='Symbol'][property.name=/^(asyncD|d)ispose$/]", CONTEXTS),
]
const OF_GLOBAL = (property, message) =>
  syntax(`MemberExpression[object.property.name='process'][property.name='${property}']`, message)
const DLOPEN = [
  syntax("MemberExpression[object.name='process'][property.name='dlopen']", LOADER),
  OF_GLOBAL('dlopen', LOADER),
]

export const walls = [
  {
    files: ['src/**/*.ts'],
    rules: {
      'no-restricted-syntax': ['error', ...NO_USING, ...DLOPEN, OF_GLOBAL('platform', ELSEWHERE)],
      'no-restricted-properties': ['error', platformOf('process'), platformOf('os')],
      'no-restricted-imports': [
        'error',
        { paths: ['process', 'node:process', 'os', 'node:os'].map(platformFrom) },
      ],
      // So long a file holds a second idea. Documentation is not counted.
      'max-lines': ['error', { max: 400, skipComments: true, skipBlankLines: true }],
    },
  },
  {
    // They deal with programs of the system.
    files: ['src/cli/**', 'src/testing/**', 'src/kerberos/**'],
    rules: {
      'no-restricted-syntax': ['error', ...NO_USING, ...DLOPEN],
      'no-restricted-properties': 'off',
      'no-restricted-imports': 'off',
    },
  },
  {
    files: ['src/native.ts'],
    rules: {
      'no-restricted-syntax': ['error', ...NO_USING],
      'no-restricted-properties': 'off',
      'no-restricted-imports': 'off',
    },
  },
]
