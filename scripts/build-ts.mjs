// `node scripts/build-ts.mjs [src] [test]` (default: src): tsc for src/ -> lib/ and test/ -> build-test/, only where
// something changed, and without leaving the output of a source that is gone: a deleted test would run for ever.
import { existsSync, rmSync } from 'node:fs'
import path from 'node:path'
import { root, walk } from './util/files.mjs'
import { CommandError, isMain, main, run } from './util/process.mjs'
import { fingerprint, isStamped, writeStamp } from './util/stamp.mjs'

const PROJECTS = {
  src: { config: 'tsconfig.json', source: 'src', output: 'lib', inputs: ['src'] },
  // The tests compile against lib/'s declarations, which come from src/.
  test: {
    config: 'test/tsconfig.json',
    source: 'test',
    output: 'build-test',
    inputs: ['test', 'src'],
  },
}
const SHARED_INPUTS = ['tsconfig.json', 'package.json', 'package-lock.json']
const OUTPUT = /\.(d\.ts|js)(\.map)?$/

function removeStale({ source, output }) {
  for (const file of walk(path.join(root, output))) {
    const inside = path.relative(path.join(root, output), file)
    const origin = path.join(root, source, inside.replace(OUTPUT, '.ts'))
    if (OUTPUT.test(file) && !existsSync(origin)) rmSync(file)
  }
}

/** Every source has its .js: somebody may have deleted a part of the output by hand. */
function isComplete({ source, output }) {
  return walk(path.join(root, source))
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
    .map((file) => path.relative(path.join(root, source), file).replace(/\.ts$/, '.js'))
    .every((file) => existsSync(path.join(root, output, file)))
}

/** Compiles one project ('src' or 'test') unless it is up to date. */
export function buildTypeScript(name) {
  const project = PROJECTS[name]
  const stamp = path.join(root, '.cache', `tsc-${name}.stamp`)
  const inputs = [...project.inputs, ...SHARED_INPUTS].map((each) => path.join(root, each))
  const print = fingerprint(inputs)
  removeStale(project)
  if (isComplete(project) && isStamped(stamp, print)) return
  console.log(`Compiling ${project.source}/`)
  run(process.execPath, ['node_modules/typescript/bin/tsc', '-p', project.config])
  writeStamp(stamp, print)
}

if (isMain(import.meta.url)) {
  await main(() => {
    const names = process.argv.slice(2)
    const unknown = names.filter((name) => !(name in PROJECTS))
    if (unknown.length > 0) throw new CommandError(`build-ts: no project ${unknown.join(', ')}`)
    for (const name of names.length > 0 ? names : ['src']) buildTypeScript(name)
  })
}
