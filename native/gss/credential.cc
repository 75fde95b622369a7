#include <algorithm>

#include "acceptor_name.h"
#include "credential_import.h"
#include "credential_parts.h"
#include "failure.h"

namespace gssapi {
namespace backend {
namespace {

Status AcquireFromStore(const CredentialRequest& request, gss_name_t name, OidSet* mechanisms,
                        gss_cred_id_t* credential, Actual* actual, OM_uint32* lifetime) {
  static constexpr char kCall[] = "gss_acquire_cred_from";
  KeyValueSet store(request.store);
  if (request.password.present()) store.Add("password", request.password);
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

namespace {

using Acquire = Status(const CredentialRequest& request, gss_name_t name, OidSet* mechanisms,
                       gss_cred_id_t* credential, Actual* actual, OM_uint32* lifetime);

// Where SPNEGO finds no mechanism with a credential it does not say why: krb5 is asked for the same
// again. Not with a password, of which a wrong one counts against the account.
Status Explain(Status failure, Acquire* acquire, const CredentialRequest& request,
               gss_name_t name) {
  const Failure& told = failure.failure();
  bool opaque = g_gss->mit && told.minor_name.empty() &&
                GSS_ROUTINE_ERROR(told.major) == GSS_S_NO_CRED && !request.password.present();
  OidSet krb5;
  if (!opaque || !krb5.Read("gss_acquire_cred", {kKrb5Oid}).ok()) return failure;
  CredentialHandle unused;
  Actual actual;
  Status asked = acquire(request, name, &krb5, unused.out(), &actual, nullptr);
  return ExplainedBy(asked, std::move(failure));
}

}  // namespace

Status AcquireCredential(const CredentialRequest& request, CredentialPtr* credential,
                         CredentialFacts* facts) {
  OidSet mechanisms;
  Status status = LoadLibrary();
  if (status.ok()) status = mechanisms.Read("gss_acquire_cred", request.mechanisms);
  if (!status.ok()) return status;
  auto result = std::make_shared<Credential>();
  Actual actual;
  bool imports = !request.store.empty() && g_gss->gss_acquire_cred_from == nullptr;
  OM_uint32* lifetime = MayAskLifetime(request) && !imports ? &actual.lifetime : nullptr;
  gss_name_t name = request.name == nullptr ? GSS_C_NO_NAME : request.name->handle.get();
  auto acquire = !request.store.empty()       ? AcquireFromStore
                 : request.password.present() ? AcquireWithPassword
                                              : AcquireDefault;
  status = imports ? ImportFromStore(request, &result->handle)
                   : acquire(request, name, &mechanisms, result->handle.out(), &actual, lifetime);
  if (!status.ok())
    return imports ? std::move(status) : Explain(std::move(status), acquire, request, name);
  if (acquire == AcquireWithPassword && request.mechanisms.empty()) {
    AddSpnego(request, name, result->handle.get(), &actual);
  }
  facts->name = request.name;
  facts->usage = request.usage;
  facts->lifetime_known = lifetime != nullptr;
  facts->lifetime = actual.lifetime;
  facts->mechanisms = ToTexts(actual.mechanisms.get());
  if (imports) facts->mechanisms = {kKrb5Oid};
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
  auto in_use = Using(credential);
  gss_cred_id_t handle = credential.handle.get();
  NameHandle name;
  OidSetHandle mechanisms;
  gss_cred_usage_t usage = GSS_C_BOTH;
  OM_uint32 minor;
  OM_uint32 major =
      g_gss->gss_inquire_cred(&minor, handle, nullptr, &facts->lifetime, &usage, mechanisms.out());
  AcceptorName acceptor;
  Status status = Check("gss_inquire_cred", major, minor, Krb5Oid());
  if (status.ok() && usage != GSS_C_INITIATE) status = NameOfAcceptor(credential, &acceptor);
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

// MIT's krb5 locks a credential from a step's begin to its end, a request for a ticket included;
// Heimdal's does not.
Sharing SharingOf(const Credential&) { return g_gss->mit ? Sharing::kAlone : Sharing::kFree; }

}  // namespace backend
}  // namespace gssapi
