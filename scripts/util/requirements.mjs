// What each job needs of the system, as data: how to see that it is there, and which package brings it where.
// Files are looked for rather than packages, so that a Fedora, an Alpine, a macOS or a hand-built krb5 does as well.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { root } from './files.mjs'

const BIN_FOLDERS = [
  ...(process.env.PATH ?? '').split(path.delimiter),
  ...['/usr/local/sbin', '/usr/sbin', '/sbin', '/usr/lib/mit/sbin'], // sbin is not in an ordinary user's PATH
  ...['/opt/homebrew/opt/krb5/bin', '/opt/homebrew/opt/krb5/sbin'],
  ...['/usr/local/opt/krb5/bin', '/usr/local/opt/krb5/sbin'],
]
const INCLUDE_FOLDERS = [
  ...['/usr/include', '/usr/local/include'],
  ...['/opt/homebrew/opt/krb5/include', '/usr/local/opt/krb5/include'],
]
const MULTIARCH = { x64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' }[process.arch]
export const LIBRARY_FOLDERS = [`/usr/lib/${MULTIARCH}`, '/usr/lib64', '/usr/lib', '/usr/local/lib']

const find = (folders, name) =>
  folders.map((folder) => path.join(folder, name)).find((file) => existsSync(file))

export const findCommand = (name) => find(BIN_FOLDERS, name)
/** The folder of headers that holds `name`. */
export const findHeaders = (name) =>
  INCLUDE_FOLDERS.find((folder) => existsSync(path.join(folder, name)))
export const findLibrary = (name) => find(LIBRARY_FOLDERS, name)
const command = (name) => () => findCommand(name) !== undefined
const header = (name) => () => find(INCLUDE_FOLDERS, name) !== undefined
const plugin = (name) => () => findLibrary(path.join('krb5', 'plugins', name)) !== undefined
const library = (name) => () => findLibrary(name) !== undefined

// A runtime library of gcc lies in a folder with the compiler's version in it, or beside the others.
const gccLibrary = (name) => () => LIBRARY_FOLDERS.some((folder) => existsSync(`${folder}/${name}`))

/** Where packages lie that must not be installed, because that would change every process of the machine. */
export const UNPACKED = path.join(root, '.cache', 'unpacked')
const NTLMSSP = 'gssntlmssp/gssntlmssp.so'
const GSSPROXY_MODULE = 'gssproxy/proxymech.so'
/** gssproxy's interposer, installed or unpacked. */
export const findGssproxy = () =>
  findLibrary(GSSPROXY_MODULE) ??
  find([path.join(UNPACKED, 'usr', 'lib', MULTIARCH ?? '')], GSSPROXY_MODULE)
/** The file of gss-ntlmssp, installed or unpacked. */
export const findNtlmssp = () =>
  findLibrary(NTLMSSP) ?? find([path.join(UNPACKED, 'usr', 'lib', MULTIARCH ?? '')], NTLMSSP)

function clangRuntime(name) {
  const args = [`-print-file-name=libclang_rt.${name}-${os.machine()}.a`]
  const { stdout } = spawnSync(findCommand('clang++'), args, { encoding: 'utf8' })
  return existsSync((stdout ?? '').trim())
}

const WINE_FOLDERS = [
  ...LIBRARY_FOLDERS.map((folder) => path.join(folder, 'wine', 'x86_64-unix')),
  '/usr/lib64/wine/x86_64-unix',
]

/** name -> { what, found, and the package's name on each distribution } */
export const REQUIREMENTS = {
  compiler: {
    what: 'a C++17 compiler',
    found: () => command('g++')() || command('clang++')(),
    packages: { debian: 'g++', fedora: 'gcc-c++', alpine: 'g++' },
  },
  make: {
    what: 'make',
    found: command('make'),
    packages: { debian: 'make', fedora: 'make', alpine: 'make' },
  },
  python: {
    what: 'python3 (node-gyp runs on it)',
    found: command('python3'),
    packages: { debian: 'python3', fedora: 'python3', alpine: 'python3', macos: 'python3' },
  },
  headers: {
    what: 'the GSSAPI headers (gssapi/gssapi_ext.h)',
    found: header('gssapi/gssapi_ext.h'),
    packages: { debian: 'libkrb5-dev', fedora: 'krb5-devel', alpine: 'krb5-dev', macos: 'krb5' },
  },
  kdc: {
    what: 'a KDC (krb5kdc)',
    found: command('krb5kdc'),
    packages: { debian: 'krb5-kdc', fedora: 'krb5-server', alpine: 'krb5-server', macos: 'krb5' },
  },
  kadmin: {
    what: 'kadmin.local',
    found: command('kadmin.local'),
    packages: {
      ...{ debian: 'krb5-admin-server', fedora: 'krb5-server' },
      ...{ alpine: 'krb5-server', macos: 'krb5' },
    },
  },
  kinit: {
    what: 'kinit',
    found: command('kinit'),
    packages: { debian: 'krb5-user', fedora: 'krb5-workstation', alpine: 'krb5', macos: 'krb5' },
  },
  samples: {
    what: "MIT's gss-client and gss-server",
    found: () => command('gss-client')() && command('gss-server')(),
    packages: { debian: 'krb5-gss-samples', fedora: 'krb5-workstation krb5-server' },
  },
  directory: {
    what: "a KDC on a directory: slapd and MIT's LDAP database",
    found: () => ['slapd', 'ldapmodify', 'kdb5_ldap_util'].every((name) => findCommand(name)),
    packages: {
      debian: 'krb5-kdc-ldap slapd ldap-utils',
      fedora: 'krb5-server-ldap openldap-servers openldap-clients',
      alpine: 'krb5-server-ldap openldap openldap-back-mdb openldap-clients',
    },
  },
  samba: {
    what: "Samba's domain controller",
    found: () => command('samba')() && existsSync('/usr/share/samba/setup/provision.ldif'),
    packages: {
      debian: 'samba-ad-dc samba-ad-provision',
      fedora: 'samba-dc samba-dc-provision',
      alpine: 'samba-dc',
    },
  },
  pkinit: {
    what: "MIT's plugin for certificates (PKINIT)",
    found: plugin('preauth/pkinit.so'),
    packages: { debian: 'krb5-pkinit', fedora: 'krb5-pkinit', alpine: 'krb5-pkinit' },
  },
  k5tls: {
    what: "MIT's plugin for KDCs behind HTTPS",
    found: plugin('tls/k5tls.so'),
    packages: { debian: 'krb5-k5tls', fedora: 'krb5-libs', alpine: 'krb5-libs' },
  },
  openssl: {
    what: 'openssl (certificates)',
    found: command('openssl'),
    packages: { debian: 'openssl', fedora: 'openssl', alpine: 'openssl' },
  },
  // The library only. Never heimdal-clients: it removes krb5-user, and with it half of the tests.
  heimdal: {
    what: "Heimdal's GSSAPI library (libgssapi.so.3)",
    found: library('libgssapi.so.3'),
    packages: { debian: 'libgssapi3-heimdal', fedora: 'heimdal-libs', alpine: 'heimdal-libs' },
  },
  jemalloc: {
    what: 'jemalloc (another malloc in the process, as many run node)',
    found: library('libjemalloc.so.2'),
    packages: { debian: 'libjemalloc2', fedora: 'jemalloc', alpine: 'jemalloc' },
  },
  faketime: {
    what: 'faketime',
    found: command('faketime'),
    packages: { debian: 'faketime', fedora: 'libfaketime', alpine: 'libfaketime' },
  },
  // Not libunistring, which it needs too: that has another name on each release, and apt itself brings it.
  wbclient: {
    what: 'libwbclient (gss-ntlmssp needs it)',
    found: library('libwbclient.so.0'),
    packages: { debian: 'libwbclient0', fedora: 'libwbclient' },
  },
  // Installed it would become a mechanism of every process; so it is unpacked beside, and a test names its file.
  ntlmssp: {
    what: 'gss-ntlmssp (NTLM for MIT krb5)',
    found: () => findNtlmssp() !== undefined,
    unpacked: true,
    packages: { debian: 'gss-ntlmssp' },
  },
  nsswrapper: {
    what: "nss_wrapper (a table of hosts of a test's own)",
    found: library('libnss_wrapper.so'),
    packages: { debian: 'libnss-wrapper', fedora: 'nss_wrapper' },
  },
  // The same as gss-ntlmssp: installed, its interposer would stand in krb5's place in every process. With the libraries of its daemon.
  gssproxy: {
    what: 'gssproxy',
    found: () => findGssproxy() !== undefined,
    unpacked: true,
    packages: {
      debian:
        'gssproxy libini-config5 libref-array1 libverto1 libverto-libev1 libcollection4 libbasicobjects0 ' +
        'libpath-utils1 libdhash1 libev4 libgssrpc4',
    },
  },
  // Debian has wine64 apart, and wine only recommends it.
  wine: {
    what: 'Wine, 64-bit (Windows programs)',
    found: () => command('wine')() && WINE_FOLDERS.some((folder) => existsSync(folder)),
    packages: { debian: 'wine wine64', fedora: 'wine-core', alpine: 'wine' },
  },
  llvm: {
    what: "LLVM's llvm-readelf, llvm-readobj, llvm-nm, llvm-objcopy and llvm-strip (for every platform's files)",
    found: () =>
      ['llvm-readelf', 'llvm-readobj', 'llvm-nm', 'llvm-objcopy', 'llvm-strip'].every((name) =>
        findCommand(name),
      ),
    packages: { debian: 'llvm', fedora: 'llvm', alpine: 'llvm' },
  },
  lld: {
    what: "LLVM's linker for macOS (ld64.lld)",
    found: () => ['ld64.lld', 'ld64.lld-14'].some((name) => findCommand(name)),
    packages: { debian: 'lld', fedora: 'lld', alpine: 'lld' },
  },
  qemu: {
    what: 'qemu-aarch64-static (programs of arm64)',
    found: command('qemu-aarch64-static'),
    packages: { debian: 'qemu-user-static', fedora: 'qemu-user-static-aarch64' },
  },
  // Ubuntu's own keys do not vouch for a Debian.
  mmdebstrap: {
    what: 'mmdebstrap (the files of another Debian in a folder), and the keys of Debian',
    found: () =>
      command('mmdebstrap')() && existsSync('/usr/share/keyrings/debian-archive-keyring.gpg'),
    packages: { debian: 'mmdebstrap debian-archive-keyring' },
  },
  musl: {
    what: "musl's loader (ld-musl-x86_64.so.1)",
    found: () => existsSync('/lib/ld-musl-x86_64.so.1'),
    packages: { debian: 'musl' },
  },
  'clang-format': {
    what: 'clang-format',
    found: command('clang-format'),
    packages: { debian: 'clang-format', fedora: 'clang-tools-extra', alpine: 'clang-extra-tools' },
  },
  'clang-tidy': {
    what: 'clang-tidy',
    found: command('clang-tidy'),
    packages: { debian: 'clang-tidy', fedora: 'clang-tools-extra', alpine: 'clang-extra-tools' },
  },
  tsan: {
    what: "gcc's ThreadSanitizer",
    found: gccLibrary('libtsan.so.2'),
    packages: { debian: 'libtsan2', fedora: 'libtsan' },
  },
  // libFuzzer comes with the runtime of clang's sanitizers, which Debian has apart and names by clang's version.
  libfuzzer: {
    what: 'clang with libFuzzer',
    found: () => command('clang++')() && clangRuntime('fuzzer'),
    packages: {
      ...{ debian: 'clang libclang-rt-dev', fedora: 'clang compiler-rt' },
      alpine: 'clang compiler-rt',
    },
  },
  asan: {
    what: "gcc's AddressSanitizer",
    found: gccLibrary('libasan.so.8'),
    packages: { debian: 'libasan8', fedora: 'libasan' },
  },
  ubsan: {
    what: "gcc's UndefinedBehaviorSanitizer",
    found: gccLibrary('libubsan.so.1'),
    packages: { debian: 'libubsan1', fedora: 'libubsan' },
  },
}

const BUILD = ['compiler', 'make', 'python', 'headers']
const REALM = ['kdc', 'kadmin', 'kinit']

/**
 * needs: without it the job cannot run. wants: without it a part of the job is skipped, and says so.
 * native, asan, ts: what is to be built for it.
 */
export const JOBS = {
  test: {
    needs: [...BUILD, ...REALM],
    wants: [
      ...['samples', 'heimdal', 'faketime', 'jemalloc'],
      ...['directory', 'samba', 'pkinit', 'k5tls', 'openssl'],
      ...['wbclient', 'ntlmssp', 'gssproxy', 'nsswrapper'],
    ],
    builds: ['native', 'ts'],
  },
  demo: { needs: [...BUILD, ...REALM, 'samples'], wants: [], builds: ['native', 'ts'] },
  check: { needs: [...BUILD, 'clang-format', 'clang-tidy'], wants: [], builds: [] },
  sanitizers: { needs: [...BUILD, 'asan', 'ubsan'], wants: [], builds: ['asan'] },
  threads: { needs: [...BUILD, 'tsan'], wants: [], builds: [] },
  heimdal: { needs: ['heimdal'], wants: [], builds: [] },
  fuzz: { needs: [...BUILD, ...REALM, 'libfuzzer'], wants: [], builds: ['native', 'ts'] },
  wine: {
    needs: [...BUILD, ...REALM, 'wine'],
    wants: ['samples', 'heimdal'],
    builds: ['native', 'ts'],
  },
  prebuild: { needs: ['headers', 'lld', 'llvm'], wants: [], builds: [] },
  prebuilds: {
    needs: ['headers', 'lld', 'llvm', ...REALM],
    wants: ['wine', 'qemu', 'mmdebstrap', 'musl'],
    builds: ['ts'],
  },
  package: { needs: [...BUILD, 'lld', 'llvm', ...REALM], wants: [], builds: ['ts'] },
  build: { needs: BUILD, wants: [], builds: ['native', 'ts'] },
}
