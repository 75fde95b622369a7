#include "failure.h"
#include "handles.h"

namespace gssapi {
namespace backend {

Status StoreCredential(const Credential&, const StoreRequest&, Stored*) {
  return Unsupported("StoreCredential", "Windows keeps tickets by itself");
}

Status ExportCredential(const Credential&, Secret*, std::vector<std::string>*) {
  return Unsupported("ExportCredential", "SSPI's credentials stay in their process");
}

Status ImportCredential(const Secret&, CredentialPtr*) {
  return Unsupported("ImportCredential", "SSPI's credentials stay in their process");
}

void LeaveOpen(Credential*, Usage, const std::vector<std::string>&,
               const std::vector<std::string>&) {}

}  // namespace backend
}  // namespace gssapi
