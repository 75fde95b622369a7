#include "credential_choice.h"

#include "failure.h"
#include "handles.h"

namespace gssapi {
namespace backend {
namespace {

std::string FullName(const Krb5Session& session, const TicketCache& cache) {
  char* name = nullptr;
  if (Krb5Mit()->krb5_cc_get_full_name(session.get(), cache.get(), &name) != 0) return "";
  std::string text = name;
  Krb5Mit()->krb5_free_string(session.get(), name);
  return text;
}

std::string KeytabName(const Krb5Session& session, krb5_error_code code, const Keytab& keytab) {
  char name[1024] = "";
  if (code != 0 || keytab.get() == nullptr) return "";
  code = Krb5Mit()->krb5_kt_get_name(session.get(), keytab.get(), name, sizeof(name));
  return code == 0 ? name : "";
}

// Rules for caches by service and host are for such names, of which the text alone does not tell.
bool IsHostBased(const Name& name) {
  static constexpr char kHostBased[] = "1.2.840.113554.1.2.1.4";  // GSS_C_NT_HOSTBASED_SERVICE
  std::string text;
  std::string type;
  return DisplayName(name, &text, &type).ok() && type == kHostBased;
}

// The name as krb5 has it, or none: a target may be of another mechanism.
bool ParsePrincipal(const NamePtr& name, Principal* principal) {
  NamePtr canonical;
  std::string text;
  std::string type;
  Status status = CanonicalizeName(*name, kKrb5Oid, &canonical);
  if (status.ok()) status = DisplayName(*canonical, &text, &type);
  if (status.ok()) status = principal->Parse(text);
  if (status.ok() && IsHostBased(*name)) principal->get()->type = KRB5_NT_SRV_HST;
  return status.ok();
}

// A principal that a rule (.k5identity) chose, and whose tickets no cache has, can get some by a
// client keytab, into a cache of its own where the collection can have one more.
Status CacheForRule(const Krb5Session& session, bool renews, const Principal& chosen,
                    Choice* choice) {
  char* text = nullptr;
  Status status = session.Check("krb5_unparse_name",
                                Krb5Mit()->krb5_unparse_name(session.get(), chosen.get(), &text));
  if (!status.ok()) return status;
  choice->principal = text;
  Krb5Mit()->krb5_free_string(session.get(), text);
  TicketCache first(session);
  status = session.Check("krb5_cc_default", Krb5Mit()->krb5_cc_default(session.get(), first.out()));
  if (!status.ok()) return status;
  choice->cache = FullName(session, first);
  const char* type = Krb5Mit()->krb5_cc_get_type(session.get(), first.get());
  if (!renews || !Krb5Mit()->krb5_cc_support_switch(session.get(), type)) return status;
  TicketCache fresh(session);
  status = session.Check("krb5_cc_new_unique",
                         Krb5Mit()->krb5_cc_new_unique(session.get(), type, nullptr, fresh.out()));
  if (status.ok()) choice->cache = FullName(session, fresh);
  return status;
}

}  // namespace

std::string ClientKeytab(const Krb5Session& session) {
  Keytab keytab(session);
  krb5_error_code code = Krb5Mit()->krb5_kt_client_default(session.get(), keytab.out());
  return KeytabName(session, code, keytab);
}

std::string DefaultKeytab(const Krb5Session& session) {
  Keytab keytab(session);
  krb5_error_code code = Krb5Mit()->krb5_kt_default(session.get(), keytab.out());
  return KeytabName(session, code, keytab);
}

// As MIT chooses (kg_cred_resolve): by the target, else the collection's first.
Status Choose(const Krb5Session& session, const std::string& collection, bool renews,
              const NamePtr& target, Choice* choice) {
  const Krb5MitApi* api = Krb5Mit();
  Status status =
      session.Check("krb5_cc_set_default_name",
                    api->krb5_cc_set_default_name(
                        session.get(), collection.empty() ? nullptr : collection.c_str()));
  if (!status.ok()) return status;
  Principal server(session);
  if (target != nullptr && ParsePrincipal(target, &server)) {
    TicketCache selected(session);
    Principal chosen(session);
    krb5_error_code code =
        api->krb5_cc_select(session.get(), server.get(), selected.out(), chosen.out());
    if (code != 0 && code != KRB5_CC_NOTFOUND) return session.Check("krb5_cc_select", code);
    if (selected.get() != nullptr) {
      choice->cache = FullName(session, selected);
      return status;
    }
    if (chosen.get() != nullptr) return CacheForRule(session, renews, chosen, choice);
  }
  TicketCache first(session);
  status = session.Check("krb5_cc_default", api->krb5_cc_default(session.get(), first.out()));
  if (status.ok()) choice->cache = FullName(session, first);
  return status;
}

std::string CacheOf(const NamePtr& name, const std::string& collection) {
  Krb5Session session;
  if (Krb5Mit() == nullptr || !session.Begin().ok()) return "";
  Principal owner(session);
  TicketCache cache(session);
  const char* text = collection.empty() ? nullptr : collection.c_str();
  bool found = Krb5Mit()->krb5_cc_set_default_name(session.get(), text) == 0 &&
               ParsePrincipal(name, &owner) &&
               Krb5Mit()->krb5_cc_cache_match(session.get(), owner.get(), cache.out()) == 0;
  return found ? FullName(session, cache) : "";
}

}  // namespace backend
}  // namespace gssapi
