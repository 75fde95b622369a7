// Handshakes by cores: C with so many threads, the package with so many in its pool (GSSAPI_THREADS, set by the runner),
// each against one C thread.
import { handshakeLoop } from '../contenders/c.mjs'
import { handshakesAsync, openParty } from '../contenders/package.mjs'
import { compare } from '../measure/compare.mjs'

const MS = 1e6

export async function run({ service, quick, threads }) {
  const settings = quick ? { rounds: 3, target: 15 * MS } : { rounds: 15, target: 40 * MS }
  const party = await openParty(service)
  const sides = [handshakeLoop({ name: 'C', threads, wall: true }), handshakesAsync(party, 16)]
  const [c, own] = await compare(handshakeLoop({ wall: true, name: 'one' }), sides, settings)
  return { threads, c, own }
}
