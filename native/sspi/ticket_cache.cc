#include "failure.h"

namespace gssapi {
namespace backend {

Status RenewTicket(const std::string&, const std::string&) {
  return Unsupported("RenewTicket", "Windows renews its tickets by itself");
}

Status DestroyTicketCache(const std::string&) {
  return Unsupported("DestroyTicketCache", "Windows keeps tickets by itself");
}

}  // namespace backend
}  // namespace gssapi
