#include "failure.h"
#include "handles.h"

namespace gssapi {
namespace backend {

Status ImpersonateName(const Credential&, const CredentialRequest&, CredentialPtr*,
                       CredentialFacts*) {
  return Unsupported("ImpersonateName", "SSPI has S4U2Self in LsaLogonUser only");
}

Status AddCredential(const Credential&, const CredentialPtr&, const CredentialRequest&,
                     CredentialPtr*, CredentialFacts*) {
  return Unsupported("AddCredential", "an SSPI credential cannot be added to: acquire one for all");
}

}  // namespace backend
}  // namespace gssapi
