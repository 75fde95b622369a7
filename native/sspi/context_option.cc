#include "failure.h"
#include "handles.h"

namespace gssapi {
namespace backend {

Status ProcessContextToken(Context*, Bytes) {
  return Unsupported("ProcessContextToken", "SSPI's contexts take no tokens but their peer's");
}

Status SetContextOption(Context*, const std::string&, Bytes) {
  return Unsupported("SetContextOption", "SSPI's attributes have no object identifiers");
}

}  // namespace backend
}  // namespace gssapi
