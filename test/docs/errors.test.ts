import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CALLING_ERRORS, OWN_CODES, ROUTINE_ERRORS, SUPPLEMENTARY_BITS } from '../../lib/base/codes'
import { root } from '../helpers/tree'

const read = (name: string) => readFileSync(join(root, name), 'utf8')
const page = read('docs/errors.md')

/** The text between a heading of the page and the next one. */
function section(heading: string): string {
  const text = page.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0]
  assert(text !== undefined, `no section "${heading}"`)
  return text
}

/** The codes in the first column of a section's table. */
const firstColumn = (text: string) =>
  [...text.matchAll(/^\| (`[^|]*`) *\|/gm)].flatMap(([, cell]) =>
    [...(cell ?? '').matchAll(/`([A-Z_]+)`/g)].map(([, code]) => code ?? ''),
  )

/** Of a TypeError or RangeError, which src/ makes of them. */
const OTHERS = /^ERR_(?:OUT_OF_RANGE|MEMORY_ALLOCATION_FAILED|INVALID_ARG_VALUE)$/

describe('docs/errors.md', () => {
  it('explains each code of this package, and no other', () => {
    const told = firstColumn(section('Codes of this package')).filter((code) => !OTHERS.test(code))
    assert.deepEqual([...told].sort(), [...OWN_CODES].sort())
  })

  it('lists every value of GssErrorCode', () => {
    const rows = [...ROUTINE_ERRORS, ...CALLING_ERRORS, ...SUPPLEMENTARY_BITS]
    const all = [...rows.map(([, code]) => code), ...OWN_CODES]
    const told = [...section('All codes').matchAll(/`([A-Z_]+)`/g)].map(([, code]) => code)
    assert.deepEqual(told, all)
  })

  it('knows the codes that the addon says', () => {
    const said = [...read('native/backend/status.h').matchAll(/kErr\w+\[\] = "(ERR_\w+)"/g)]
    const codes = said.map(([, code]) => code ?? '')
    assert(codes.length > 5)
    const errors = codes.filter((code) => !OTHERS.test(code))
    assert.deepEqual(
      errors.filter((code) => !OWN_CODES.some((own) => own === code)),
      [],
    )
  })
})
