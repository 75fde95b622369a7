// npm kerberos, from its source, in a folder of its own under .cache/: nobody who works on this package has to have it.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { root } from '../../scripts/util/files.mjs'
import { capture, CommandError } from '../../scripts/util/process.mjs'
import { fingerprint, isStamped, writeStamp } from '../../scripts/util/stamp.mjs'
import { quietNodeGyp } from './quiet-node-gyp.mjs'

export const KERBEROS_VERSION = '7.0.0'
const folder = path.join(root, '.cache', 'bench', 'npm-kerberos')
const source = path.join(folder, 'node_modules', 'kerberos')
const stamp = path.join(folder, 'stamp')

// On Unix its wrap() takes an empty user name for a given one, and then wraps a SASL answer instead of the message. Only
// with these two conditions put right is there something to measure.
const REPAIR = [
  ['    if (user) {\n', '    if (user && *user) {\n'],
  ['    if (!user && input_token.value)\n', '    if ((!user || !*user) && input_token.value)\n'],
]

function repairWrap() {
  const file = path.join(source, 'src', 'unix', 'kerberos_gss.cc')
  let text = readFileSync(file, 'utf8')
  for (const [broken, repaired] of REPAIR) {
    if (!text.includes(broken)) throw new CommandError(`its ${path.basename(file)} has changed`)
    text = text.replace(broken, repaired)
  }
  writeFileSync(file, text)
}

/** --ignore-scripts: its install script asks for a prebuilt binary first, which has the wrap that does not work. */
async function install() {
  mkdirSync(folder, { recursive: true })
  writeFileSync(path.join(folder, 'package.json'), '{ "private": true }\n')
  const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--no-save']
  const { code, output } = await capture('npm', [...args, `kerberos@${KERBEROS_VERSION}`], {
    cwd: folder,
  })
  if (code !== 0) throw new CommandError(`npm install failed: ${output.trim().split('\n').at(-1)}`)
}

async function build() {
  console.log(`Building npm kerberos ${KERBEROS_VERSION}`)
  await install()
  repairWrap()
  await quietNodeGyp(source)
}

/** { folder } to load it from, or { reason } why it is not there. */
export async function prepareKerberos() {
  const print = fingerprint([], [KERBEROS_VERSION, process.version, process.arch, REPAIR])
  try {
    if (!isStamped(stamp, print)) {
      await build()
      writeStamp(stamp, print)
    }
    return { folder }
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    return { reason: error.message.split('\n')[0] }
  }
}
