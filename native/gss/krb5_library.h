// What of libkrb5 the package needs beside GSSAPI: the one that the GSSAPI library itself brings,
// so that both have the same caches in memory. Its structures differ between MIT and Heimdal; none
// is looked into here, except for krb5_data, of which there are two.
#ifndef NATIVE_GSS_KRB5_LIBRARY_H_
#define NATIVE_GSS_KRB5_LIBRARY_H_

#include <krb5.h>

#include <string>

#include "../backend/backend.h"

namespace gssapi {
namespace backend {

#define KRB5_SYMBOLS(X)                      \
  X(krb5_cc_close)                           \
  X(krb5_cc_destroy)                         \
  X(krb5_cc_get_principal)                   \
  X(krb5_cc_initialize)                      \
  X(krb5_cc_resolve)                         \
  X(krb5_cc_store_cred)                      \
  X(krb5_change_password)                    \
  X(krb5_free_context)                       \
  X(krb5_free_cred_contents)                 \
  X(krb5_free_error_message)                 \
  X(krb5_free_principal)                     \
  X(krb5_get_error_message)                  \
  X(krb5_get_init_creds_opt_alloc)           \
  X(krb5_get_init_creds_opt_free)            \
  X(krb5_get_init_creds_opt_set_forwardable) \
  X(krb5_get_init_creds_opt_set_proxiable)   \
  X(krb5_get_init_creds_opt_set_tkt_life)    \
  X(krb5_get_init_creds_password)            \
  X(krb5_get_renewed_creds)                  \
  X(krb5_init_context)                       \
  X(krb5_kt_close)                           \
  X(krb5_kt_resolve)                         \
  X(krb5_parse_name)

struct Krb5Api {
#define KRB5_MEMBER(name) decltype(&::name) name = nullptr;
  KRB5_SYMBOLS(KRB5_MEMBER)
#undef KRB5_MEMBER
  // How a krb5_data that the library filled is given back; MIT's takes its krb5_data, Heimdal's its
  // own.
  void (*free_mit_data)(krb5_context, krb5_data*) = nullptr;
  void (*free_heimdal_data)(void*) = nullptr;
  // MIT's, which reads Active Directory's answer to a refused password; null elsewhere.
  decltype(&::krb5_chpw_message) krb5_chpw_message = nullptr;
  decltype(&::krb5_free_string) krb5_free_string = nullptr;
  // See memory_keytab.cc for its entries.
  decltype(&::krb5_kt_add_entry) krb5_kt_add_entry = nullptr;
  // MIT's, whose entries are of the header's size; null elsewhere.
  decltype(&::krb5_cc_default) krb5_cc_default = nullptr;
  decltype(&::krb5_kt_start_seq_get) krb5_kt_start_seq_get = nullptr;
  decltype(&::krb5_kt_next_entry) krb5_kt_next_entry = nullptr;
  decltype(&::krb5_kt_end_seq_get) krb5_kt_end_seq_get = nullptr;
  decltype(&::krb5_free_keytab_entry_contents) krb5_free_keytab_entry_contents = nullptr;
  decltype(&::krb5_unparse_name) krb5_unparse_name = nullptr;
  decltype(&::krb5_free_unparsed_name) krb5_free_unparsed_name = nullptr;
};

// Null where the library lacks one of them.
const Krb5Api* Krb5();

// Collections of caches and default places, as MIT has them.
#define KRB5_MIT_SYMBOLS(X)   \
  X(krb5_cc_cache_match)      \
  X(krb5_cc_default)          \
  X(krb5_cc_default_name)     \
  X(krb5_cc_get_full_name)    \
  X(krb5_cc_get_type)         \
  X(krb5_cc_new_unique)       \
  X(krb5_cc_select)           \
  X(krb5_cc_set_default_name) \
  X(krb5_cc_support_switch)   \
  X(krb5_free_string)         \
  X(krb5_kt_client_default)   \
  X(krb5_kt_default)          \
  X(krb5_kt_get_name)         \
  X(krb5_kt_have_content)     \
  X(krb5_unparse_name)

struct Krb5MitApi {
#define KRB5_MIT_MEMBER(name) decltype(&::name) name = nullptr;
  KRB5_MIT_SYMBOLS(KRB5_MIT_MEMBER)
#undef KRB5_MIT_MEMBER
};

// Null where the library is another one, or older than 1.11.
const Krb5MitApi* Krb5Mit();

// A krb5_context, in which everything else is done. One for each call: it has no lock.
class Krb5Session {
 public:
  Krb5Session() = default;
  ~Krb5Session();
  Krb5Session(const Krb5Session&) = delete;
  Krb5Session& operator=(const Krb5Session&) = delete;

  Status Begin();
  krb5_context get() const { return context_; }
  // Success where `code` is 0. The library's words for it are the context's.
  Status Check(const char* call, krb5_error_code code) const;

 private:
  krb5_context context_ = nullptr;
};

// A cache, closed at the end.
class TicketCache {
 public:
  explicit TicketCache(const Krb5Session& session) : session_(session) {}
  ~TicketCache() { Close(); }
  TicketCache(const TicketCache&) = delete;
  TicketCache& operator=(const TicketCache&) = delete;

  Status Resolve(const std::string& name);
  krb5_error_code Default();
  Status Destroy();
  krb5_ccache get() const { return cache_; }
  krb5_ccache* out() { return &cache_; }

 private:
  void Close();
  const Krb5Session& session_;
  krb5_ccache cache_ = nullptr;
};

class Keytab {
 public:
  explicit Keytab(const Krb5Session& session) : session_(session) {}
  ~Keytab();
  Keytab(const Keytab&) = delete;
  Keytab& operator=(const Keytab&) = delete;

  Status Resolve(const std::string& name);
  // MIT's: the principal of the first entry; "" where there is none.
  Status FirstPrincipal(std::string* principal) const;
  krb5_keytab get() const { return keytab_; }
  krb5_keytab* out() { return &keytab_; }

 private:
  const Krb5Session& session_;
  krb5_keytab keytab_ = nullptr;
};

class Principal {
 public:
  explicit Principal(const Krb5Session& session) : session_(session) {}
  ~Principal();
  Principal(const Principal&) = delete;
  Principal& operator=(const Principal&) = delete;

  Status Parse(const std::string& text);
  krb5_principal get() const { return principal_; }
  krb5_principal* out() { return &principal_; }

 private:
  const Krb5Session& session_;
  krb5_principal principal_ = nullptr;
};

// A krb5_creds that only the library looks into: it is larger in Heimdal than MIT's header says.
class Tickets {
 public:
  explicit Tickets(const Krb5Session& session) : session_(session) {}
  ~Tickets();
  Tickets(const Tickets&) = delete;
  Tickets& operator=(const Tickets&) = delete;

  krb5_creds* get() { return reinterpret_cast<krb5_creds*>(memory_); }

 private:
  const Krb5Session& session_;
  alignas(16) unsigned char memory_[2048] = {};
};

// A krb5_data that the library fills, of either kind.
class LibraryData {
 public:
  explicit LibraryData(const Krb5Session& session) : session_(session) {}
  ~LibraryData();
  LibraryData(const LibraryData&) = delete;
  LibraryData& operator=(const LibraryData&) = delete;

  krb5_data* out() { return &memory_.mit; }
  std::string text() const;

 private:
  struct HeimdalData {
    size_t length;
    void* data;
  };
  const Krb5Session& session_;
  union {
    krb5_data mit;
    HeimdalData heimdal;
  } memory_ = {};
};

}  // namespace backend
}  // namespace gssapi

#endif  // NATIVE_GSS_KRB5_LIBRARY_H_
