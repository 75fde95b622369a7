import assert from 'node:assert/strict'
import { ENTRIES, every, llvm, MACH_O_FILES } from './binary'

// Written for macOS 11; what macOS itself makes of these files is not known (docs/platforms.md).
for (const [file, cpu] of Object.entries(MACH_O_FILES)) {
  describe(file, () => {
    const commands = () => llvm('objdump', ['--macho', '--private-headers'], file)

    it('is a bundle or library for its machine', () => {
      assert.match(commands(), new RegExp(`MH_MAGIC_64 +${cpu} .* (BUNDLE|DYLIB) `))
    })

    it('runs on macOS 11', () => {
      assert.match(commands(), /minos 11\.0/)
    })

    it('needs the system library and nothing else: no libc++, no GSS.framework', () => {
      const listed = llvm('objdump', ['--macho', '--dylibs-used'], file)
      assert.deepEqual(every(/^\t(.*) \(compatibility/gm, listed), [
        '/usr/lib/libSystem.B.dylib',
        '@rpath/gssapi.node', // its own name
      ])
    })

    it('shows nothing but its entry', () => {
      const exported = llvm('objdump', ['--macho', '--exports-trie'], file)
      assert.deepEqual(
        every(/^0x[0-9A-F]+ +(\S+)/gim, exported),
        ENTRIES.map((name) => `_${name}`),
      )
    })

    it('takes functions of Node from the program that loads it, and none that Electron forbids', () => {
      const used = llvm('nm', ['--undefined-only', '--format=just-symbols'], file)
      assert.match(used, /^_napi_create_function$/m)
      assert.doesNotMatch(used, /napi_create_external_(array)?buffer/)
    })

    it('is signed, at least by itself: a Mac with an Apple processor loads nothing else', () => {
      if (cpu === 'ARM64') assert.match(commands(), /LC_CODE_SIGNATURE/)
    })

    it('guards its stack', () => {
      const used = llvm('nm', ['--undefined-only', '--format=just-symbols'], file)
      assert.match(used, /^___stack_chk_fail$/m)
    })
  })
}
