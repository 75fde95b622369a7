#include "credential_origin.h"
#include "credential_parts.h"
#include "credential_use.h"
#include "failure.h"
#include "krb5_library.h"

namespace gssapi {
namespace backend {
namespace {

// One call of the gss_store_cred family.
struct Storing {
  gss_cred_id_t credential;
  const StoreRequest& request;
  gss_OID mechanism;
  OidSetHandle stored;
  gss_cred_usage_t usage = GSS_C_INITIATE;

  gss_cred_usage_t wanted() const { return static_cast<gss_cred_usage_t>(request.usage); }
  int make_default() const;
};

// Quirk(mit): 1.20's gss_store_cred_into (store_cred.c, copy_initiator_creds) makes a cache of its
// own in a collection and does not change the primary cache. An empty collection has none, so the
// collection's name does not find what was stored. Here the first cache becomes the primary one.
bool LacksPrimary(const StoreRequest& request) {
  const Krb5MitApi* api = Krb5Mit();
  Krb5Session session;
  if (api == nullptr || !session.Begin().ok()) return false;
  for (const auto& [key, value] : request.store) {
    bool named = key == "ccache";
    if (named && api->krb5_cc_set_default_name(session.get(), value.text()) != 0) return false;
  }
  TicketCache primary(session);
  Principal owner(session);
  if (api->krb5_cc_default(session.get(), primary.out()) != 0) return false;
  const char* type = api->krb5_cc_get_type(session.get(), primary.get());
  if (!api->krb5_cc_support_switch(session.get(), type)) return false;
  return Krb5()->krb5_cc_get_principal(session.get(), primary.get(), owner.out()) != 0;
}

int Storing::make_default() const { return request.make_default || LacksPrimary(request) ? 1 : 0; }

Status StoreInto(Storing* storing) {
  static constexpr char kCall[] = "gss_store_cred_into";
  if (g_gss->gss_store_cred_into == nullptr) return Unsupported(kCall);
  KeyValueSet store(storing->request.store);
  OM_uint32 minor;
  OM_uint32 major =
      g_gss->gss_store_cred_into(&minor, storing->credential, storing->wanted(), storing->mechanism,
                                 storing->request.overwrite ? 1 : 0, storing->make_default(),
                                 store.set(), storing->stored.out(), &storing->usage);
  return Check(kCall, major, minor, storing->mechanism);
}

Status StoreByDefault(Storing* storing) {
  static constexpr char kCall[] = "gss_store_cred";
  // Quirk(heimdal): 7.8 crashes where it is to overwrite and no mechanism is named, takes an empty
  // cache for one that has the credential, and says that it stored what nobody finds afterwards.
  if (g_gss->gss_store_cred == nullptr || !g_gss->mit) return Unsupported(kCall);
  OM_uint32 minor;
  OM_uint32 major =
      g_gss->gss_store_cred(&minor, storing->credential, storing->wanted(), storing->mechanism,
                            storing->request.overwrite ? 1 : 0, storing->make_default(),
                            storing->stored.out(), &storing->usage);
  return Check(kCall, major, minor, storing->mechanism);
}

}  // namespace

Status StoreCredential(const Credential& credential, const StoreRequest& request, Stored* stored) {
  Status ready = Prepare(credential, nullptr, "gss_store_cred");
  if (!ready.ok()) return ready;
  auto in_use = Using(credential);
  Oid mechanism(request.mechanism);
  if (!mechanism && !request.mechanism.empty()) {
    return BadOid("gss_store_cred", request.mechanism);
  }
  Storing storing = {in_use.get(), request, mechanism.get(), {}, GSS_C_INITIATE};
  Status status = request.store.empty() ? StoreByDefault(&storing) : StoreInto(&storing);
  if (!status.ok()) return status;
  stored->usage = static_cast<Usage>(storing.usage);
  stored->mechanisms = ToTexts(storing.stored.get());
  return status;
}

namespace {

// Open places go with a seat that is not decided yet.
CredentialUse UsingWithPlaces(const Credential& credential, std::vector<std::string>* places) {
  const Origin* origin = credential.origin.get();
  if (origin == nullptr || !origin->open) return Using(credential);
  std::lock_guard<std::mutex> making(credential.origin->making);
  if (origin->open) *places = origin->open_places;
  return Using(credential);
}

}  // namespace

Status ExportCredential(const Credential& credential, Secret* token,
                        std::vector<std::string>* places) {
  static constexpr char kCall[] = "gss_export_cred";
  if (g_gss->gss_export_cred == nullptr) return Unsupported(kCall);
  LibraryBuffer buffer;
  OM_uint32 minor;
  auto in_use = UsingWithPlaces(credential, places);
  OM_uint32 major = g_gss->gss_export_cred(&minor, in_use.get(), buffer.out());
  Status status = Check(kCall, major, minor, Krb5Oid());
  if (!status.ok()) return status;
  *token = Secret(Bytes{buffer.data(), buffer.size()});
  SecureZero(buffer.out()->value, buffer.size());
  return status;
}

Status ImportCredential(const Secret& token, CredentialPtr* credential) {
  static constexpr char kCall[] = "gss_import_cred";
  Status status = LoadLibrary();
  if (!status.ok()) return status;
  if (g_gss->gss_import_cred == nullptr) return Unsupported(kCall);
  gss_buffer_desc input = Input({token.data(), token.size()});
  auto result = std::make_shared<Credential>();
  OM_uint32 minor;
  OM_uint32 major = g_gss->gss_import_cred(&minor, &input, result->out());
  status = Check(kCall, major, minor, Krb5Oid());
  if (status.ok()) *credential = std::move(result);
  return status;
}

void LeaveOpen(Credential* credential, Usage usage, const std::vector<std::string>& mechanisms,
               const std::vector<std::string>& places) {
  if (!g_gss->mit || places.empty()) return;
  auto origin = std::make_shared<Origin>();
  origin->usage = usage;
  origin->mechanisms = mechanisms;
  origin->had = mechanisms;
  origin->collection = places[0];
  origin->open_places = places;
  for (size_t i = 1; i + 1 < places.size(); i += 2) {
    origin->places.emplace_back(places[i], places[i + 1]);
  }
  origin->open = true;
  origin->renews = HasClientKeytab(*origin);
  credential->origin = std::move(origin);
}

}  // namespace backend
}  // namespace gssapi
