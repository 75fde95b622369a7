// RFC 6680: what a mechanism knows of a name beyond its text.
#include <strings.h>

#include "failure.h"
#include "handles.h"
#include "oid.h"

namespace gssapi {
namespace backend {
namespace {

constexpr size_t kMostValues = 4096;  // a library that never ends its list must not hang us

// The whole PAC, which MIT gives and takes under this name.
constexpr char kPac[] = "urn:mspac:";
constexpr size_t kPacAlignment = 8;  // MS-PAC 2.3

// MIT copies the mechanism's OID for us; Heimdal lends its own.
std::string TakeOid(gss_OID oid) {
  std::string text = OidToText(oid);
  OM_uint32 minor;
  if (g_gss->mit && g_gss->gss_release_oid != nullptr && oid != GSS_C_NO_OID) {
    g_gss->gss_release_oid(&minor, &oid);
  }
  return text;
}

Status ReadValues(const Name& name, gss_buffer_t attribute, NameAttribute* found) {
  int more = -1;  // RFC 6680 7.5: the first value
  do {
    LibraryBuffer value;
    LibraryBuffer display;
    int authenticated = 0;
    int complete = 0;
    OM_uint32 minor;
    OM_uint32 major =
        g_gss->gss_get_name_attribute(&minor, name.handle.get(), attribute, &authenticated,
                                      &complete, value.out(), display.out(), &more);
    Status status = Check("gss_get_name_attribute", major, minor, GSS_C_NO_OID);
    if (!status.ok()) return status;
    found->authenticated = found->authenticated && authenticated != 0;
    found->complete = found->complete && complete != 0;
    found->values.push_back({value.bytes(), display.text()});
  } while (more != 0 && found->values.size() < kMostValues);
  if (more != 0) found->complete = false;
  return Status::Ok();
}

// Quirk(mit): 1.20 takes a PAC of any length for 'urn:mspac:', and on adding a buffer to one whose
// length is not a multiple of 8 it aborts the process.
bool IsUnalignedPac(const std::string& attribute, Bytes value) {
  return strcasecmp(attribute.c_str(), kPac) == 0 && value.size % kPacAlignment != 0;
}

}  // namespace

Status InquireName(const Name& name, NameFacts* facts) {
  static constexpr char kCall[] = "gss_inquire_name";
  if (g_gss->gss_inquire_name == nullptr) return Unsupported(kCall);
  int of_mechanism = 0;  // MIT 1.20 leaves it alone where the answer is no
  gss_OID mechanism = GSS_C_NO_OID;
  BufferSetHandle attributes;
  OM_uint32 minor;
  OM_uint32 major = g_gss->gss_inquire_name(&minor, name.handle.get(), &of_mechanism, &mechanism,
                                            attributes.out());
  facts->mechanism = TakeOid(mechanism);
  facts->of_mechanism = of_mechanism != 0;
  Status status = Check(kCall, major, minor, GSS_C_NO_OID);
  for (size_t i = 0; status.ok() && attributes && i < attributes.get()->count; i++) {
    const gss_buffer_desc& each = attributes.get()->elements[i];
    facts->attributes.emplace_back(static_cast<const char*>(each.value), each.length);
  }
  return status;
}

Status GetNameAttribute(const Name& name, const std::string& attribute, NameAttribute* found) {
  if (g_gss->gss_get_name_attribute == nullptr) return Unsupported("gss_get_name_attribute");
  gss_buffer_desc input = Input(BytesOf(attribute));
  return ReadValues(name, &input, found);
}

Status SetNameAttribute(Name* name, const std::string& attribute, bool complete, Bytes value) {
  static constexpr char kCall[] = "gss_set_name_attribute";
  if (g_gss->gss_set_name_attribute == nullptr) return Unsupported(kCall);
  if (g_gss->mit && IsUnalignedPac(attribute, value)) {
    return Status::RefuseToken(kFailureMajor, "a PAC has a length that is a multiple of 8", kCall);
  }
  static const uint8_t kNothing[1] = {0};  // MIT asserts a pointer, also to nothing
  gss_buffer_desc input = Input(BytesOf(attribute));
  gss_buffer_desc content = Input({value.size == 0 ? kNothing : value.data, value.size});
  OM_uint32 minor;
  OM_uint32 major =
      g_gss->gss_set_name_attribute(&minor, name->handle.get(), complete ? 1 : 0, &input, &content);
  return Check(kCall, major, minor, GSS_C_NO_OID);
}

Status DeleteNameAttribute(Name* name, const std::string& attribute) {
  static constexpr char kCall[] = "gss_delete_name_attribute";
  if (g_gss->gss_delete_name_attribute == nullptr) return Unsupported(kCall);
  gss_buffer_desc input = Input(BytesOf(attribute));
  OM_uint32 minor;
  OM_uint32 major = g_gss->gss_delete_name_attribute(&minor, name->handle.get(), &input);
  return Check(kCall, major, minor, GSS_C_NO_OID);
}

Status ExportCompositeName(const Name& name, std::vector<uint8_t>* token) {
  static constexpr char kCall[] = "gss_export_name_composite";
  if (g_gss->gss_export_name_composite == nullptr) return Unsupported(kCall);
  LibraryBuffer buffer;
  OM_uint32 minor;
  OM_uint32 major = g_gss->gss_export_name_composite(&minor, name.handle.get(), buffer.out());
  Status status = Check(kCall, major, minor, GSS_C_NO_OID);
  if (status.ok()) *token = buffer.bytes();
  return status;
}

}  // namespace backend
}  // namespace gssapi
