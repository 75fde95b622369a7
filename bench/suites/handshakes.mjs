// Whole handshakes, both ends, credentials reused, default replay cache: against C on one thread and on every core.
import { availableParallelism } from 'node:os'
import { handshakeLoop, spinLoop } from '../contenders/c.mjs'
import { handshakeSync, handshakesAsync, openParty } from '../contenders/package.mjs'
import { kerberosHandshakes, loadKerberos } from '../contenders/npm-kerberos.mjs'
import { openPython } from '../contenders/python.mjs'
import { mainThreadOf } from '../measure/clocks.mjs'
import { compare } from '../measure/compare.mjs'

const MS = 1e6
const IN_FLIGHT = [1, 2, 4, 8, 16, 32, 64]

function plan(quick) {
  if (quick) return { inFlight: [1, 16], rounds: 5, target: 15 * MS }
  return { inFlight: IN_FLIGHT, rounds: 15, target: 40 * MS }
}

/** What keeps to one thread: CPU time. */
async function onOneThread(party, python, settings) {
  const sides = [handshakeSync(party)]
  if (python) sides.push(python.side('handshake'))
  const acquiring = handshakeLoop({ name: 'C, new credentials each', credentials: 'perHandshake' })
  return compare(handshakeLoop({}), [acquiring, ...sides], settings)
}

/** What uses several: wall time, against one C thread. */
async function onSeveral(party, kerberos, { inFlight, ...settings }) {
  const cores = availableParallelism()
  const wall = { wall: true, threads: cores }
  const c = [
    handshakeLoop({ ...wall, name: `C, ${cores} threads` }),
    handshakeLoop({
      ...wall,
      name: `C, ${cores} threads, own credentials`,
      credentials: 'perThread',
    }),
  ]
  const others = kerberos
    ? [1, 16].map((limit) => kerberosHandshakes(kerberos, party.service, limit))
    : []
  const own = inFlight.map((limit) => handshakesAsync(party, limit))
  const results = await compare(handshakeLoop({ wall: true }), [...c, ...own, ...others], settings)
  return {
    c: results.slice(0, c.length),
    inFlight: results
      .slice(c.length, c.length + own.length)
      .map((result, index) => ({ inFlight: inFlight[index], ...result })),
    kerberos: results.slice(c.length + own.length),
  }
}

/** What the machine lets all cores together do, against one of them. */
async function ceilingOf(cores, { rounds, target }) {
  const [ceiling] = await compare(spinLoop(1), [spinLoop(cores)], { rounds, target })
  return ceiling
}

async function mainThread(party, count) {
  const { wall, cpu, utilization } = await mainThreadOf(handshakesAsync(party, 16).work(count))
  return { cpu: cpu / count, wall: wall / count, utilization }
}

export async function run({ service, quick, kerberos: folder, others }) {
  const settings = plan(quick)
  const party = await openParty(service)
  const python = others ? await openPython(service) : undefined
  const kerberos = folder && loadKerberos(folder)
  const single = await onOneThread(party, python, settings)
  const several = await onSeveral(party, kerberos, settings)
  const cores = availableParallelism()
  const ceiling = await ceilingOf(cores, settings)
  const main = await mainThread(party, quick ? 100 : 1000)
  python?.close()
  return { single, ...several, ceiling, main, cores, rounds: settings.rounds }
}
