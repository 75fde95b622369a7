#include "oid_set.h"

#include <utility>

#include "failure.h"

namespace gssapi {
namespace backend {

Status OidSet::Read(const char* call, const std::vector<std::string>& texts) {
  for (const std::string& text : texts) {
    Oid oid(text);
    if (!oid) return BadOid(call, text);
    oids_.push_back(*oid.get());  // points at the DER, which does not move
    owned_.push_back(std::move(oid));
  }
  set_ = {oids_.size(), oids_.data()};
  return Status::Ok();
}

std::vector<std::string> ToTexts(gss_OID_set set) {
  std::vector<std::string> texts;
  for (size_t i = 0; set != GSS_C_NO_OID_SET && i < set->count; i++) {
    texts.push_back(OidToText(&set->elements[i]));
  }
  return texts;
}

}  // namespace backend
}  // namespace gssapi
