#include <mutex>

#include "credential_parts.h"
#include "failure.h"

namespace gssapi {
namespace backend {

Status SetNegotiableMechanisms(Credential* credential, const std::vector<std::string>& mechanisms) {
  static constexpr char kCall[] = "gss_set_neg_mechs";
  if (g_gss->gss_set_neg_mechs == nullptr) return Unsupported(kCall);
  OidSet set;
  Status status = set.Read(kCall, mechanisms);
  if (!status.ok()) return status;
  std::unique_lock<std::shared_mutex> alone(credential->in_use, std::try_to_lock);
  if (!alone) return Status::Refuse(kErrContextBusy, "a call is using the credential", kCall);
  OM_uint32 minor;
  OM_uint32 major = g_gss->gss_set_neg_mechs(&minor, credential->handle.get(), set.set());
  return Check(kCall, major, minor, OidFromText(kSpnegoOid));
}

}  // namespace backend
}  // namespace gssapi
