// The parsers of our own, which read a stranger's bytes before any library does. The input is
// copied to memory of its own size, so that a byte read beyond it is seen.
#include "../../native/gss/frame.h"
#include "../../native/gss/oid.h"
#include "fuzz.h"

namespace gssapi {
namespace fuzz {
namespace {

void Parse(const uint8_t* data, size_t size) {
  OwnedBytes bytes(Bytes{data, size});
  (void)backend::IsFramedReply(bytes.view());
  if (size == 0) return;
  gss_OID_desc oid = {static_cast<OM_uint32>(size), bytes.data()};
  std::string text = backend::OidToText(&oid);
  backend::Oid again(text);
  if (!again) return;
  Assert(backend::OidToText(again.get()) == text, "an OID's text is another's");
}

}  // namespace
}  // namespace fuzz
}  // namespace gssapi

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  gssapi::fuzz::Parse(data, size);
  return 0;
}
