#include "credential_origin.h"
#include "credential_parts.h"
#include "credential_use.h"
#include "explain.h"
#include "failure.h"
#include "memory_keytab.h"

namespace gssapi {
namespace backend {
namespace {

void Describe(const CredentialRequest& request, const Actual& actual, CredentialFacts* facts) {
  facts->name = request.name;
  facts->usage = request.usage;
  facts->lifetime_known = true;
  facts->lifetime = actual.lifetime;
  facts->mechanisms = ToTexts(actual.mechanisms.get());
}

// One call of the gss_add_cred family: a request with one mechanism, added to `base`.
struct Addition {
  gss_cred_id_t base;
  const CredentialRequest& request;
  gss_OID mechanism;
  gss_cred_id_t* output;
  Actual* actual;
  OM_uint32* lifetime;  // null where it must not be asked for

  OM_uint32* initiator_lifetime() const {
    return request.usage == Usage::kAccept ? nullptr : lifetime;
  }
  OM_uint32* acceptor_lifetime() const {
    return request.usage == Usage::kAccept ? lifetime : nullptr;
  }
  gss_cred_usage_t usage() const { return static_cast<gss_cred_usage_t>(request.usage); }
};

// A copy with elements of its own, by way of its exported form, as gss_add_cred_from does it.
Status CopyOf(gss_cred_id_t base, CredentialHandle* copy) {
  if (g_gss->gss_export_cred == nullptr) return Unsupported("gss_export_cred");
  if (g_gss->gss_import_cred == nullptr) return Unsupported("gss_import_cred");
  LibraryBuffer token;
  OM_uint32 minor;
  OM_uint32 major = g_gss->gss_export_cred(&minor, base, token.out());
  Status status = Check("gss_export_cred", major, minor, Krb5Oid());
  if (!status.ok()) return status;
  major = g_gss->gss_import_cred(&minor, token.out(), copy->out());
  SecureZero(token.out()->value, token.size());
  return Check("gss_import_cred", major, minor, Krb5Oid());
}

// Quirk(mit): 1.20's gss_add_cred_with_password and gss_add_cred_impersonate_name give a new
// credential that shares the elements of the old one, and both free them. So they add in place, to
// a copy.
Status AddByImpersonation(const Addition& add, gss_cred_id_t impersonator) {
  static constexpr char kCall[] = "gss_add_cred_impersonate_name";
  if (g_gss->gss_add_cred_impersonate_name == nullptr) return Unsupported(kCall);
  CredentialHandle copy;
  Status status = CopyOf(add.base, &copy);
  if (!status.ok()) return status;
  OM_uint32 minor;
  OM_uint32 major = g_gss->gss_add_cred_impersonate_name(
      &minor, copy.get(), impersonator, HandleOf(add.request.name), add.mechanism, add.usage(),
      add.request.lifetime, add.request.lifetime, nullptr, add.actual->mechanisms.out(),
      add.initiator_lifetime(), add.acceptor_lifetime());
  status = Check(kCall, major, minor, add.mechanism);
  if (!status.ok()) return InPlainWords(std::move(status));
  std::swap(*add.output, *copy.out());
  return status;
}

Status AddWithPassword(const Addition& add) {
  static constexpr char kCall[] = "gss_add_cred_with_password";
  if (g_gss->gss_add_cred_with_password == nullptr) return Unsupported(kCall);
  gss_buffer_desc password = Input({add.request.password.data(), add.request.password.size()});
  CredentialHandle copy;
  Status status = CopyOf(add.base, &copy);
  if (!status.ok()) return status;
  OM_uint32 minor;
  OM_uint32 major = g_gss->gss_add_cred_with_password(
      &minor, copy.get(), HandleOf(add.request.name), add.mechanism, &password, add.usage(),
      add.request.lifetime, add.request.lifetime, nullptr, add.actual->mechanisms.out(),
      add.initiator_lifetime(), add.acceptor_lifetime());
  status = Check(kCall, major, minor, add.mechanism);
  if (status.ok()) std::swap(*add.output, *copy.out());
  return status;
}

Status AddFromStore(const Addition& add) {
  static constexpr char kCall[] = "gss_add_cred_from";
  if (g_gss->gss_add_cred_from == nullptr) return Unsupported(kCall);
  KeyValueSet store(add.request.store);
  if (add.request.password.present()) store.Add("password", add.request.password);
  OM_uint32 minor;
  OM_uint32 major = g_gss->gss_add_cred_from(
      &minor, add.base, HandleOf(add.request.name), add.mechanism, add.usage(),
      add.request.lifetime, add.request.lifetime, store.set(), add.output,
      add.actual->mechanisms.out(), add.initiator_lifetime(), add.acceptor_lifetime());
  return Check(kCall, major, minor, add.mechanism);
}

Status AddDefault(const Addition& add) {
  static constexpr char kCall[] = "gss_add_cred";
  if (g_gss->gss_add_cred == nullptr) return Unsupported(kCall);
  OM_uint32 minor;
  OM_uint32 major = g_gss->gss_add_cred(&minor, add.base, HandleOf(add.request.name), add.mechanism,
                                        add.usage(), add.request.lifetime, add.request.lifetime,
                                        add.output, add.actual->mechanisms.out(),
                                        add.initiator_lifetime(), add.acceptor_lifetime());
  return Check(kCall, major, minor, add.mechanism);
}

Status Add(const Addition& add, gss_cred_id_t impersonator) {
  if (impersonator != GSS_C_NO_CREDENTIAL) return AddByImpersonation(add, impersonator);
  if (!add.request.store.empty()) return AddFromStore(add);
  return add.request.password.present() ? AddWithPassword(add) : AddDefault(add);
}

}  // namespace

Status ImpersonateName(const Credential& impersonator, const CredentialRequest& request,
                       CredentialPtr* credential, CredentialFacts* facts) {
  static constexpr char kCall[] = "gss_acquire_cred_impersonate_name";
  if (g_gss->gss_acquire_cred_impersonate_name == nullptr) return Unsupported(kCall);
  OidSet mechanisms;
  Status status = mechanisms.Read(kCall, request.mechanisms);
  if (status.ok()) status = Prepare(impersonator, nullptr, kCall);
  if (!status.ok()) return status;
  auto in_use = Using(impersonator);
  auto result = std::make_shared<Credential>();
  Actual actual;
  OM_uint32 minor;
  OM_uint32 major = g_gss->gss_acquire_cred_impersonate_name(
      &minor, in_use.get(), HandleOf(request.name), request.lifetime, mechanisms.set(),
      static_cast<int>(request.usage), result->out(), actual.mechanisms.out(), &actual.lifetime);
  status = Check(kCall, major, minor, mechanisms.first());
  if (!status.ok()) return InPlainWords(std::move(status));
  Describe(request, actual, facts);
  *credential = std::move(result);
  return status;
}

Status AddCredential(const Credential& base, const CredentialPtr& impersonator,
                     const CredentialRequest& request, CredentialPtr* credential,
                     CredentialFacts* facts) {
  // Not tried with other libraries, whose copies may share elements like MIT's.
  if (!g_gss->mit) return Unsupported("gss_add_cred_from");
  OidSet mechanisms;
  Status status = mechanisms.Read("gss_add_cred", request.mechanisms);
  if (status.ok()) status = Prepare(base, nullptr, "gss_add_cred");
  if (status.ok() && impersonator != nullptr) {
    status = Prepare(*impersonator, nullptr, "gss_add_cred_impersonate_name");
  }
  if (!status.ok()) return status;
  auto base_in_use = Using(base);
  // Beside others that use it, as the library lets it be: waiting for two could be for ever.
  Beside impersonator_in_use(impersonator.get() == &base ? nullptr : impersonator.get());
  gss_cred_id_t other = impersonator.get() == &base ? base_in_use.get() : impersonator_in_use.get();
  auto result = std::make_shared<Credential>();
  MemoryKeytabs keytabs;
  status = MakeKeytabs(request, &keytabs);
  if (!status.ok()) return status;
  Actual actual;
  OM_uint32* lifetime = MayAskLifetime(request) ? &actual.lifetime : nullptr;
  PinnedCache pinned(request);
  status = Add({base_in_use.get(), request, mechanisms.first(), result->out(), &actual, lifetime},
               other);
  if (!status.ok()) return status;
  Describe(request, actual, facts);
  facts->lifetime_known = lifetime != nullptr;
  result->decided = base.decided && MayAskLifetime(request);
  *credential = std::move(result);
  return status;
}

}  // namespace backend
}  // namespace gssapi
