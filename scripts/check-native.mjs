// `node scripts/check-native.mjs [--tidy]`: every source of the addon with the compiler's warnings as errors; --tidy with
// clang-tidy (.clang-tidy) instead. Two at a time. What clang-tidy passed is remembered by content: half a minute a file
// is worth it.
import os from 'node:os'
import path from 'node:path'
import { compileCommands } from './util/compile-commands.mjs'
import { root } from './util/files.mjs'
import { capture, main, pooled } from './util/process.mjs'
import { fingerprint, isStamped, writeStamp } from './util/stamp.mjs'

const WARNINGS = [
  '-Wall',
  '-Wextra',
  '-Wshadow=local',
  '-Wnon-virtual-dtor',
  '-Woverloaded-virtual',
]

function compile({ file, args }) {
  const compiler = process.env.CXX ?? 'c++'
  return capture(compiler, [...args, ...WARNINGS, '-Werror', '-fsyntax-only', file])
}

/** The file, everything it could include, and the rules. */
const tidyPrint = ({ file, args }) => {
  const inputs = [file, 'native', '.clang-tidy', 'package-lock.json']
  return fingerprint(
    inputs.map((each) => path.join(root, each)),
    args,
  )
}

const withoutCount = (output) =>
  output.replace(/^\d+ warnings? .*\n|^Suppressed .*\n|^Use -header.*\n/gm, '')

async function tidy(command) {
  const stamp = path.join(
    root,
    '.cache',
    'clang-tidy',
    `${command.file.replaceAll('/', '-')}.stamp`,
  )
  const print = tidyPrint(command)
  if (isStamped(stamp, print)) return { code: 0, output: '' }
  const { code, output } = await capture('clang-tidy', [
    '--quiet',
    command.file,
    '--',
    ...command.args,
  ])
  if (code === 0) writeStamp(stamp, print)
  return { code, output: withoutCount(output) }
}

await main(async () => {
  const check = process.argv.includes('--tidy') ? tidy : compile
  const commands = compileCommands()
  const results = await pooled(commands, Math.max(2, os.availableParallelism()), check)
  const failed = results.filter(({ code }) => code !== 0)
  for (const { output } of failed) process.stdout.write(output)
  console.log(`${commands.length} files, ${failed.length} with warnings`)
  return failed.length === 0 ? 0 : 1
})
