#include "failure.h"
#include "handles.h"
#include "oid.h"

namespace gssapi {
namespace backend {
namespace {

Status TypeOid(const char* call, const std::string& type, gss_OID* oid) {
  *oid = type.empty() ? GSS_C_NO_OID : OidFromText(type);
  if (type.empty() || *oid != GSS_C_NO_OID) return Status::Ok();
  return Status::RefuseToken(GSS_S_BAD_NAMETYPE, "not an object identifier: " + type, call);
}

}  // namespace

Status ImportName(Bytes value, const std::string& type, NamePtr* name) {
  static constexpr char kCall[] = "gss_import_name";
  Status status = LoadLibrary();
  gss_OID oid = GSS_C_NO_OID;
  if (status.ok()) status = TypeOid(kCall, type, &oid);
  if (!status.ok()) return status;
  static const uint8_t kNothing[1] = {0};  // MIT refuses a null pointer even with length 0
  gss_buffer_desc input = Input({value.size == 0 ? kNothing : value.data, value.size});
  auto result = std::make_shared<Name>();
  OM_uint32 minor;
  OM_uint32 major = g_gss->gss_import_name(&minor, &input, oid, result->handle.out());
  status = Check(kCall, major, minor, GSS_C_NO_OID);
  if (status.ok()) *name = std::move(result);
  return status;
}

Status DisplayName(const Name& name, std::string* text, std::string* type) {
  LibraryBuffer buffer;
  gss_OID oid = GSS_C_NO_OID;
  OM_uint32 minor;
  OM_uint32 major = g_gss->gss_display_name(&minor, name.handle.get(), buffer.out(), &oid);
  Status status = Check("gss_display_name", major, minor, GSS_C_NO_OID);
  if (!status.ok()) return status;
  *text = buffer.text();
  *type = OidToText(oid);
  return status;
}

Status CompareNames(const Name& one, const Name& other, bool* equal) {
  int same = 0;
  OM_uint32 minor;
  OM_uint32 major = g_gss->gss_compare_name(&minor, one.handle.get(), other.handle.get(), &same);
  *equal = same != 0;
  return Check("gss_compare_name", major, minor, GSS_C_NO_OID);
}

Status CanonicalizeName(const Name& name, const std::string& mechanism, NamePtr* result) {
  static constexpr char kCall[] = "gss_canonicalize_name";
  gss_OID oid = OidFromText(mechanism);
  if (oid == GSS_C_NO_OID) return BadOid(kCall, mechanism);
  auto canonical = std::make_shared<Name>();
  OM_uint32 minor;
  OM_uint32 major =
      g_gss->gss_canonicalize_name(&minor, name.handle.get(), oid, canonical->handle.out());
  Status status = Check(kCall, major, minor, oid);
  if (status.ok()) *result = std::move(canonical);
  return status;
}

Status ExportName(const Name& name, std::vector<uint8_t>* token) {
  LibraryBuffer buffer;
  OM_uint32 minor;
  OM_uint32 major = g_gss->gss_export_name(&minor, name.handle.get(), buffer.out());
  Status status = Check("gss_export_name", major, minor, GSS_C_NO_OID);
  if (status.ok()) *token = buffer.bytes();
  return status;
}

Status LocalName(const Name& name, const std::string& mechanism, std::string* local) {
  static constexpr char kCall[] = "gss_localname";
  if (g_gss->gss_localname == nullptr) return Unsupported(kCall);
  gss_OID oid = OidFromText(mechanism);  // none: the library's choice
  if (oid == GSS_C_NO_OID && !mechanism.empty()) return BadOid(kCall, mechanism);
  LibraryBuffer buffer;
  OM_uint32 minor;
  OM_uint32 major = g_gss->gss_localname(&minor, name.handle.get(), oid, buffer.out());
  Status status = Check(kCall, major, minor, oid);
  if (status.ok()) *local = buffer.text();
  return status;
}

}  // namespace backend
}  // namespace gssapi
