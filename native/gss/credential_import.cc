#include "credential_import.h"

#include "failure.h"
#include "krb5_library.h"
#include "oid.h"

namespace gssapi {
namespace backend {
namespace {

constexpr char kCall[] = "gss_krb5_import_cred";

Status NoStore() { return Unsupported("gss_acquire_cred_from"); }

struct Places {
  std::string ccache;
  std::string keytab;
};

// An element that would be passed over could leave the process's own in its place.
Status ReadPlaces(const CredentialRequest& request, Places* places) {
  if (request.password.present()) return NoStore();
  for (const std::string& mechanism : request.mechanisms) {
    if (mechanism != kKrb5Oid) return NoStore();
  }
  for (const auto& [key, value] : request.store) {
    if (key != "ccache" && key != "keytab") return NoStore();
    (key == "ccache" ? places->ccache : places->keytab) = value.text();
  }
  bool initiates = request.usage != Usage::kAccept;
  bool accepts = request.usage != Usage::kInitiate;
  if (initiates == places->ccache.empty() || accepts == places->keytab.empty()) return NoStore();
  return Status::Ok();
}

// The mechanism's own name, as the text that libkrb5 reads.
Status PrincipalText(const NamePtr& name, std::string* text) {
  NamePtr canonical;
  std::string type;
  Status status = CanonicalizeName(*name, kKrb5Oid, &canonical);
  return status.ok() ? DisplayName(*canonical, text, &type) : std::move(status);
}

// Whom an initiator's tickets are for decides the cache; a name can but be compared.
Status CheckOwner(const NamePtr& name, gss_cred_id_t credential) {
  NameHandle owner;
  OM_uint32 minor;
  OM_uint32 major =
      g_gss->gss_inquire_cred(&minor, credential, owner.out(), nullptr, nullptr, nullptr);
  Status status = Check("gss_inquire_cred", major, minor, Krb5Oid());
  if (!status.ok()) return status;
  NamePtr found = Adopt(&owner);
  bool equal = false;
  if (found != nullptr) status = CompareNames(*found, *name, &equal);
  if (!status.ok() || equal) return status;
  return Status::RefuseToken(GSS_S_NO_CRED, "the cache is of somebody else", kCall);
}

}  // namespace

Status ImportFromStore(const CredentialRequest& request, CredentialHandle* credential) {
  Places places;
  Status status = ReadPlaces(request, &places);
  if (!status.ok()) return status;
  if (g_gss->gss_krb5_import_cred == nullptr || Krb5() == nullptr) return NoStore();
  Krb5Session session;
  status = session.Begin();
  if (!status.ok()) return status;
  TicketCache cache(session);
  Keytab keytab(session);
  Principal owner(session);
  if (!places.ccache.empty()) status = cache.Resolve(places.ccache);
  if (status.ok() && !places.keytab.empty()) status = keytab.Resolve(places.keytab);
  if (status.ok() && request.name != nullptr && keytab.get() != nullptr) {
    std::string text;
    status = PrincipalText(request.name, &text);
    if (status.ok()) status = owner.Parse(text);
  }
  if (!status.ok()) return status;
  OM_uint32 minor;
  OM_uint32 major = g_gss->gss_krb5_import_cred(&minor, cache.get(), owner.get(), keytab.get(),
                                                credential->out());
  status = Check(kCall, major, minor, Krb5Oid());
  if (!status.ok() || request.name == nullptr || cache.get() == nullptr) return status;
  return CheckOwner(request.name, credential->get());
}

}  // namespace backend
}  // namespace gssapi
