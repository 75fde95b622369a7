#include "failure.h"
#include "handles.h"

namespace gssapi {
namespace backend {

Status SetNegotiableMechanisms(Credential*, const std::vector<std::string>&) {
  return Unsupported("SetNegotiableMechanisms", "Negotiate chooses among its packages itself");
}

Status SetCredentialOption(Credential*, const std::string& oid, Bytes) {
  return Unsupported("SetCredentialsAttributesW", "SSPI knows no option " + oid);
}

Status SetEnctypes(Credential*, const std::vector<int32_t>&) {
  return Unsupported("SetEnctypes", "Windows chooses encryption types by its policy");
}

Status InquireCredentialByOid(const Credential&, const std::string& oid, std::vector<Secret>*) {
  return Unsupported("QueryCredentialsAttributesW", "SSPI knows no attribute " + oid);
}

}  // namespace backend
}  // namespace gssapi
