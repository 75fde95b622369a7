#include "failure.h"
#include "handles.h"

namespace gssapi {
namespace backend {

Status SetNegotiableMechanisms(Credential*, const std::vector<std::string>&) {
  return Unsupported("SetNegotiableMechanisms", "Negotiate chooses among its packages itself");
}

}  // namespace backend
}  // namespace gssapi
