import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { ENTRIES, every, llvm, MACH_O_FILES, prebuilds } from './binary'

const CODE_DIRECTORY = 0xfade0c02

/** An embedded signature (big-endian; Apple's cs_blobs.h): every page before it has the hash that it says. */
function assertPagesSigned(bytes: Buffer, offset: number, size: number): void {
  const signature = bytes.subarray(offset, offset + size)
  assert.equal(signature.readUInt32BE(0), 0xfade0cc0)
  const directory = signature.subarray(signature.readUInt32BE(16))
  assert.equal(directory.readUInt32BE(0), CODE_DIRECTORY)
  const [hashes, count, limit] = [16, 28, 32].map((at) => directory.readUInt32BE(at)) as [
    number,
    number,
    number,
  ]
  assert.equal(limit, offset)
  const page = 2 ** directory[39]!
  assert.equal(count, Math.ceil(limit / page))
  for (let i = 0; i < count; i++) {
    const hash = createHash('sha256')
      .update(bytes.subarray(i * page, Math.min((i + 1) * page, limit)))
      .digest()
    const said = directory.subarray(hashes + i * 32, hashes + (i + 1) * 32)
    assert.ok(said.equals(hash), `page ${i}`)
  }
}

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
      if (cpu !== 'ARM64') return
      const [, offset, size] = /LC_CODE_SIGNATURE[^]*?dataoff (\d+)[^]*?datasize (\d+)/.exec(
        commands(),
      )!
      assertPagesSigned(readFileSync(path.join(prebuilds, file)), Number(offset), Number(size))
    })

    it('is stripped: nobody needs the names of what it does not show', () => {
      const symbols = llvm('nm', ['--defined-only', '--format=just-symbols'], file).trim()
      assert.deepEqual(symbols.split('\n').sort(), ENTRIES.map((name) => `_${name}`).sort())
    })

    it('guards its stack', () => {
      const used = llvm('nm', ['--undefined-only', '--format=just-symbols'], file)
      assert.match(used, /^___stack_chk_fail$/m)
    })
  })
}
