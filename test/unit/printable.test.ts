import assert from 'node:assert/strict'
import { GssError } from 'gssapi'
import { refusal, toGssError } from '../../lib/base/errors'
import { joined, printable } from '../../lib/base/printable'

describe('printable', () => {
  const shown: [string, string, string][] = [
    ['an escape sequence', '\x1b[2J', String.raw`\x1b[2J`],
    ['a control character of eight bits', '\u009b31m', String.raw`\x9b31m`],
    ['the end of a line', 'a\r\nb\u2028c\u2029d', String.raw`a\x0d\x0ab\u2028c\u2029d`],
    ['a NUL and a tabulator', 'a\0b\tc', String.raw`a\x00b\x09c`],
    ['the direction of writing', '\u202egpj.exe\u2066', String.raw`\u202egpj.exe\u2066`],
    ['what is not seen', 'a\u200b\ufeff\u{e0041}', String.raw`a\u200b\ufeff\u{e0041}`],
    ['half a character', 'a\ud83d', String.raw`a\ud83d`],
  ]
  for (const [what, text, expected] of shown) {
    it(`${what} is escaped`, () => assert.equal(printable(text), expected))
  }

  it('other text stays as it is: accents, Chinese, emoji, backslashes', () => {
    const text = 'Größe 名前 👍 CORP\\alice C:\\krb5.ini host/a\\@b'
    assert.equal(printable(text), text)
  })

  it('a second time nothing changes', () => {
    const once = printable('\x1b[2J\n'.repeat(400))
    assert.equal(printable(once), once)
  })

  it('long text is cut, never within a character', () => {
    assert.equal(printable('x'.repeat(1000)), 'x'.repeat(1000))
    assert.equal(printable('x'.repeat(1001)), `${'x'.repeat(999)}…`)
    assert.equal(printable('👍'.repeat(10), 6), '👍👍…')
    assert.equal(printable('\n'.repeat(10), 6), String.raw`\x0a\…`)
    assert.equal(printable('x'.repeat(5_000_000)).length, 1000)
  })

  it('parts that are too long together lose their ends, the longest first', () => {
    assert.equal(joined(['abc', 'de', ''], ': ', 9), 'abc: de: ')
    assert.equal(joined(['abcdefgh', 'de', 'f'], ': ', 10), 'ab…: de: f')
    assert.equal(joined(['ab', 'c'.repeat(99), 'd'.repeat(50), 'e'], '', 13), 'abcccc…dddd…e')
    assert.equal(joined(['abcd', 'efgh', 'ijkl'], ':', 14), 'abcd:efgh:ijkl')
    assert.equal(joined(['abcd', 'efgh', 'ijkl'], ':', 13), 'ab…:ef…:ij…')
    assert.equal(joined(['x'.repeat(1001)], ': '), `${'x'.repeat(999)}…`)
    assert.equal(joined([], ': '), '')
  })

  it('a message has 1,000 characters at most, and says its call, what failed and why', () => {
    const long = 'x'.repeat(5000)
    const lines = { majorMessages: ['An invalid name'], minorMessages: [`Malformed: ${long}`] }
    const { message } = new GssError({ ...lines, call: 'gss_x', major: 2 << 16, detail: 'own' })
    assert.equal(message.length, 1000)
    assert.match(message, /^gss_x: An invalid name: Malformed: x+…: own$/)
    const many = Array.from({ length: 50 }, () => long)
    const fields = { majorMessages: many, minorMessages: many, detail: long, call: long, major: 1 }
    const all = new GssError(fields)
    assert.ok(all.message.length <= 1000, `${all.message.length}`)
    assert.match(all.message, /^x{240,}…: x{240,}…: x{240,}…: x{240,}…$/)
    assert.deepEqual([all.majorMessages.length, all.majorMessages[0]?.length], [50, 1000])
  })

  it('each part of a record becomes an error in escapes', () => {
    const record = {
      ...{ code: '', call: 'gss_x', detail: 'd\n', major: 13 << 16, minor: 1, minorName: '' },
      ...{ majorMessages: ['a\n', ''], minorMessages: ['b\x1b', ''], token: null },
      ...{ statusName: '', statusValue: 0 },
    }
    const error = toGssError(record) as GssError
    assert.deepEqual(error.majorMessages, ['a\\x0a'])
    assert.deepEqual(error.minorMessages, ['b\\x1b'])
    assert.equal(error.message, 'gss_x: a\\x0a: b\\x1b: d\\x0a')
    assert.equal(refusal('ERR_GSS_UNSUPPORTED', 'no \x07').message, 'no \\x07')
    assert.equal(new GssError({ hint: 'do\nthis' }).hint, 'do\\x0athis')
    const range = toGssError({ ...record, code: 'ERR_OUT_OF_RANGE' }) as RangeError
    assert.equal(range.message, 'd\\x0a')
  })
})
