/**
 * Apple's GSS.framework cannot be had here, and its shape can: a library that exports what Apple's exports, under the
 * names under which Apple exports it and nothing else, and hands each call on to Heimdal's libgssapi, from which
 * Apple's was made. Compiled by the compiler that compiles the addon.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The functions that macOS' GSS.framework exports by the names of RFC 2744 and of its public headers. */
const PUBLIC = `gss_accept_sec_context gss_acquire_cred gss_acquire_cred_with_password
  gss_add_buffer_set_member gss_add_cred gss_add_oid_set_member gss_canonicalize_name gss_compare_name gss_context_time
  gss_create_empty_buffer_set gss_create_empty_oid_set gss_decapsulate_token gss_delete_sec_context gss_destroy_cred
  gss_display_mech_attr gss_display_name gss_display_status gss_duplicate_name gss_duplicate_oid gss_encapsulate_token
  gss_export_cred gss_export_name gss_export_sec_context gss_get_mic gss_import_cred gss_import_name
  gss_import_sec_context gss_indicate_mechs gss_indicate_mechs_by_attrs gss_init_sec_context gss_inquire_attrs_for_mech
  gss_inquire_context gss_inquire_cred gss_inquire_cred_by_mech gss_inquire_cred_by_oid gss_inquire_mech_for_saslname
  gss_inquire_mechs_for_name gss_inquire_name gss_inquire_names_for_mech gss_inquire_saslname_for_mech
  gss_inquire_sec_context_by_oid gss_krb5_ccache_name gss_krb5_copy_ccache gss_krb5_export_lucid_sec_context
  gss_krb5_free_lucid_sec_context gss_krb5_set_allowable_enctypes gss_oid_equal gss_oid_to_str
  gss_process_context_token gss_pseudo_random gss_release_buffer gss_release_buffer_set gss_release_cred
  gss_release_name gss_release_oid gss_release_oid_set gss_seal gss_set_cred_option gss_set_sec_context_option gss_sign
  gss_test_oid_set_member gss_unseal gss_unwrap gss_userok gss_verify gss_verify_mic gss_wrap gss_wrap_size_limit`
  .split(/\s+/)
  .filter((name) => name !== 'gss_destroy_cred') // Heimdal 7.8 has none behind it

/** Those that it exports with `__ApplePrivate_` before the name. */
const PRIVATE =
  `gss_krb5_get_tkt_flags gss_krb5_import_cred gss_mo_get gss_mo_list gss_mo_name gss_mo_set
  gss_name_to_oid gss_oid_to_name gss_release_iov_buffer gss_unwrap_iov gss_wrap_iov gss_wrap_iov_length`.split(
    /\s+/,
  )

/** Whether Apple's library has a function, by whatever name. */
export const appleHas = (name: string): boolean => PUBLIC.includes(name) || PRIVATE.includes(name)

/** RFC 2744's, which no library may lack, and no other. */
export const STANDARD =
  `gss_accept_sec_context gss_acquire_cred gss_canonicalize_name gss_compare_name gss_context_time
  gss_delete_sec_context gss_display_name gss_display_status gss_export_name gss_get_mic gss_import_name
  gss_indicate_mechs gss_init_sec_context gss_inquire_context gss_inquire_cred gss_inquire_cred_by_mech
  gss_release_buffer gss_release_cred gss_release_name gss_release_oid_set gss_unwrap gss_verify_mic gss_wrap
  gss_wrap_size_limit`.split(/\s+/)

const FOLDERS = [
  '/usr/lib/x86_64-linux-gnu',
  '/usr/lib/aarch64-linux-gnu',
  '/usr/lib64',
  '/usr/lib',
]

/** The file of a library of the system, or undefined where it is not installed. */
export const systemLibrary = (name: string): string | undefined =>
  FOLDERS.map((folder) => join(folder, name)).find((file) => existsSync(file))

/** [its own name, the name of the function behind it] */
type Export = [name: string, behind: string]

// gss_init_sec_context has 13 arguments, none has more; each is a pointer or a number in a word of its own, on the stack
// as well. A function of fewer leaves the rest alone.
const ARGUMENTS = Array.from({ length: 13 }, (_, index) => `a${index}`)
const PARAMETERS = ARGUMENTS.map((name) => `word ${name}`).join(', ')

const functionSource = ([name, behind]: Export): string => `
static word (*behind_${name})(${PARAMETERS});
__attribute__((visibility("default"))) word ${name}(${PARAMETERS}) {
  return behind_${name}(${ARGUMENTS.join(', ')});
}
__attribute__((constructor)) static void find_${name}(void) {
  behind_${name} = (word (*)(${PARAMETERS}))dlsym(opened(), "${behind}");
  if (behind_${name} == 0) abort();
}`

// As the package itself opens a library: bound to its own OpenSSL, unless somebody stands before libc on purpose.
const source = (library: string, exports: Export[]): string => `
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
typedef unsigned long word;
static void* opened(void) {
  int flags = RTLD_NOW | RTLD_LOCAL;
#ifdef RTLD_DEEPBIND
  if (getenv("LD_PRELOAD") == 0) flags |= RTLD_DEEPBIND;
#endif
  return dlopen("${library}", flags);
}
${exports.map(functionSource).join('\n')}
`

/** Compiles a library `file` with these functions, each in front of one of `behind`; `needs`: what it is linked with. */
function build(file: string, behind: string, exports: Export[], needs: string[] = []): string {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(`${file}.c`, source(behind, exports))
  const flags = ['-shared', '-fPIC', '-O1', '-fvisibility=hidden', '-Wl,--no-as-needed']
  execFileSync('gcc', [...flags, '-o', file, `${file}.c`, ...needs, '-ldl'], { stdio: 'pipe' })
  return file
}

const sameName = (name: string): Export => [name, name]
const applePrivate = (name: string): Export => [`__ApplePrivate_${name}`, name]

/** A library with Apple's names in front of `behind`, Heimdal's. */
export function buildAppleLibrary(file: string, behind: string): string {
  return build(file, behind, [...PUBLIC.map(sameName), ...PRIVATE.map(applePrivate)])
}

/** A library of RFC 2744's functions alone, in front of `behind`, MIT's, which needs another: Homebrew's may need Apple's. */
export function buildNeedyLibrary(file: string, behind: string, needs: string): string {
  return build(file, behind, STANDARD.map(sameName), [needs])
}
