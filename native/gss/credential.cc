#include <algorithm>
#include <cstring>
#include <optional>

#include "acceptor_name.h"
#include "credential_choice.h"
#include "credential_import.h"
#include "credential_origin.h"
#include "credential_parts.h"
#include "credential_use.h"
#include "explain.h"
#include "failure.h"
#include "memory_keytab.h"

namespace gssapi {
namespace backend {
namespace {

// Whether a place is the environment's, which may be another by now.
bool NeedsPlace(const CredentialRequest& request, const char* key, const Secret& place) {
  bool of_initiator = strcmp(key, "client_keytab") == 0;
  Usage other = of_initiator ? Usage::kAccept : Usage::kInitiate;
  if (place.size() == 0 || request.usage == other) return false;
  if (of_initiator && request.password.present()) return false;
  for (const auto& [name, value] : request.store) {
    if (name == key || (of_initiator && name == "password")) return false;
  }
  return true;
}

Status AcquireFromStore(const CredentialRequest& request, gss_name_t name, OidSet* mechanisms,
                        gss_cred_id_t* credential, Actual* actual, OM_uint32* lifetime) {
  static constexpr char kCall[] = "gss_acquire_cred_from";
  // A name chooses among the caches of a collection that is named, as of the default one.
  std::string matching;
  for (const auto& [key, value] : request.store) {
    if (key == "ccache" && request.name != nullptr) matching = CacheOf(request.name, value.text());
  }
  Secret matched(BytesOf(matching));
  KeyValueSet store({});
  for (const auto& [key, value] : request.store) {
    store.Add(key.c_str(), key == "ccache" && !matching.empty() ? matched : value);
  }
  if (request.password.present()) store.Add("password", request.password);
  Secret keytab(BytesOf(request.environment.keytab));
  Secret client_keytab(BytesOf(request.environment.client_keytab));
  if (NeedsPlace(request, "keytab", keytab)) store.Add("keytab", keytab);
  if (NeedsPlace(request, "client_keytab", client_keytab))
    store.Add("client_keytab", client_keytab);
  OM_uint32 minor;
  OM_uint32 major = g_gss->gss_acquire_cred_from(&minor, name, request.lifetime, mechanisms->set(),
                                                 static_cast<int>(request.usage), store.set(),
                                                 credential, actual->mechanisms.out(), lifetime);
  return Check(kCall, major, minor, mechanisms->first());
}

Status AcquireWithPassword(const CredentialRequest& request, gss_name_t name, OidSet* mechanisms,
                           gss_cred_id_t* credential, Actual* actual, OM_uint32* lifetime) {
  static constexpr char kCall[] = "gss_acquire_cred_with_password";
  if (g_gss->gss_acquire_cred_with_password == nullptr) return Unsupported(kCall);
  gss_buffer_desc password = Input({request.password.data(), request.password.size()});
  OM_uint32 minor;
  OM_uint32 major = g_gss->gss_acquire_cred_with_password(
      &minor, name, &password, request.lifetime, mechanisms->set(), static_cast<int>(request.usage),
      credential, actual->mechanisms.out(), lifetime);
  return Check(kCall, major, minor, mechanisms->first());
}

// MIT's credential of a password is for krb5 alone where no mechanism is named, and people use
// theirs for SPNEGO as well. One after the other, so that a wrong password counts once against the
// account. Where SPNEGO is not there, krb5 is all.
void AddSpnego(const CredentialRequest& request, gss_name_t name, gss_cred_id_t credential,
               Actual* actual) {
  if (!g_gss->mit || g_gss->gss_add_cred_with_password == nullptr) return;
  gss_buffer_desc password = Input({request.password.data(), request.password.size()});
  OidSetHandle mechanisms;
  OM_uint32 minor;
  OM_uint32 major = g_gss->gss_add_cred_with_password(
      &minor, credential, name, SpnegoOid(), &password, static_cast<int>(request.usage),
      request.lifetime, request.lifetime, nullptr, mechanisms.out(), nullptr, nullptr);
  if (!GSS_ERROR(major) && mechanisms) actual->mechanisms = std::move(mechanisms);
}

Status AcquireDefault(const CredentialRequest& request, gss_name_t name, OidSet* mechanisms,
                      gss_cred_id_t* credential, Actual* actual, OM_uint32* lifetime) {
  OM_uint32 minor;
  OM_uint32 major = g_gss->gss_acquire_cred(&minor, name, request.lifetime, mechanisms->set(),
                                            static_cast<int>(request.usage), credential,
                                            actual->mechanisms.out(), lifetime);
  return Check("gss_acquire_cred", major, minor, mechanisms->first());
}

}  // namespace

Environment ReadEnvironment() {
  return {SecureEnv("KRB5CCNAME"), SecureEnv("KRB5_KTNAME"), SecureEnv("KRB5_CLIENT_KTNAME")};
}

namespace {

// By the store that was named, or by the environment's places at the moment of the call.
Status Acquire(const CredentialRequest& request, bool moved, OidSet* mechanisms, Credential* result,
               Actual* actual, OM_uint32* lifetime) {
  gss_name_t name = HandleOf(request.name);
  if (!request.store.empty() && g_gss->gss_acquire_cred_from == nullptr) {
    return ImportFromStore(request, &result->own->handle);
  }
  if (!request.store.empty() || moved) {
    std::optional<PinnedCache> pinned;
    if (moved && request.name != nullptr) pinned.emplace(request);
    return AcquireFromStore(request, name, mechanisms, result->out(), actual, lifetime);
  }
  if (!request.password.present()) {
    return AcquireDefault(request, name, mechanisms, result->out(), actual, lifetime);
  }
  Status status = AcquireWithPassword(request, name, mechanisms, result->out(), actual, lifetime);
  if (status.ok() && request.mechanisms.empty()) {
    AddSpnego(request, name, result->own->handle.get(), actual);
  }
  return status;
}

// An open credential is held to the environment when it is decided.
bool MayMove(const CredentialRequest& request) {
  if (!g_gss->mit || g_gss->gss_acquire_cred_from == nullptr) return false;
  return !request.password.present();
}

// Where SPNEGO finds no mechanism with a credential it does not say why: krb5 is asked for the same
// again. Not with a password, of which a wrong one counts against the account.
Status Explain(Status failure, const CredentialRequest& request, bool moved) {
  if (!g_gss->mit || request.password.present()) return failure;
  OidSet krb5;
  if (IsOpaque(failure.failure()) && krb5.Read("gss_acquire_cred", {kKrb5Oid}).ok()) {
    Credential unused;
    Actual actual;
    Status asked = Acquire(request, moved, &krb5, &unused, &actual, nullptr);
    failure = ExplainedBy(asked, std::move(failure));
  }
  bool of_default = request.store.empty() && request.name == nullptr;
  return of_default ? ExplainDefaultCache(std::move(failure)) : std::move(failure);
}

std::string CacheOfStore(const CredentialRequest& request) {
  for (const auto& [key, value] : request.store) {
    if (key == "ccache") return value.text();
  }
  return "";
}

}  // namespace

Status AcquireCredential(const CredentialRequest& request, CredentialPtr* credential,
                         CredentialFacts* facts) {
  OidSet mechanisms;
  Status status = LoadLibrary();
  if (status.ok()) status = mechanisms.Read("gss_acquire_cred", request.mechanisms);
  MemoryKeytabs keytabs;
  if (status.ok()) status = MakeKeytabs(request, &keytabs);
  if (!status.ok()) return status;
  bool imports = !request.store.empty() && g_gss->gss_acquire_cred_from == nullptr;
  bool may_move = MayMove(request);
  bool moved = may_move && HasMoved(request.environment);
  std::shared_ptr<Credential> result;
  std::optional<Actual> actual;
  OM_uint32* lifetime = nullptr;
  do {  // again where the environment became another one meanwhile
    result = std::make_shared<Credential>();
    actual.emplace();
    lifetime = MayAskLifetime(request) && !imports ? &actual->lifetime : nullptr;
    status = Acquire(request, moved, &mechanisms, result.get(), &*actual, lifetime);
  } while (!moved && may_move && (moved = HasMoved(request.environment)));
  if (!status.ok()) return imports ? std::move(status) : Explain(std::move(status), request, moved);
  facts->name = request.name;
  facts->usage = request.usage;
  facts->lifetime_known = lifetime != nullptr;
  facts->lifetime = actual->lifetime;
  facts->mechanisms = ToTexts(actual->mechanisms.get());
  if (imports) facts->mechanisms = {kKrb5Oid};
  AttachOrigin(request, facts->mechanisms, result.get());
  const std::string cache = CacheOfStore(request);
  result->decided = MayAskLifetime(request) || result->origin != nullptr || !cache.empty();
  const std::string& place = cache.empty() ? request.environment.ccache : cache;
  result->own->in_memory = request.password.present() || place.rfind("MEMORY:", 0) == 0;
  *credential = std::move(result);
  return status;
}

namespace {

bool Has(gss_OID_set set, const char* oid) {
  std::vector<std::string> texts = ToTexts(set);
  return std::find(texts.begin(), texts.end(), oid) != texts.end();
}

bool HasNtlm() {
  OidSetHandle all;
  OM_uint32 minor;
  return !GSS_ERROR(g_gss->gss_indicate_mechs(&minor, all.out())) && Has(all.get(), kNtlmOid);
}

// Quirk(ntlmssp): gss-ntlmssp 1.2 crashes when an acceptor's credential is asked its name, which it
// has not. Which mechanism answers is the first for the whole, and for SPNEGO one of those within,
// which nobody tells.
bool MayAskName(gss_OID_set mechanisms, const std::string& asked, gss_cred_usage_t usage) {
  if (usage == GSS_C_INITIATE || mechanisms == GSS_C_NO_OID_SET || mechanisms->count == 0)
    return true;
  std::string answers = asked.empty() ? OidToText(&mechanisms->elements[0]) : asked;
  if (answers == kNtlmOid) return false;
  return answers != kSpnegoOid || !HasNtlm();
}

}  // namespace

Status InquireCredential(const Credential& credential, const std::string& mechanism,
                         CredentialFacts* facts) {
  Status ready = Prepare(credential, nullptr, "gss_inquire_cred");
  if (!ready.ok()) return ready;
  auto in_use = Using(credential);
  gss_cred_id_t handle = in_use.get();
  NameHandle name;
  OidSetHandle mechanisms;
  gss_cred_usage_t usage = GSS_C_BOTH;
  OM_uint32 minor;
  OM_uint32 major =
      g_gss->gss_inquire_cred(&minor, handle, nullptr, &facts->lifetime, &usage, mechanisms.out());
  AcceptorName acceptor;
  Status status = Check("gss_inquire_cred", major, minor, Krb5Oid());
  if (status.ok() && usage != GSS_C_INITIATE) status = NameOfAcceptor(handle, &acceptor);
  if (!status.ok()) return status;
  bool ask = mechanism.empty() && !acceptor.unnamed && MayAskName(mechanisms.get(), "", usage);
  if (ask) {
    major = g_gss->gss_inquire_cred(&minor, handle, name.out(), nullptr, nullptr, nullptr);
    status = Check("gss_inquire_cred", major, minor, Krb5Oid());
    if (!status.ok()) return status;
  }
  bool may_ask_name = !acceptor.unnamed && MayAskName(mechanisms.get(), mechanism, usage);
  facts->mechanisms = ToTexts(mechanisms.get());
  Oid oid(mechanism.empty() ? kKrb5Oid : mechanism);
  if (!oid) return BadOid("gss_inquire_cred_by_mech", mechanism);
  NameHandle by_mechanism;
  major = g_gss->gss_inquire_cred_by_mech(
      &minor, handle, oid.get(), may_ask_name ? by_mechanism.out() : nullptr,
      &facts->initiator_lifetime, &facts->acceptor_lifetime, &usage);
  if (!mechanism.empty()) {
    status = Check("gss_inquire_cred_by_mech", major, minor, oid.get());
    if (!status.ok()) return status;
    name = std::move(by_mechanism);
  } else if (GSS_ERROR(major)) {  // a credential without krb5: the common answer is all there is
    facts->initiator_lifetime = usage == GSS_C_ACCEPT ? 0 : facts->lifetime;
    facts->acceptor_lifetime = usage == GSS_C_INITIATE ? 0 : facts->lifetime;
  }
  facts->usage = static_cast<Usage>(usage);
  facts->lifetime_known = true;
  facts->name = acceptor.unnamed ? acceptor.name : AdoptNegotiated(&name);
  return status;
}

// Heimdal's krb5 does not lock a credential while it asks a KDC. See credential_use.h.
Sharing SharingOf(const Credential& credential) {
  if (!g_gss->mit) return g_gss->gss_set_neg_mechs == nullptr ? Sharing::kFree : Sharing::kAlone;
  std::shared_ptr<CredentialOwn> own = std::atomic_load(&credential.own);
  std::lock_guard<std::mutex> lock(own->copies.mutex);
  return own->copies.exported == nullptr ? Sharing::kAlone : Sharing::kByCopies;
}

}  // namespace backend
}  // namespace gssapi
