// libgssapi_krb5 (MIT), libgssapi (Heimdal) or Apple's GSS, opened at run time: nothing is linked,
// so one binary serves every distribution, and a missing library is an error with a message.
#ifndef NATIVE_GSS_LIBRARY_H_
#define NATIVE_GSS_LIBRARY_H_

#include <gssapi/gssapi.h>
#include <gssapi/gssapi_ext.h>
#include <gssapi/gssapi_krb5.h>

#include <string>

#include "../backend/backend.h"

namespace gssapi {
namespace backend {

// RFC 2744, without which there is no GSSAPI.
#define GSS_REQUIRED_SYMBOLS(X) \
  X(gss_accept_sec_context)     \
  X(gss_acquire_cred)           \
  X(gss_canonicalize_name)      \
  X(gss_compare_name)           \
  X(gss_context_time)           \
  X(gss_delete_sec_context)     \
  X(gss_display_name)           \
  X(gss_display_status)         \
  X(gss_export_name)            \
  X(gss_get_mic)                \
  X(gss_import_name)            \
  X(gss_indicate_mechs)         \
  X(gss_init_sec_context)       \
  X(gss_inquire_context)        \
  X(gss_inquire_cred)           \
  X(gss_inquire_cred_by_mech)   \
  X(gss_release_buffer)         \
  X(gss_release_cred)           \
  X(gss_release_name)           \
  X(gss_release_oid_set)        \
  X(gss_unwrap)                 \
  X(gss_verify_mic)             \
  X(gss_wrap)                   \
  X(gss_wrap_size_limit)

// Extensions: null where the library lacks them, and named in library().features where it has them.
#define GSS_OPTIONAL_SYMBOLS(X)                \
  X(gss_acquire_cred_from)                     \
  X(gss_acquire_cred_impersonate_name)         \
  X(gss_acquire_cred_with_password)            \
  X(gss_add_cred)                              \
  X(gss_add_cred_from)                         \
  X(gss_add_cred_impersonate_name)             \
  X(gss_add_cred_with_password)                \
  X(gss_authorize_localname)                   \
  X(gss_delete_name_attribute)                 \
  X(gss_display_mech_attr)                     \
  X(gss_display_name_ext)                      \
  X(gss_export_cred)                           \
  X(gss_export_name_composite)                 \
  X(gss_export_sec_context)                    \
  X(gss_get_mic_iov)                           \
  X(gss_get_mic_iov_length)                    \
  X(gss_get_name_attribute)                    \
  X(gss_import_cred)                           \
  X(gss_import_sec_context)                    \
  X(gss_indicate_mechs_by_attrs)               \
  X(gss_inquire_attrs_for_mech)                \
  X(gss_inquire_mech_for_saslname)             \
  X(gss_inquire_name)                          \
  X(gss_inquire_names_for_mech)                \
  X(gss_inquire_cred_by_oid)                   \
  X(gss_inquire_saslname_for_mech)             \
  X(gss_inquire_sec_context_by_oid)            \
  X(gss_krb5_ccache_name)                      \
  X(gss_krb5_export_lucid_sec_context)         \
  X(gss_krb5_free_lucid_sec_context)           \
  X(gss_krb5_get_tkt_flags)                    \
  X(gss_krb5_import_cred)                      \
  X(gss_krb5_set_allowable_enctypes)           \
  X(gss_localname)                             \
  X(gss_process_context_token)                 \
  X(gss_pseudo_random)                         \
  X(gss_release_buffer_set)                    \
  X(gss_release_oid)                           \
  X(gss_set_name_attribute)                    \
  X(gss_set_cred_option)                       \
  X(gss_set_neg_mechs)                         \
  X(gss_set_sec_context_option)                \
  X(gss_store_cred)                            \
  X(gss_store_cred_into)                       \
  X(gss_unwrap_iov)                            \
  X(gss_verify_mic_iov)                        \
  X(gss_wrap_iov)                              \
  X(gss_wrap_iov_length)                       \
  X(gsskrb5_extract_authtime_from_sec_context) \
  X(gsskrb5_extract_authz_data_from_sec_context)

struct GssApi {
#define GSS_MEMBER(name) decltype(&::name) name = nullptr;
  GSS_REQUIRED_SYMBOLS(GSS_MEMBER)
  GSS_OPTIONAL_SYMBOLS(GSS_MEMBER)
#undef GSS_MEMBER
  LibraryInfo info;
  bool mit = false;
  void* handle = nullptr;  // dlopen's, for krb5_library.cc
};

// Null until LoadLibrary has succeeded; afterwards constant.
extern const GssApi* g_gss;

// A variable of the environment, as the libraries read theirs: none where the process has more
// rights than its user (AT_SECURE). "" where it is not set.
std::string SecureEnv(const char* name);

}  // namespace backend
}  // namespace gssapi

#endif  // NATIVE_GSS_LIBRARY_H_
