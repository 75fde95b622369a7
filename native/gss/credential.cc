#include "failure.h"
#include "handles.h"
#include "oid.h"

namespace gssapi {
namespace backend {
namespace {

// The wanted mechanisms as a set that points at interned OIDs.
class Mechanisms {
 public:
  Status Read(const char* call, const std::vector<std::string>& texts) {
    for (const std::string& text : texts) {
      gss_OID oid = OidFromText(text);
      if (oid == GSS_C_NO_OID) return BadOid(call, text);
      oids_.push_back(*oid);
    }
    set_ = {oids_.size(), oids_.data()};
    return Status::Ok();
  }
  gss_OID_set set() { return oids_.empty() ? GSS_C_NO_OID_SET : &set_; }
  // Whose words a failure is in.
  gss_OID first() { return oids_.empty() ? OidFromText(kKrb5Oid) : &oids_[0]; }

 private:
  std::vector<gss_OID_desc> oids_;
  gss_OID_set_desc set_ = {0, nullptr};
};

// The lifetime is asked for only where nothing is left to choose: MIT would settle a default
// initiator credential on one cache of the collection, before the target is known.
bool MayAskLifetime(const CredentialRequest& request) {
  return request.name != nullptr || request.usage == Usage::kAccept || request.password.present();
}

struct Answer {
  OidSetHandle mechanisms;
  OM_uint32 lifetime = 0;
};

Status AcquireFromStore(const CredentialRequest& request, gss_name_t name, Mechanisms* mechanisms,
                        gss_cred_id_t* credential, Answer* answer, OM_uint32* lifetime) {
  static constexpr char kCall[] = "gss_acquire_cred_from";
  if (g_gss->gss_acquire_cred_from == nullptr) return Unsupported(kCall);
  std::vector<gss_key_value_element_desc> elements;
  for (const auto& [key, value] : request.store) elements.push_back({key.c_str(), value.text()});
  if (request.password.present()) elements.push_back({"password", request.password.text()});
  gss_key_value_set_desc store = {static_cast<OM_uint32>(elements.size()), elements.data()};
  OM_uint32 minor;
  OM_uint32 major = g_gss->gss_acquire_cred_from(&minor, name, request.lifetime, mechanisms->set(),
                                                 static_cast<int>(request.usage), &store,
                                                 credential, answer->mechanisms.out(), lifetime);
  return Check(kCall, major, minor, mechanisms->first());
}

Status AcquireWithPassword(const CredentialRequest& request, gss_name_t name,
                           Mechanisms* mechanisms, gss_cred_id_t* credential, Answer* answer,
                           OM_uint32* lifetime) {
  static constexpr char kCall[] = "gss_acquire_cred_with_password";
  if (g_gss->gss_acquire_cred_with_password == nullptr) return Unsupported(kCall);
  gss_buffer_desc password = Input({request.password.data(), request.password.size()});
  OM_uint32 minor;
  OM_uint32 major = g_gss->gss_acquire_cred_with_password(
      &minor, name, &password, request.lifetime, mechanisms->set(), static_cast<int>(request.usage),
      credential, answer->mechanisms.out(), lifetime);
  return Check(kCall, major, minor, mechanisms->first());
}

Status AcquireDefault(const CredentialRequest& request, gss_name_t name, Mechanisms* mechanisms,
                      gss_cred_id_t* credential, Answer* answer, OM_uint32* lifetime) {
  OM_uint32 minor;
  OM_uint32 major = g_gss->gss_acquire_cred(&minor, name, request.lifetime, mechanisms->set(),
                                            static_cast<int>(request.usage), credential,
                                            answer->mechanisms.out(), lifetime);
  return Check("gss_acquire_cred", major, minor, mechanisms->first());
}

std::vector<std::string> ToTexts(gss_OID_set set) {
  std::vector<std::string> texts;
  for (size_t i = 0; set != GSS_C_NO_OID_SET && i < set->count; i++) {
    texts.push_back(OidToText(&set->elements[i]));
  }
  return texts;
}

// A handle of the library's that becomes a Name of ours.
NamePtr Adopt(NameHandle* handle) {
  if (!*handle) return nullptr;
  auto name = std::make_shared<Name>();
  name->handle = std::move(*handle);
  return name;
}

}  // namespace

Status AcquireCredential(const CredentialRequest& request, CredentialPtr* credential,
                         CredentialFacts* facts) {
  Mechanisms mechanisms;
  Status status = LoadLibrary();
  if (status.ok()) status = mechanisms.Read("gss_acquire_cred", request.mechanisms);
  if (!status.ok()) return status;
  auto result = std::make_shared<Credential>();
  Answer answer;
  OM_uint32* lifetime = MayAskLifetime(request) ? &answer.lifetime : nullptr;
  gss_name_t name = request.name == nullptr ? GSS_C_NO_NAME : request.name->handle.get();
  auto acquire = !request.store.empty()       ? AcquireFromStore
                 : request.password.present() ? AcquireWithPassword
                                              : AcquireDefault;
  status = acquire(request, name, &mechanisms, result->handle.out(), &answer, lifetime);
  if (!status.ok()) return status;
  facts->name = request.name;
  facts->usage = request.usage;
  facts->lifetime_known = lifetime != nullptr;
  facts->lifetime = answer.lifetime;
  facts->mechanisms = ToTexts(answer.mechanisms.get());
  *credential = std::move(result);
  return status;
}

Status InquireCredential(const Credential& credential, const std::string& mechanism,
                         CredentialFacts* facts) {
  gss_cred_id_t handle = credential.handle.get();
  NameHandle name;
  OidSetHandle mechanisms;
  gss_cred_usage_t usage = GSS_C_BOTH;
  OM_uint32 minor;
  OM_uint32 major = g_gss->gss_inquire_cred(&minor, handle, name.out(), &facts->lifetime, &usage,
                                            mechanisms.out());
  Status status = Check("gss_inquire_cred", major, minor, OidFromText(kKrb5Oid));
  if (!status.ok()) return status;
  facts->mechanisms = ToTexts(mechanisms.get());
  gss_OID oid = OidFromText(mechanism.empty() ? kKrb5Oid : mechanism);
  if (oid == GSS_C_NO_OID) return BadOid("gss_inquire_cred_by_mech", mechanism);
  NameHandle by_mechanism;
  major = g_gss->gss_inquire_cred_by_mech(&minor, handle, oid, by_mechanism.out(),
                                          &facts->initiator_lifetime, &facts->acceptor_lifetime,
                                          &usage);
  if (!mechanism.empty()) {
    status = Check("gss_inquire_cred_by_mech", major, minor, oid);
    if (!status.ok()) return status;
    name = std::move(by_mechanism);
  } else if (GSS_ERROR(major)) {  // a credential without krb5: the common answer is all there is
    facts->initiator_lifetime = usage == GSS_C_ACCEPT ? 0 : facts->lifetime;
    facts->acceptor_lifetime = usage == GSS_C_INITIATE ? 0 : facts->lifetime;
  }
  facts->usage = static_cast<Usage>(usage);
  facts->lifetime_known = true;
  facts->name = Adopt(&name);
  return status;
}

}  // namespace backend
}  // namespace gssapi
