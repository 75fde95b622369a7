import assert from 'node:assert/strict'
import { checkKnown, nearMiss } from '../../lib/base/near-miss'

const KNOWN = ['name', 'require', 'channelBindings', 'keytab', 'clientKeytab', 'ccache']
const VALUE = { name: 'TypeError', code: 'ERR_INVALID_ARG_VALUE' }

describe('an option that nobody knows', () => {
  it('is taken for the known one that it is a slip of, and for none that it is not like', () => {
    const meant = {
      requires: 'require',
      reqiure: 'require',
      channelBinding: 'channelBindings',
      channel_bindings: 'channelBindings',
      'client-keytab': 'clientKeytab',
      keyTab: 'keytab',
      Name: 'name',
      nmae: 'name',
      names: 'name',
      domain: undefined,
      usage: undefined,
      '': undefined,
      toString: undefined,
    }
    for (const [slip, known] of Object.entries(meant)) {
      assert.equal(nearMiss(slip, KNOWN), known, slip)
    }
  })

  it('is told by its whole place, in letters that are fit for a log', () => {
    assert.throws(() => checkKnown({ requires: 1 }, KNOWN), {
      ...VALUE,
      message: 'Unknown option "requires" (did you mean "require"?)',
    })
    assert.throws(() => checkKnown({ keyTab: undefined }, KNOWN, 'options.store'), {
      ...VALUE,
      message: 'Unknown option "store.keyTab" (did you mean "store.keytab"?)',
    })
    assert.throws(
      () => checkKnown({ 'a\n\u001b[2J': 1 }, KNOWN),
      (error: Error) => {
        // eslint-disable-next-line no-control-regex -- control characters are the subject
        assert.doesNotMatch(error.message, /[\u0000-\u001f]/)
        return true
      },
    )
  })

  it('is looked for among the own properties only, and a known one is none', () => {
    checkKnown({ name: 1, require: undefined }, KNOWN)
    checkKnown(Object.create({ other: 1 }) as object, KNOWN)
    checkKnown([], KNOWN)
  })

  it('of any length is told at once', () => {
    const begun = process.hrtime.bigint()
    assert.equal(nearMiss('k'.repeat(5_000_000), KNOWN), undefined)
    assert.ok(process.hrtime.bigint() - begun < 2_000_000_000n)
  })
})
