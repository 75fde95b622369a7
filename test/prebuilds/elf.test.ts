import assert from 'node:assert/strict'
import { ELF_FILES, ENTRIES, every, llvm } from './binary'

/** RHEL 8, Debian 10, Ubuntu 20.04. */
const GLIBC_FLOOR = [2, 28]

const NEEDED = {
  glibc: /^(lib(c|m|dl|pthread|rt)\.so\.\d|ld-linux-(x86-64|aarch64)\.so\.\d)$/,
  musl: /^libc\.so$/,
}

const versions = (symbols: string) =>
  every(/@GLIBC_([\d.]+)/g, symbols).map((text) => text.split('.').map(Number))

const isAbove = ([major, minor]: number[], [floorMajor, floorMinor]: number[]) =>
  major! > floorMajor! || (major === floorMajor && minor! > floorMinor!)

for (const [file, { machine, libc }] of Object.entries(ELF_FILES)) {
  describe(file, () => {
    it('is for its machine', () => {
      const header = llvm('readelf', ['--file-header'], file)
      assert.match(header, new RegExp(`Machine: .*${machine}`))
      assert.match(header, /Type: +DYN/)
    })

    it('needs the C library and nothing else: no libstdc++, no libgssapi_krb5', () => {
      const needed = every(/\(NEEDED\).*\[(.*)\]/g, llvm('readelf', ['--dynamic'], file))
      assert(needed.length > 0)
      for (const name of needed) assert.match(name, NEEDED[libc])
    })

    it('searches no folder of its own for libraries', () => {
      assert.doesNotMatch(llvm('readelf', ['--dynamic'], file), /R(UN)?PATH/)
    })

    it('shows nothing but its entry, so that its C++ library meets no other', () => {
      const defined = llvm('nm', ['--dynamic', '--defined-only', '--format=just-symbols'], file)
      assert.deepEqual(defined.trim().split('\n').sort(), ENTRIES)
    })

    it('calls no function that makes a buffer of foreign memory: Electron forbids it', () => {
      const used = llvm('nm', ['--dynamic', '--undefined-only', '--format=just-symbols'], file)
      assert.match(used, /^napi_create_buffer_copy$|^napi_create_buffer$/m)
      assert.doesNotMatch(used, /napi_create_external_(array)?buffer/)
    })

    if (libc === 'glibc') {
      it('runs on glibc 2.28: no symbol of a later one', () => {
        const used = versions(llvm('readelf', ['--dyn-syms'], file))
        assert(used.length > 0)
        assert.deepEqual(
          used.filter((version) => isAbove(version, GLIBC_FLOOR)),
          [],
        )
      })
    } else {
      it('asks for no version of glibc', () => {
        assert.deepEqual(versions(llvm('readelf', ['--dyn-syms', '--version-info'], file)), [])
      })
    }

    it('is read-only where it was relocated (RELRO, all of it), and is bound at once', () => {
      assert.match(llvm('readelf', ['--program-headers'], file), /GNU_RELRO/)
      assert.match(llvm('readelf', ['--dynamic'], file), /\(FLAGS_1\) +.*NOW/)
    })

    it('stays loaded when a worker ends whose threads still run in it', () => {
      assert.match(llvm('readelf', ['--dynamic'], file), /\(FLAGS_1\) +.*NODELETE/)
    })

    it('has no executable stack, and no memory both writable and executable', () => {
      const headers = llvm('readelf', ['--program-headers'], file)
      assert.match(headers, /GNU_STACK .* RW +0x/)
      assert.doesNotMatch(headers, /^ +LOAD .* RWE? ?E +0x/m)
    })

    it('guards its stack', () => {
      const used = llvm('nm', ['--dynamic', '--undefined-only', '--format=just-symbols'], file)
      assert.match(used, /^__stack_chk_fail\b/m)
    })

    it('is stripped', () => {
      assert.doesNotMatch(llvm('readelf', ['--sections'], file), /\.symtab|\.debug_/)
    })
  })
}
