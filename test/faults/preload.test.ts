import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { describeEnd, runProgram, sanitized } from '../helpers/child'
import { useRealm } from '../helpers/realm'
import { PAIR_REALM } from '../helpers/pair'

const ALLOCATORS = ['libjemalloc.so.2', 'libtcmalloc_minimal.so.4', 'libmimalloc.so.2']

/** Whether the loader finds it: `true` ignores what it cannot preload, but says so. */
function loads(library: string): boolean {
  const script = `LD_PRELOAD=${library} true 2>&1`
  return execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8' }) === ''
}

describe('another memory allocator in the process', function () {
  this.timeout(30_000)
  useRealm(PAIR_REALM)

  it('memory of the preloaded allocator is given to the C library’s', async function () {
    const allocators = ALLOCATORS.filter((library) => !sanitized && loads(library))
    // The sanitizer is an allocator itself; otherwise none of the three is installed.
    if (allocators.length === 0) this.skip()
    for (const library of allocators) {
      for (const args of [[], ['unset']]) {
        const ended = await runProgram('faults/programs/handshake', args, {
          env: { LD_PRELOAD: library },
        })
        assert.equal(ended.code, 0, `${library}: ${describeEnd(ended)}`)
        assert.equal(ended.stdout, 'one two\n')
      }
    }
  })
})
