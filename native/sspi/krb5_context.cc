#include "failure.h"
#include "handles.h"

namespace gssapi {
namespace backend {
namespace {

constexpr char kKept[] = "Windows keeps the ticket and its keys to itself";

}  // namespace

Status ContextTicketFlags(Context*, uint32_t*) { return Unsupported("ContextTicketFlags", kKept); }

Status ContextAuthTime(Context*, int64_t*) { return Unsupported("ContextAuthTime", kKept); }

Status ContextAuthorizationData(Context*, uint32_t, std::vector<Secret>*) {
  return Unsupported("ContextAuthorizationData", kKept);
}

Status ExportLucidContext(Context*, LucidContext*) {
  return Unsupported("ExportLucidContext", kKept);
}

}  // namespace backend
}  // namespace gssapi
