/**
 * A library that grants less than is asked: it stands before MIT's, hands each call on, and leaves out of the flags
 * that an initiator is told those in the variable WITHHELD_FLAGS (RFC 2744 §5.19's bits, in decimal).
 */
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { STANDARD } from './apple-library'

const NAMES = Array.from({ length: 13 }, (_, index) => `a${index}`)
const PARAMETERS = NAMES.map((name) => `word ${name}`).join(', ')

/** Where a function tells flags, by the argument's place. */
const TOLD: Readonly<Record<string, string>> = {
  gss_init_sec_context: 'a11',
  gss_inquire_context: 'a6',
}

const functionSource = (name: string): string => `
static word (*behind_${name})(${PARAMETERS});
__attribute__((visibility("default"))) word ${name}(${PARAMETERS}) {
  word result = behind_${name}(${NAMES.join(', ')});
  ${TOLD[name] === undefined ? '' : `withhold((unsigned*)${TOLD[name]});`}
  return result;
}
__attribute__((constructor)) static void find_${name}(void) {
  behind_${name} = (word (*)(${PARAMETERS}))dlsym(opened(), "${name}");
  if (behind_${name} == 0) abort();
}`

const source = (library: string): string => `
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
typedef unsigned long word;
static void* opened(void) {
  return dlopen("${library}", RTLD_NOW | RTLD_LOCAL);
}
static void withhold(unsigned* flags) {
  const char* text = getenv("WITHHELD_FLAGS");
  if (flags != 0 && text != 0) *flags &= ~(unsigned)strtoul(text, 0, 10);
}
${STANDARD.map(functionSource).join('\n')}
`

export function buildWithholdingLibrary(file: string, behind: string): string {
  writeFileSync(`${file}.c`, source(behind))
  const flags = ['-shared', '-fPIC', '-O1', '-fvisibility=hidden']
  execFileSync('gcc', [...flags, '-o', file, `${file}.c`, '-ldl'], { stdio: 'pipe' })
  return file
}
