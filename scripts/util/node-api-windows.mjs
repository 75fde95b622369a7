// Node-API for an addon on Windows, where a DLL names the program that its functions come from. An import library would
// name node.exe, and the addon would load in no other: not in Electron, not in Bun, not in a node.exe of another name,
// not in a single executable application. So the addon asks the running process instead, as node-gyp's delay-load hook does:
// each function of Node-API is a jump through a pointer that is filled in before any other code of the addon runs.

const JUMP = {
  x64: (name) => `jmp *${name}_found(%rip)`,
  arm64: (name) => `adrp x16, ${name}_found\\n ldr x16, [x16, :lo12:${name}_found]\\n br x16`,
}

const stub = (cpu) => (name) => `void *${name}_found = reinterpret_cast<void *>(missing);
__asm__(".text\\n .globl ${name}\\n .p2align 4\\n ${name}:\\n ${JUMP[cpu](name)}\\n");`

const lookUp = (name) => `  find(host, "${name}", &${name}_found);`

/** C++ source that defines every function of `names`, for 'x64' or 'arm64'. */
export const nodeApiSource = (cpu, names) => `#include <windows.h>
#include <stdio.h>
#include <stdlib.h>

extern "C" {

/* Only a program that is no Node-API 9 host comes here. */
static void missing(void) {
  fputs("gssapi: this program lacks a function of Node-API 9\\n", stderr);
  abort();
}

${names.map(stub(cpu)).join('\n')}

static void find(HMODULE host, const char *name, void **found) {
  void *address = reinterpret_cast<void *>(GetProcAddress(host, name));
  if (address != NULL) *found = address;
}

/* Before the constructors of C++. A node built as a DLL has its functions there. */
__attribute__((constructor(101))) static void find_all(void) {
  HMODULE host = GetModuleHandleW(L"libnode.dll");
  if (host == NULL) host = GetModuleHandleW(NULL);
${names.map(lookUp).join('\n')}
}
}
`
