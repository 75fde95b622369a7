// binding.gyp read as data, so that the cross-build has no second list of sources. It knows as much of gyp as that file
// uses: comments, conditions of comparisons and `and`, and <!(command).
import { execSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { root } from './files.mjs'
import { CommandError } from './process.mjs'

/** gyp is Python's literals; ours is JSON but for the comments. */
const parse = (text) => JSON.parse(text.replaceAll(/^\s*#.*$/gm, ''))

/** Is `OS=='win'` or `sanitize==1` so? */
function isSo(comparison, variables) {
  const match = /^(\w+)==(?:'(\w*)'|(\d+))$/.exec(comparison)
  if (!match) throw new CommandError(`binding.gyp: cannot read the condition ${comparison}`)
  const [, name, text, number] = match
  return variables[name] === (text ?? Number(number))
}

const holds = (condition, variables) =>
  condition.split(' and ').every((comparison) => isSo(comparison, variables))

/** What of [condition, settings, settings otherwise] applies. */
const chosen = (variables) => (condition) =>
  (holds(condition[0], variables) ? condition[1] : condition[2]) ?? {}

/** What a command prints is a path from the checkout, where the packages are. */
const expand = (word) =>
  word.replace(/^<!\((.*)\)$/, (_, command) =>
    path.resolve(root, execSync(command, { cwd: root, encoding: 'utf8' }).trim()),
  )

/**
 * { sources, defines, includes, libraries, flags, linkerFlags } of the addon, absolute, for gyp's OS (linux, mac or win) and
 * processor. `folder` holds binding.gyp and the sources where that is not this checkout.
 */
export function addonSettings(system, cpu, folder = root) {
  const { variables, targets } = parse(readFileSync(path.join(folder, 'binding.gyp'), 'utf8'))
  const values = { OS: system, target_arch: cpu, sanitize: variables['sanitize%'] }
  const [target] = targets
  const parts = [target, ...target.conditions.map(chosen(values))]
  const all = (key) => parts.flatMap((part) => part[key] ?? [])
  return {
    sources: all('sources').map((file) => path.join(folder, file)),
    defines: all('defines'),
    includes: all('include_dirs').map((each) => path.resolve(folder, expand(each))),
    libraries: all('libraries').map((name) => name.replace(/\.lib$/, '')), // MSVC's names have it
    flags: [...all('cflags'), ...all('cflags_cc')],
    linkerFlags: all('ldflags').map((flag) => flag.replace('=../', `=${folder}/`)), // make works in build/
  }
}
