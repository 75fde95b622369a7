import assert from 'node:assert/strict'
import { ENTRIES, every, llvm, PE_FILES } from './binary'

/** Of the system, in its own folder on every Windows 10. */
const LIBRARIES = /^(KERNEL32|ADVAPI32|ntdll|SHELL32|USER32|msvcrt|api-ms-win-crt-[\w-]+)\.dll$/i

for (const [file, machine] of Object.entries(PE_FILES)) {
  describe(file, () => {
    const headers = () => llvm('readobj', ['--file-headers'], file)

    it('is for its machine', () => {
      assert.match(headers(), new RegExp(`Machine: IMAGE_FILE_MACHINE_${machine} `))
      assert.match(headers(), /IMAGE_FILE_DLL /)
    })

    it('needs libraries of the system only: no node.exe, so that any program may load it', () => {
      const imports = every(
        /^Import \{\n +Name: (.*)$/gm,
        llvm('readobj', ['--coff-imports'], file),
      )
      assert(imports.length > 0)
      for (const name of imports) assert.match(name, LIBRARIES)
    })

    it('shows nothing but its entry, so that its unwinder meets no other', () => {
      const shown = every(/^ +Name: (.*)$/gm, llvm('readobj', ['--coff-exports'], file))
      assert.deepEqual(shown, ENTRIES)
    })

    it('may lie anywhere in memory, in all of it, and has no executable data', () => {
      assert.match(headers(), /IMAGE_DLL_CHARACTERISTICS_DYNAMIC_BASE/)
      assert.match(headers(), /IMAGE_DLL_CHARACTERISTICS_HIGH_ENTROPY_VA/)
      assert.match(headers(), /IMAGE_DLL_CHARACTERISTICS_NX_COMPAT/)
    })

    it('has the table of functions that may be called through a pointer (Control Flow Guard)', () => {
      assert.match(headers(), /IMAGE_DLL_CHARACTERISTICS_GUARD_CF/)
      const config = llvm('readobj', ['--coff-load-config'], file)
      const INSTRUMENTED = 0x100
      assert(Number(/GuardFlags: (0x[0-9A-F]+)/.exec(config)?.[1]) & INSTRUMENTED, config)
      assert(Number(/GuardCFFunctionCount: (\d+)/.exec(config)?.[1]) > 100, config)
    })

    it('has no symbols of its inside', () => {
      assert.match(headers(), /SymbolCount: 0/)
    })
  })
}
