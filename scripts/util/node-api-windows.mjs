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

/**
 * Where Windows finds the table of functions that may be called through a pointer (Control Flow Guard), and puts the two
 * functions that look into it: IMAGE_LOAD_CONFIG_DIRECTORY64 up to GuardLongJumpTargetCount. The linker makes the table
 * and its symbols. Until Windows puts its own there, and where it has none, every call is let through.
 */
const GUARD = `__asm__(R"(
  .text
  .p2align 4
gssapi_guard_check:
  ret
  .p2align 4
gssapi_guard_dispatch:
  DISPATCH
  .section .00cfg,"dr"
  .p2align 3
  .globl __guard_check_icall_fptr
__guard_check_icall_fptr:
  .quad gssapi_guard_check
  .globl __guard_dispatch_icall_fptr
__guard_dispatch_icall_fptr:
  .quad gssapi_guard_dispatch
  .section .rdata,"dr"
  .p2align 3
  .globl _load_config_used
_load_config_used:
  .long 0xc0
  .zero 0x6c
  .quad __guard_check_icall_fptr
  .quad __guard_dispatch_icall_fptr
  .quad __guard_fids_table
  .quad __guard_fids_count
  .long __guard_flags
  .zero 12
  .quad __guard_iat_table
  .quad __guard_iat_count
  .quad __guard_longjmp_table
  .quad __guard_longjmp_count
)");`
const DISPATCH = { x64: 'jmp *%rax', arm64: 'br x9' } // arm64's compiler calls the check only

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

${GUARD.replace('DISPATCH', DISPATCH[cpu])}

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
