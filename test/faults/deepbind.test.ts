/** To whose functions the GSS library is bound where several in the process have the same name: docs/platforms.md, DEEPBIND. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemLibrary } from '../helpers/apple-library'
import { describeEnd, runProgram, sanitized } from '../helpers/child'
import { PAIR_REALM } from '../helpers/pair'
import { useRealm } from '../helpers/realm'

/** A function of the OpenSSL in node, which node shows to the libraries that it loads. */
const FUNCTION = 'OpenSSL_version_num'
/** One that node has not. */
const OTHER = 'gssapi_test_function'
/** Says on loading what the functions of these names answer, in front of all that MIT's library has. */
const TELLER = `
#include <stdio.h>
unsigned long ${FUNCTION}(void);
unsigned long ${OTHER}(void);
__attribute__((constructor)) static void tell(void) {
  fprintf(stderr, "bound to %lu, %lu\\n", ${FUNCTION}(), ${OTHER}());
}
`
const answering = (number: number) => `
unsigned long ${FUNCTION}(void) { return ${number}; }
unsigned long ${OTHER}(void) { return ${number}; }
`
/** An allocator, as far as names go: it hands on to libc's. */
const ALLOCATOR = `
#include <stddef.h>
extern void *__libc_malloc(size_t), *__libc_calloc(size_t, size_t), *__libc_realloc(void*, size_t);
extern void *__libc_memalign(size_t, size_t);
extern void __libc_free(void*);
void* malloc(size_t size) { return __libc_malloc(size); }
void* calloc(size_t count, size_t size) { return __libc_calloc(count, size); }
void* realloc(void* old, size_t size) { return __libc_realloc(old, size); }
void* memalign(size_t at, size_t size) { return __libc_memalign(at, size); }
void* aligned_alloc(size_t at, size_t size) { return __libc_memalign(at, size); }
int posix_memalign(void** to, size_t at, size_t size) { return (*to = __libc_memalign(at, size)) == 0 ? 12 : 0; }
void free(void* old) { __libc_free(old); }
`
const OWN = 1
const PRELOADED = 2

const mit = systemLibrary('libgssapi_krb5.so.2')
const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } }
const missing =
  (mit === undefined && "MIT's libgssapi_krb5.so.2 is not installed") ||
  (header.glibcVersionRuntime === undefined && 'glibc alone has RTLD_DEEPBIND')

const suite = missing === false ? describe : describe.skip

suite(`the functions of a library${missing === false ? '' : ` [${missing}]`}`, function () {
  this.timeout(30_000)
  const folder = mkdtempSync(join(tmpdir(), 'gssapi-bound-'))
  const file = (name: string) => join(folder, `${name}.so`)
  const ours = process.env['LD_PRELOAD'] ?? ''

  function compile(name: string, source: string, ...behind: string[]): void {
    const code = join(folder, `${name}.c`)
    writeFileSync(code, source)
    const flags = ['-shared', '-fPIC', '-O1', '-Wl,--no-as-needed']
    execFileSync('gcc', [...flags, '-o', file(name), code, ...behind], { stdio: 'pipe' })
  }

  before('compile them', () => {
    compile('own', answering(OWN))
    compile('preloaded', answering(PRELOADED))
    compile('nothing', 'int gssapi_test_of_no_use(void) { return 0; }')
    compile('allocator', ALLOCATOR)
    compile('teller', TELLER, file('own'), mit!)
  })
  after(() => {
    rmSync(folder, { recursive: true, force: true })
  })
  useRealm(PAIR_REALM)

  /** What the two functions answered. */
  async function boundTo(preload: string, ...args: string[]): Promise<number[]> {
    const env = { GSSAPI_LIBRARY: file('teller'), LD_PRELOAD: preload }
    const ended = await runProgram('faults/programs/handshake', args, { env })
    assert.equal(ended.code, 0, describeEnd(ended))
    assert.equal(ended.stdout, 'one two\n')
    return (/bound to (\d+), (\d+)/.exec(ended.stderr) ?? []).slice(1).map(Number)
  }

  const alone = sanitized ? it.skip : it
  alone('are those of the libraries that it was linked with, and not node’s', async () => {
    assert.deepEqual(await boundTo(''), [OWN, OWN])
  })

  it('are those of a library that was preloaded, as in every other program', async () => {
    const [, other] = await boundTo([ours, file('preloaded')].join(' ').trim())
    assert.equal(other, PRELOADED)
  })

  it('are the program’s where anything is preloaded, which may be an allocator', async () => {
    const [found] = await boundTo([ours, file('nothing')].join(' ').trim())
    assert.ok(found !== OWN && found !== PRELOADED, `${found}`)
  })
  alone('are the program’s where memory is not libc’s, whatever the environment says', async () => {
    const [found] = await boundTo(file('allocator'), 'unset')
    assert.ok(found !== OWN && found !== PRELOADED, `${found}`)
    assert.deepEqual(await boundTo(file('nothing'), 'unset'), [OWN, OWN])
  })
})
