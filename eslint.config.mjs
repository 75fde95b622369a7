// One linter for the three kinds of code: src/ and test/ with types, in typescript-eslint's strictest set; scripts,
// examples and other plain modules without. Layout is prettier's affair, imports are dependency-cruiser's.
import eslint from '@eslint/js'
import { defineConfig, globalIgnores } from 'eslint/config'
import tseslint from 'typescript-eslint'
import { walls } from './eslint.walls.mjs'

const nodeGlobals = Object.fromEntries(
  Object.getOwnPropertyNames(globalThis).map((name) => [name, 'readonly']),
)
const commonjs = {
  require: 'readonly',
  module: 'writable',
  exports: 'writable',
  __dirname: 'readonly',
}

const everywhere = {
  eqeqeq: ['error', 'always', { null: 'ignore' }],
  'no-console': 'off',
  'no-var': 'error',
  'object-shorthand': 'error',
  'prefer-const': 'error',
  'prefer-template': 'off',
  // Finish it, or write it on the issue.
  'no-warning-comments': ['error', { terms: ['todo', 'fixme', 'xxx', 'hack'] }],
}

export default defineConfig(
  globalIgnores(['lib/', 'build/', 'build-*/', 'prebuilds/', 'docs/', '.cache/', 'coverage/']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  eslint.configs.recommended,
  { rules: everywhere },
  {
    files: ['**/*.{js,mjs,cjs}'],
    languageOptions: { globals: nodeGlobals },
  },
  {
    files: ['**/*.cjs'],
    languageOptions: { sourceType: 'commonjs', globals: { ...nodeGlobals, ...commonjs } },
  },
  {
    // A result is kept in `sink`, so that the engine cannot leave out what is measured.
    files: ['bench/**'],
    rules: { 'no-unused-vars': ['error', { varsIgnorePattern: '^sink$' }] },
  },
  {
    files: ['src/**/*.ts', 'test/**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: {
        project: ['tsconfig.json', 'test/tsconfig.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { fixStyle: 'inline-type-imports', prefer: 'type-imports' },
      ],
      // A number in a message is what one wants to read; anything else must say how it becomes text.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // `() => emit(x)` and `() => {}` say what they mean; what comes of them is nobody's.
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      '@typescript-eslint/no-empty-function': ['error', { allow: ['arrowFunctions'] }],
      // env['PATH']: a name that is data may look like data.
      '@typescript-eslint/dot-notation': ['error', { allowIndexSignaturePropertyAccess: true }],
      // async without await: what it throws becomes a rejection, as a function that returns a promise should.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-dynamic-delete': 'off', // delete process.env[name] has no other form
      '@typescript-eslint/consistent-type-definitions': 'off',
      // It asks for `x!`, which no-non-null-assertion forbids.
      '@typescript-eslint/non-nullable-type-assertion-style': 'off',
    },
  },
  walls,
  {
    files: ['test/**/*.ts'],
    rules: {
      // mocha's describe and it take functions whose promises mocha awaits.
      '@typescript-eslint/no-floating-promises': 'off',
      // Tests hand over wrong types, and methods without their object, on purpose.
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/restrict-template-expressions': 'off',
    },
  },
  {
    // Programs that are compiled and not run: they name things in order to have their types.
    files: ['test/types/**/*.ts'],
    rules: {
      '@typescript-eslint/ban-ts-comment': 'off',
      '@typescript-eslint/consistent-type-imports': 'off',
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      '@typescript-eslint/no-unused-expressions': 'off',
      '@typescript-eslint/no-unused-vars': 'off',
    },
  },
)
