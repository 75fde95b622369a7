#include <mutex>

#include "credential_origin.h"
#include "credential_parts.h"
#include "credential_use.h"
#include "failure.h"

namespace gssapi {
namespace backend {
namespace {

// Alone with the credential, or a refusal: the library changes options without a lock.
Status Alone(const Credential& credential, const char* call,
             std::unique_lock<std::shared_mutex>* alone) {
  *alone = std::unique_lock<std::shared_mutex>(credential.in_use, std::try_to_lock);
  if (alone->owns_lock()) return Status::Ok();
  return Status::Refuse(kErrContextBusy, "a call is using the credential", call);
}

// What could be set is set again on copies, and on one that takes the credential's place.
Status Change(Credential* credential, const char* call, const std::string& key,
              const CredentialChange& change) {
  std::unique_lock<std::shared_mutex> alone;
  Status status = Alone(*credential, call, &alone);
  if (status.ok()) status = change(&credential->own->handle);
  if (!status.ok()) return status;
  credential->changes[key] = change;
  ForgetCopies(credential);
  return status;
}

bool StartsWith(const std::string& text, const std::string& prefix) {
  return text.compare(0, prefix.size(), prefix) == 0;
}

// Quirk(mit): krb5's other options (MIT's 1.2.840.113554.1.2.2.5, Heimdal's 1.2.752.43.13) are
// structures of C with pointers in them, into which the library follows whatever bytes it is given.
bool HoldsPointers(const std::string& oid) {
  if (oid == kNoCiFlagsOid) return false;
  return StartsWith(oid, "1.2.840.113554.1.2.2.5.") || StartsWith(oid, "1.2.752.43.13.");
}

}  // namespace

Status SetNegotiableMechanisms(Credential* credential, const std::vector<std::string>& mechanisms) {
  static constexpr char kCall[] = "gss_set_neg_mechs";
  if (g_gss->gss_set_neg_mechs == nullptr) return Unsupported(kCall);
  OidSet set;
  Status status = set.Read(kCall, mechanisms);
  if (!status.ok()) return status;
  std::unique_lock<std::shared_mutex> alone;
  status = Alone(*credential, kCall, &alone);
  if (!status.ok()) return status;
  OM_uint32 minor;
  OM_uint32 major = g_gss->gss_set_neg_mechs(&minor, credential->own->handle.get(), set.set());
  status = Check(kCall, major, minor, SpnegoOid());
  if (!status.ok()) return status;
  credential->limits = credential->own->told = mechanisms;
  ForgetCopies(credential);
  return status;
}

Status SetCredentialOption(Credential* credential, const std::string& oid, Bytes value) {
  static constexpr char kCall[] = "gss_set_cred_option";
  if (g_gss->gss_set_cred_option == nullptr) return Unsupported(kCall);
  if (HoldsPointers(oid)) {
    return Status::Refuse(kErrUnsupported, "the option's value has pointers in it: " + oid, kCall);
  }
  auto option = std::make_shared<Oid>(oid);
  if (!*option) return BadOid(kCall, oid);
  auto kept = std::make_shared<Secret>(value);
  return Change(credential, kCall, oid, [option, kept](CredentialHandle* handle) {
    Secret copy(Bytes{kept->data(), kept->size()});  // the library may change what it is given
    gss_buffer_desc buffer = Input({copy.data(), copy.size()});
    OM_uint32 minor;
    OM_uint32 major = g_gss->gss_set_cred_option(&minor, handle->out(), option->get(), &buffer);
    return Check(kCall, major, minor, Krb5Oid());
  });
}

Status SetEnctypes(Credential* credential, const std::vector<int32_t>& enctypes) {
  static constexpr char kCall[] = "gss_krb5_set_allowable_enctypes";
  if (g_gss->gss_krb5_set_allowable_enctypes == nullptr) return Unsupported(kCall);
  std::vector<krb5_enctype> list(enctypes.begin(), enctypes.end());
  return Change(credential, kCall, kCall, [list](CredentialHandle* handle) {
    std::vector<krb5_enctype> copy = list;
    OM_uint32 minor;
    OM_uint32 major = g_gss->gss_krb5_set_allowable_enctypes(&minor, handle->get(),
                                                             static_cast<OM_uint32>(copy.size()),
                                                             copy.empty() ? nullptr : copy.data());
    return Check(kCall, major, minor, Krb5Oid());
  });
}

Status InquireCredentialByOid(const Credential& credential, const std::string& oid,
                              std::vector<Secret>* values) {
  static constexpr char kCall[] = "gss_inquire_cred_by_oid";
  if (g_gss->gss_inquire_cred_by_oid == nullptr) return Unsupported(kCall);
  Oid asked(oid);
  if (!asked) return BadOid(kCall, oid);
  Status status = Prepare(credential, nullptr, kCall);
  if (!status.ok()) return status;
  auto in_use = Using(credential);
  BufferSetHandle set;
  OM_uint32 minor;
  OM_uint32 major = g_gss->gss_inquire_cred_by_oid(&minor, in_use.get(), asked.get(), set.out());
  status = Check(kCall, major, minor, Krb5Oid());
  if (!status.ok() || !set) return status;
  for (size_t i = 0; i < set.get()->count; i++) {
    const gss_buffer_desc& element = set.get()->elements[i];
    values->emplace_back(Bytes{static_cast<const uint8_t*>(element.value), element.length});
  }
  return status;
}

}  // namespace backend
}  // namespace gssapi
