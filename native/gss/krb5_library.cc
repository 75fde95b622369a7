#include "krb5_library.h"

#include <dlfcn.h>

#include "failure.h"

namespace gssapi {
namespace backend {
namespace {

template <class Function>
bool Find(const char* name, Function* function) {
  *function = reinterpret_cast<Function>(dlsym(g_gss->handle, name));
  return *function != nullptr;
}

// A GSSAPI library's own libkrb5 is among what its handle reaches.
bool Bind(Krb5Api* api) {
  bool complete = true;
#define KRB5_BIND(name) complete = Find(#name, &api->name) && complete;
  KRB5_SYMBOLS(KRB5_BIND)
#undef KRB5_BIND
  Find("krb5_chpw_message", &api->krb5_chpw_message);
  Find("krb5_free_string", &api->krb5_free_string);
  Find("krb5_kt_add_entry", &api->krb5_kt_add_entry);
  if (g_gss->mit) {
    Find("krb5_cc_default", &api->krb5_cc_default);
    Find("krb5_kt_start_seq_get", &api->krb5_kt_start_seq_get);
    Find("krb5_kt_next_entry", &api->krb5_kt_next_entry);
    Find("krb5_kt_end_seq_get", &api->krb5_kt_end_seq_get);
    Find("krb5_free_keytab_entry_contents", &api->krb5_free_keytab_entry_contents);
    Find("krb5_unparse_name", &api->krb5_unparse_name);
    Find("krb5_free_unparsed_name", &api->krb5_free_unparsed_name);
  }
  bool data = g_gss->mit ? Find("krb5_free_data_contents", &api->free_mit_data)
                         : Find("krb5_data_free", &api->free_heimdal_data);
  return complete && data;
}

// Apple's are neither MIT's nor Heimdal's, and not tried.
const Krb5Api* BoundOnce() {
  static Krb5Api api;
  bool known = g_gss->mit || g_gss->info.implementation == "heimdal";
  return known && Bind(&api) ? &api : nullptr;
}

}  // namespace

const Krb5Api* Krb5() {
  static const Krb5Api* const api = BoundOnce();
  return api;
}

const Krb5MitApi* Krb5Mit() {
  static Krb5MitApi api;
  static const bool complete = [] {
    bool all = g_gss->mit && Krb5() != nullptr;
#define KRB5_MIT_BIND(name) all = all && Find(#name, &api.name);
    KRB5_MIT_SYMBOLS(KRB5_MIT_BIND)
#undef KRB5_MIT_BIND
    return all;
  }();
  return complete ? &api : nullptr;
}

Krb5Session::~Krb5Session() {
  if (context_ != nullptr) Krb5()->krb5_free_context(context_);
}

Status Krb5Session::Begin() {
  krb5_error_code code = Krb5()->krb5_init_context(&context_);
  if (code != 0) context_ = nullptr;
  return Check("krb5_init_context", code);
}

Status Krb5Session::Check(const char* call, krb5_error_code code) const {
  if (code == 0) return Status::Ok();
  Failure failure;
  failure.call = call;
  failure.major = GSS_S_FAILURE;
  failure.minor = static_cast<uint32_t>(code);
  failure.minor_name = MinorName(failure.minor);
  const char* text = context_ == nullptr ? nullptr : Krb5()->krb5_get_error_message(context_, code);
  if (text != nullptr) {
    failure.minor_messages.emplace_back(text);
    Krb5()->krb5_free_error_message(context_, text);
  }
  return Status::Fail(std::move(failure));
}

Status TicketCache::Resolve(const std::string& name) {
  return session_.Check("krb5_cc_resolve",
                        Krb5()->krb5_cc_resolve(session_.get(), name.c_str(), &cache_));
}

Status TicketCache::Destroy() {
  krb5_ccache cache = std::exchange(cache_, nullptr);
  return session_.Check("krb5_cc_destroy", Krb5()->krb5_cc_destroy(session_.get(), cache));
}

krb5_error_code TicketCache::Default() { return Krb5()->krb5_cc_default(session_.get(), &cache_); }

void TicketCache::Close() {
  if (cache_ != nullptr) Krb5()->krb5_cc_close(session_.get(), cache_);
}

Keytab::~Keytab() {
  if (keytab_ != nullptr) Krb5()->krb5_kt_close(session_.get(), keytab_);
}

Status Keytab::Resolve(const std::string& name) {
  return session_.Check("krb5_kt_resolve",
                        Krb5()->krb5_kt_resolve(session_.get(), name.c_str(), &keytab_));
}

Status Keytab::FirstPrincipal(std::string* principal) const {
  const Krb5Api& api = *Krb5();
  krb5_kt_cursor cursor;
  krb5_error_code code = api.krb5_kt_start_seq_get(session_.get(), keytab_, &cursor);
  if (code != 0) return session_.Check("krb5_kt_start_seq_get", code);
  krb5_keytab_entry entry = {};
  code = api.krb5_kt_next_entry(session_.get(), keytab_, &entry, &cursor);
  api.krb5_kt_end_seq_get(session_.get(), keytab_, &cursor);
  if (code == KRB5_KT_END) return Status::Ok();
  if (code != 0) return session_.Check("krb5_kt_next_entry", code);
  char* text = nullptr;
  code = api.krb5_unparse_name(session_.get(), entry.principal, &text);
  if (code == 0) *principal = text;
  api.krb5_free_unparsed_name(session_.get(), text);
  api.krb5_free_keytab_entry_contents(session_.get(), &entry);
  return session_.Check("krb5_unparse_name", code);
}

Principal::~Principal() {
  if (principal_ != nullptr) Krb5()->krb5_free_principal(session_.get(), principal_);
}

Status Principal::Parse(const std::string& text) {
  return session_.Check("krb5_parse_name",
                        Krb5()->krb5_parse_name(session_.get(), text.c_str(), &principal_));
}

Tickets::~Tickets() { Krb5()->krb5_free_cred_contents(session_.get(), get()); }

LibraryData::~LibraryData() {
  if (g_gss->mit) {
    Krb5()->free_mit_data(session_.get(), &memory_.mit);
  } else {
    Krb5()->free_heimdal_data(&memory_.heimdal);
  }
}

std::string LibraryData::text() const {
  const void* data = g_gss->mit ? memory_.mit.data : memory_.heimdal.data;
  size_t length = g_gss->mit ? memory_.mit.length : memory_.heimdal.length;
  return data == nullptr ? "" : std::string(static_cast<const char*>(data), length);
}

}  // namespace backend
}  // namespace gssapi
