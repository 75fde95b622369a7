// Builds bench/native, quietly and only where something changed.
import { existsSync } from 'node:fs'
import path from 'node:path'
import { root } from '../../scripts/util/files.mjs'
import { fingerprint, isStamped, writeStamp } from '../../scripts/util/stamp.mjs'
import { quietNodeGyp } from './quiet-node-gyp.mjs'

const bench = path.join(root, 'bench')
const addon = path.join(bench, 'build', 'Release', 'c_contender.node')
const stamp = path.join(bench, 'build', 'stamp')

export async function buildCContender() {
  const inputs = ['native', 'binding.gyp'].map((each) => path.join(bench, each))
  const print = fingerprint(inputs, [process.version, process.arch])
  if (existsSync(addon) && isStamped(stamp, print)) return
  console.log('Building the C contender')
  await quietNodeGyp(bench)
  writeStamp(stamp, print)
}
