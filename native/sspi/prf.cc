#include "failure.h"
#include "handles.h"

namespace gssapi {
namespace backend {

Status PseudoRandom(Context*, bool, Bytes, MutableBytes) {
  return Unsupported("PseudoRandom", "SSPI has no pseudo-random function");
}

}  // namespace backend
}  // namespace gssapi
