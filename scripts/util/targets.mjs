// The machines for which the package carries an addon, as data.
// file: where prebuildify puts it and node-gyp-build looks for it. zig: the name zig has for the target; the version is
// the oldest glibc or macOS on which the file loads.

/** The oldest glibc: RHEL 8, Debian 10, Ubuntu 20.04; Node 20 itself asks for it. */
export const GLIBC_FLOOR = '2.28'
export const MACOS_FLOOR = '11.0'

export const TARGETS = {
  'linux-x64-glibc': {
    ...{ system: 'linux', cpu: 'x64', libc: 'glibc' },
    ...{ file: 'linux-x64/gssapi.glibc.node', zig: `x86_64-linux-gnu.${GLIBC_FLOOR}` },
  },
  'linux-x64-musl': {
    ...{ system: 'linux', cpu: 'x64', libc: 'musl' },
    ...{ file: 'linux-x64/gssapi.musl.node', zig: 'x86_64-linux-musl' },
  },
  'linux-arm64-glibc': {
    ...{ system: 'linux', cpu: 'arm64', libc: 'glibc' },
    ...{ file: 'linux-arm64/gssapi.glibc.node', zig: `aarch64-linux-gnu.${GLIBC_FLOOR}` },
  },
  'linux-arm64-musl': {
    ...{ system: 'linux', cpu: 'arm64', libc: 'musl' },
    ...{ file: 'linux-arm64/gssapi.musl.node', zig: 'aarch64-linux-musl' },
  },
  'darwin-x64': {
    ...{ system: 'darwin', cpu: 'x64' },
    ...{ file: 'darwin-x64/gssapi.node', zig: `x86_64-macos.${MACOS_FLOOR}` },
  },
  'darwin-arm64': {
    ...{ system: 'darwin', cpu: 'arm64' },
    ...{ file: 'darwin-arm64/gssapi.node', zig: `aarch64-macos.${MACOS_FLOOR}` },
  },
  'win32-x64': {
    ...{ system: 'win32', cpu: 'x64' },
    ...{ file: 'win32-x64/gssapi.node', zig: 'x86_64-windows-gnu' },
  },
  'win32-arm64': {
    ...{ system: 'win32', cpu: 'arm64' },
    ...{ file: 'win32-arm64/gssapi.node', zig: 'aarch64-windows-gnu' },
  },
}
