#include "failure.h"
#include "handles.h"
#include "package.h"

namespace gssapi {
namespace backend {
namespace {

constexpr char kNone[] = "SSPI's names have no attributes";

}  // namespace

Status InquireName(const Name& name, NameFacts* facts) {
  facts->of_mechanism = name.of_mechanism;
  if (name.of_mechanism) facts->mechanism = kKrb5Oid;  // others have no form of their own
  return Status::Ok();
}

Status GetNameAttribute(const Name& /*name*/, const std::string& /*attribute*/,
                        NameAttribute* /*found*/) {
  return Unsupported("GetNameAttribute", kNone);
}

Status SetNameAttribute(Name* /*name*/, const std::string& /*attribute*/, bool /*complete*/,
                        Bytes /*value*/) {
  return Unsupported("SetNameAttribute", kNone);
}

Status DeleteNameAttribute(Name* /*name*/, const std::string& /*attribute*/) {
  return Unsupported("DeleteNameAttribute", kNone);
}

Status ExportCompositeName(const Name& /*name*/, std::vector<uint8_t>* /*token*/) {
  return Unsupported("ExportCompositeName", kNone);
}

}  // namespace backend
}  // namespace gssapi
