// Programs that one job needs and nobody should wait for who only wants to run the tests: each in a folder of
// scripts/tools/ with its own package.json and package-lock.json (version and integrity), installed into .cache/ at first use.
import { copyFileSync, existsSync, mkdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import { root } from './files.mjs'
import { npm } from './npm-packages.mjs'
import { CommandError } from './process.mjs'
import { fingerprint, isStamped, writeStamp } from './stamp.mjs'

const FILES = ['package.json', 'package-lock.json']

/**
 * The node_modules folder of scripts/tools/NAME. `platform` ('linux-arm64', 'linux-x64-musl') where it is not this machine's:
 * npm would refuse to install what cannot run here.
 */
export function ensureTool(name, { platform } = {}) {
  const source = path.join(root, 'scripts', 'tools', name)
  if (!existsSync(source)) throw new CommandError(`no tool ${name} in scripts/tools`)
  const folder = path.join(root, '.cache', 'tools', name)
  const stamp = path.join(folder, 'installed.stamp')
  const print = fingerprint(FILES.map((file) => path.join(source, file)))
  if (!isStamped(stamp, print)) {
    console.log(`Installing ${name} into ${path.relative(root, folder)}`)
    rmSync(stamp, { force: true })
    mkdirSync(folder, { recursive: true })
    for (const file of FILES) copyFileSync(path.join(source, file), path.join(folder, file))
    const [os, cpu, libc] = platform?.split('-') ?? []
    const foreign = platform ? [`--os=${os}`, `--cpu=${cpu}`] : []
    if (libc) foreign.push(`--libc=${libc}`)
    npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund', ...foreign], { cwd: folder })
    writeStamp(stamp, print)
  }
  return path.join(folder, 'node_modules')
}
