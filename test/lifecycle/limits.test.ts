import assert from 'node:assert/strict'
import { runForJson, sanitized } from '../helpers/child'
import { useRealm } from '../helpers/realm'
import { PAIR_REALM } from '../helpers/pair'

describe('limits', function () {
  this.timeout(60_000)

  describe('of threads', () => {
    const realm = useRealm(PAIR_REALM)
    before(() => realm().silentKdc())

    const cases: [what: string, argument: string[], variable: string | undefined, most: number][] =
      [
        ['configure({ threads })', ['3'], undefined, 3],
        ['configure({ threads }) below the number of processors', ['1'], undefined, 1],
        ['GSSAPI_THREADS', [], '2', 2],
        ['configure({ threads }) against GSSAPI_THREADS', ['4'], '2', 4],
        ['GSSAPI_THREADS when it is no number', [], 'many', 12],
        ['GSSAPI_THREADS when it is 0', [], '0', 12],
        ['GSSAPI_THREADS when it is negative', [], '-1', 12],
        ['nothing', [], undefined, 12],
      ]
    for (const [what, argument, variable, most] of cases) {
      it(`more or fewer threads wait for the KDC than ${what} says`, async () => {
        const env = variable === undefined ? {} : { GSSAPI_THREADS: variable }
        const found = await runForJson('lifecycle/programs/pool', argument, { env })
        assert.deepEqual(found, { most, pending: 12 })
      })
    }
  })

  describe('of memory', () => {
    useRealm(PAIR_REALM)

    it('the process ends where memory runs out', async function () {
      if (sanitized) this.skip() // the sanitizer ends the process itself where memory runs out
      const codes = await runForJson('lifecycle/programs/no-memory')
      assert.deepEqual(codes, ['RangeError', 'RangeError', 'RangeError'])
    })
  })
})
