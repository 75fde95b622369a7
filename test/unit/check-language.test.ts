import assert from 'node:assert/strict'
import { importScript, withTree } from '../helpers/tree'

/** The faults in a tree of these files. */
async function faultsIn(files: Record<string, string>): Promise<string[]> {
  const script = await importScript<{ faultsIn(base: string): string[] }>('check-language.mjs')
  let faults: string[] = []
  await withTree(files, (folder) => {
    faults = script.faultsIn(folder)
    return Promise.resolve()
  })
  return faults
}

const WIDE = 'x'.repeat(140)

const WIDTHS: [title: string, file: string, text: string, fault: string][] = [
  ['in src', 'src/base/a.ts', `// ${WIDE}`, 'src/base/a.ts:1: a comment of 143 columns'],
  ['in scripts', 'scripts/a.mjs', `\n * ${WIDE}`, 'scripts/a.mjs:2: a comment of 143 columns'],
  ['in test', 'test/a.test.ts', `f() // ${WIDE}`, 'test/a.test.ts:1: a comment of 147 columns'],
  ['in C++', 'native/gss/a.cc', `// ${'x'.repeat(98)}`, 'native/gss/a.cc:1: a comment of 101 col'],
  ['in a script of the shell', 'scripts/a.sh', `# ${WIDE}`, 'scripts/a.sh:1: a comment of 142 col'],
]

const PHRASES: [text: string, phrase: string][] = [
  ['this package will stand in front of it', 'stand in front of'],
  ['MIT dies of damaged ones', 'dies of'],
  ['Heimdal 7.8, which crashes of it, is not called', 'crashes of'],
  ['a PAC of which it would abort', 'of which it'],
  ['The context stays of use.', 'stays of use'],
  ['what it is asked', 'what it is asked'],
  ['Enquiries are queued', 'Enquiries'],
  ['its version as far as it tells: 1.20', 'as far as it tells'],
  ['NTLM tells nothing', 'tells nothing'],
  ['a gap that is none is noticed', 'that is none'],
  ['the oldest system that was to be had', 'was to be had'],
  ['not compiled for want of a compiler', 'for want of'],
  ['since it has not the key', 'has not the'],
  ['a late message is told apart', 'is told apart'],
]

describe('check-language', () => {
  for (const [title, file, text, fault] of WIDTHS) {
    it(`sees a comment that is too wide ${title}`, async () => {
      const faults = await faultsIn({ [file]: text })
      assert.equal(faults.length, 1, faults.join('\n'))
      assert.ok(faults[0]!.startsWith(fault), faults[0])
    })
  }

  for (const [text, phrase] of PHRASES) {
    it(`sees "${phrase}"`, async () => {
      const faults = await faultsIn({ 'docs/a.md': `# A\n\n${text}\n` })
      assert.equal(faults.length, 1, faults.join('\n'))
      assert.ok(faults[0]!.startsWith(`docs/a.md:3: "${phrase}"; rather: `), faults[0])
    })
  }

  it('sees a phrase in every place that holds prose', async () => {
    const places = ['README.md', 'SECURITY.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'docs/a.md']
    const sources = ['src/base/a.ts', 'native/gss/a.cc', 'native/README.md', 'scripts/a.mjs']
    const files = [...places, ...sources].map((name) => [name, '// dies of it\n'])
    const faults = await faultsIn(Object.fromEntries(files) as Record<string, string>)
    const named = faults.map((fault) => fault.split(':')[0]!)
    assert.deepEqual(named.sort(), [...places, ...sources].sort())
  })

  it('sees a phrase that goes on in the next line of a comment', async () => {
    const faults = await faultsIn({
      'src/a.ts': '/**\n * A quirk that the code stands\n * in front of.\n */\n',
      'native/a.cc': '\n// A library that dies\n// of it.\n',
    })
    assert.deepEqual(
      faults.map((fault) => fault.replace(/;.*/, '')),
      ['src/a.ts:2: "stands * in front of"', 'native/a.cc:2: "dies // of"'],
    )
  })

  it('allows wide code and tables, identifiers, generated pages and the examples of the rules', async () => {
    const wide = `const text = '${WIDE}'`
    const examples = '<!-- not to be written -->\n\nMIT dies of it.\n\n<!-- until here -->\n'
    const files = {
      'src/a.ts': `${wide}\nclass ContextEnquiry {} // of context-enquiry.ts\n// ${'x'.repeat(137)}\n`,
      'native/gss/a.cc': `${wide}\n#include "gss/context_enquiry.h"\n`,
      'docs/a.md': `| ${WIDE} |\n`,
      'docs/api/a.md': 'the context stays of use\n',
      'CONTRIBUTING.md': `Write plainly.\n\n${examples}`,
    }
    assert.deepEqual(await faultsIn(files), [])
  })
})
