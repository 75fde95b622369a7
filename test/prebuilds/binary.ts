/** The files that `npm run prebuild` made, and what LLVM's tools tell of them. */
import { execFileSync } from 'node:child_process'
import path from 'node:path'
import { root } from '../helpers/tree'

export const prebuilds = path.join(root, 'prebuilds')

/** What the package promises, written down apart from the table of which the build is made. */
export const ELF_FILES = {
  'linux-x64/gssapi.glibc.node': { machine: 'X86-64', libc: 'glibc' },
  'linux-x64/gssapi.musl.node': { machine: 'X86-64', libc: 'musl' },
  'linux-arm64/gssapi.glibc.node': { machine: 'AArch64', libc: 'glibc' },
  'linux-arm64/gssapi.musl.node': { machine: 'AArch64', libc: 'musl' },
} as const
export const MACH_O_FILES = {
  'darwin-x64/gssapi.node': 'X86_64',
  'darwin-arm64/gssapi.node': 'ARM64',
} as const
export const PE_FILES = {
  'win32-x64/gssapi.node': 'AMD64',
  'win32-arm64/gssapi.node': 'ARM64',
} as const
export const ALL_FILES = [ELF_FILES, MACH_O_FILES, PE_FILES].flatMap((files) => Object.keys(files))

/** The functions that Node looks up in an addon; nothing else may be seen. */
export const ENTRIES = ['napi_register_module_v1', 'node_api_module_get_api_version_v1']

/** What one of LLVM's tools prints of a prebuilt file. */
export function llvm(tool: string, args: string[], file: string): string {
  const options = { encoding: 'utf8', maxBuffer: 2 ** 26 } as const
  return execFileSync(`llvm-${tool}`, [...args, path.join(prebuilds, file)], options)
}

/** The first group of every match, sorted, each once. */
export function every(pattern: RegExp, text: string): string[] {
  return [...new Set([...text.matchAll(pattern)].map(([, found]) => found!))].sort()
}
