// The synchronous per-message calls against C's loop over the same gss_* call, by size.
import { messageLoop } from '../contenders/c.mjs'
import * as gss from '../contenders/package.mjs'
import * as npm from '../contenders/npm-kerberos.mjs'
import { openPython } from '../contenders/python.mjs'
import { compare } from '../measure/compare.mjs'

const MS = 1e6
const SIZES = [64, 1024, 16384, 65536, 1048576]
const QUICK_SIZES = [64, 16384]

function plan(quick) {
  if (quick) return { sizes: QUICK_SIZES, rounds: 5, target: 4 * MS, warmUpShare: 0.2 }
  return { sizes: SIZES, rounds: 21, target: 8 * MS, atLeast: 2 }
}

/** The cells of one size: what is called, and which of the package's forms answer for it. */
function cellsOf(pair, size) {
  const mic = gss.micSides(pair, size)
  const sealed = [true, false].flatMap((confidential) => [
    { operation: 'wrap', confidential, sides: gss.wrapSides(pair, size, confidential) },
    { operation: 'unwrap', confidential, sides: gss.unwrapSides(pair, size, confidential) },
  ])
  return [
    ...sealed,
    { operation: 'getMic', confidential: false, sides: [mic.getMic] },
    { operation: 'verifyMic', confidential: false, sides: [mic.verifyMic] },
  ]
}

const OTHERS = ['wrap', 'unwrap'] // what the other packages are measured by

function pythonSides(python, { operation, confidential }, size) {
  return python && OTHERS.includes(operation) ? [python.side(operation, size, confidential)] : []
}

/** npm kerberos works on another thread: wall time, against C by wall time. */
async function kerberosResults(pair, { operation, confidential }, size, settings) {
  if (!pair || !OTHERS.includes(operation)) return []
  const make = operation === 'wrap' ? npm.kerberosWrap : npm.kerberosUnwrap
  const baseline = messageLoop(operation, size, confidential, true)
  return compare(baseline, [make(pair, size, confidential)], settings)
}

export async function run({ service, quick, kerberos: folder, others }) {
  const { sizes, ...settings } = plan(quick)
  const party = await gss.openParty(service)
  const pair = gss.messagePair(party)
  const kerberos = folder && (await npm.kerberosPair(npm.loadKerberos(folder), party))
  const python = others ? await openPython(service) : undefined
  const cells = []
  for (const size of sizes) {
    for (const cell of cellsOf(pair, size)) {
      const { operation, confidential } = cell
      const sides = [...cell.sides, ...pythonSides(python, cell, size)]
      const baseline = messageLoop(operation, size, confidential)
      const results = [
        ...(await compare(baseline, sides, settings)),
        ...(await kerberosResults(kerberos, cell, size, settings)),
      ]
      cells.push(...results.map((result) => ({ operation, confidential, size, ...result })))
    }
  }
  python?.close()
  return { cells, rounds: settings.rounds, python: python?.version }
}
