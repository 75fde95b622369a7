#include <algorithm>
#include <cstring>

#include "failure.h"
#include "handles.h"
#include "oid_set.h"
#include "proxy.h"

namespace gssapi {
namespace backend {
namespace {

constexpr char kCompositeType[] = "1.3.6.1.5.6.6";  // GSS_C_NT_COMPOSITE_EXPORT, RFC 6680 9

Status TypeOid(const char* call, const std::string& type, Oid* oid) {
  *oid = Oid(type);
  if (type.empty() || *oid) return Status::Ok();
  return Status::RefuseToken(GSS_S_BAD_NAMETYPE, "not an object identifier: " + type, call);
}

// Whether a mechanism says that it takes names of a type; one that cannot say takes none.
bool TakesType(gss_OID mechanism, const std::string& type) {
  OidSetHandle set;
  OM_uint32 minor;
  OM_uint32 major = g_gss->gss_inquire_names_for_mech(&minor, mechanism, set.out());
  if (GSS_ERROR(major)) return false;
  std::vector<std::string> types = ToTexts(set.get());
  return std::find(types.begin(), types.end(), type) != types.end();
}

// The name as the mechanism's that SPNEGO has chosen: so its composite form is.
// Quirk(mit): 1.20's gss_authorize_localname compares a name of SPNEGO's as text, and never asks
// krb5: the user's ~/.k5login would not count.
Status OfNegotiated(const Name& name, NameHandle* inner) {
  std::vector<uint8_t> token;
  Status status = ExportCompositeName(name, &token);
  if (!status.ok()) return status;
  gss_buffer_desc input = Input({token.data(), token.size()});
  Oid composite(kCompositeType);
  OM_uint32 minor;
  OM_uint32 major = g_gss->gss_import_name(&minor, &input, composite.get(), inner->out());
  return Check("gss_import_name", major, minor, GSS_C_NO_OID);
}

Status Compare(gss_name_t one, gss_name_t other, bool* equal) {
  int same = 0;
  OM_uint32 minor;
  OM_uint32 major = g_gss->gss_compare_name(&minor, one, other, &same);
  *equal = same != 0;
  return Check("gss_compare_name", major, minor, GSS_C_NO_OID);
}

// A mechanism's name, exported and read again; empty where it is none.
NameHandle FromExported(gss_name_t name) {
  LibraryBuffer token;
  NameHandle read;
  OM_uint32 minor;
  if (GSS_ERROR(g_gss->gss_export_name(&minor, name, token.out()))) return read;
  Oid type("1.3.6.1.5.6.4");  // GSS_C_NT_EXPORT_NAME
  if (GSS_ERROR(g_gss->gss_import_name(&minor, token.out(), type.get(), read.out()))) read.Reset();
  return read;
}

// Quirk(heimdal): 7.8 reads behind the host of a service where it is empty, to look for a dot. It
// ends the host before a colon.
bool HasEmptyHost(Bytes value, const std::string& type) {
  if (g_gss->mit || value.size == 0) return false;
  if (type != "1.2.840.113554.1.2.1.4" && type != "1.3.6.1.5.6.2") return false;
  const void* at = memchr(value.data, '@', value.size);
  if (at == nullptr) return false;
  const uint8_t* host = static_cast<const uint8_t*>(at) + 1;
  return host == value.data + value.size || *host == 0 || *host == ':';
}

}  // namespace

// Quirk(mit): 1.20's names of SPNEGO contexts and credentials are SPNEGO's own around the
// mechanism's (spnego_mech.c), and cannot be exported: an access list would never match.
NamePtr AdoptNegotiated(NameHandle* handle) {
  NamePtr name = Adopt(handle);
  NameFacts facts;
  if (name == nullptr || !g_gss->mit || !InquireName(*name, &facts).ok()) return name;
  if (facts.mechanism != kSpnegoOid) return name;
  NameHandle inner = OwnName(name->handle.get());
  if (!inner && !OfNegotiated(*name, &inner).ok()) return name;
  return Adopt(&inner);
}

Status ImportName(Bytes value, const std::string& type, NamePtr* name) {
  static constexpr char kCall[] = "gss_import_name";
  Status status = LoadLibrary();
  Oid oid;
  if (status.ok()) status = TypeOid(kCall, type, &oid);
  if (!status.ok()) return status;
  if (HasEmptyHost(value, type)) {
    return Status::RefuseToken(GSS_S_BAD_NAME, "the service's host is empty", kCall);
  }
  static const uint8_t kNothing[1] = {0};  // MIT refuses a null pointer even with length 0
  gss_buffer_desc input = Input({value.size == 0 ? kNothing : value.data, value.size});
  auto result = std::make_shared<Name>();
  OM_uint32 minor;
  OM_uint32 major = g_gss->gss_import_name(&minor, &input, oid.get(), result->handle.out());
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
  // Quirk(gssproxy): 0.9 compares a name of the daemon's with one of the library's as different.
  NameHandle own_one = OwnName(one.handle.get());
  NameHandle own_other = OwnName(other.handle.get());
  Status status = Compare(own_one ? own_one.get() : one.handle.get(),
                          own_other ? own_other.get() : other.handle.get(), equal);
  if (!status.ok() || *equal || g_gss->mit) return status;
  // Quirk(heimdal): 7.8 compares the name that SPNEGO gives with krb5's own as different. Read from
  // their exported forms, which are krb5's, they are compared as what they are.
  NameHandle read_one = FromExported(one.handle.get());
  NameHandle read_other = FromExported(other.handle.get());
  if (!read_one && !read_other) return status;
  return Compare(read_one ? read_one.get() : one.handle.get(),
                 read_other ? read_other.get() : other.handle.get(), equal);
}

Status CanonicalizeName(const Name& name, const std::string& mechanism, NamePtr* result) {
  static constexpr char kCall[] = "gss_canonicalize_name";
  Oid oid(mechanism);
  if (!oid) return BadOid(kCall, mechanism);
  auto canonical = std::make_shared<Name>();
  OM_uint32 minor;
  OM_uint32 major =
      g_gss->gss_canonicalize_name(&minor, name.handle.get(), oid.get(), canonical->handle.out());
  Status status = Check(kCall, major, minor, oid.get());
  if (status.ok()) *result = std::move(canonical);
  return status;
}

Status ExportName(const Name& name, std::vector<uint8_t>* token) {
  LibraryBuffer buffer;
  OM_uint32 minor;
  // Quirk(gssproxy): 0.9 exports a name under its own object identifier, which fits no access list.
  NameHandle own = OwnName(name.handle.get());
  OM_uint32 major =
      g_gss->gss_export_name(&minor, own ? own.get() : name.handle.get(), buffer.out());
  Status status = Check("gss_export_name", major, minor, GSS_C_NO_OID);
  if (status.ok()) *token = buffer.bytes();
  return status;
}

Status LocalName(const Name& name, const std::string& mechanism, std::string* local) {
  static constexpr char kCall[] = "gss_localname";
  if (g_gss->gss_localname == nullptr) return Unsupported(kCall);
  Oid oid(mechanism);  // none: the library's choice
  if (!oid && !mechanism.empty()) return BadOid(kCall, mechanism);
  LibraryBuffer buffer;
  OM_uint32 minor;
  OM_uint32 major = g_gss->gss_localname(&minor, name.handle.get(), oid.get(), buffer.out());
  Status status = Check(kCall, major, minor, oid.get());
  if (status.ok()) *local = buffer.text();
  return status;
}

Status DisplayNameAs(const Name& name, const std::string& type, std::string* text) {
  static constexpr char kCall[] = "gss_display_name_ext";
  if (g_gss->gss_display_name_ext == nullptr) return Unsupported(kCall);
  Oid oid;
  Status status = TypeOid(kCall, type, &oid);
  if (!status.ok()) return status;
  LibraryBuffer buffer;
  OM_uint32 minor;
  OM_uint32 major = g_gss->gss_display_name_ext(&minor, name.handle.get(), oid.get(), buffer.out());
  status = Check(kCall, major, minor, GSS_C_NO_OID);
  if (status.ok()) *text = buffer.text();
  return status;
}

// Both libraries ask the attributes too where the mechanism has said no, and then say that these
// are not there. Only MIT's name may be of no mechanism that could be asked.
Status AuthorizeLocalName(const Name& name, const Name& user, bool* authorized) {
  static constexpr char kCall[] = "gss_authorize_localname";
  if (g_gss->gss_authorize_localname == nullptr) return Unsupported(kCall);
  NameFacts facts;
  if (g_gss->mit) {
    Status status = InquireName(name, &facts);
    if (!status.ok()) return status;
  }
  NameHandle inner;
  if (facts.mechanism == kSpnegoOid) {
    Status status = OfNegotiated(name, &inner);
    if (!status.ok()) return status;
  }
  OM_uint32 minor;
  OM_uint32 major = g_gss->gss_authorize_localname(&minor, inner ? inner.get() : name.handle.get(),
                                                   user.handle.get());
  *authorized = major == GSS_S_COMPLETE;
  bool asked = facts.of_mechanism || !g_gss->mit;
  OM_uint32 routine = GSS_ROUTINE_ERROR(major);
  if (routine == GSS_S_UNAUTHORIZED || (asked && routine == GSS_S_UNAVAILABLE)) return Status::Ok();
  return Check(kCall, major, minor, GSS_C_NO_OID);
}

// gss_inquire_mechs_for_name by its parts.
// Quirk(mit): 1.20's own keeps its list in static memory that all threads write.
Status MechanismsForName(const Name& name, std::vector<std::string>* mechanisms) {
  if (g_gss->gss_inquire_names_for_mech == nullptr) {
    return Unsupported("gss_inquire_names_for_mech");
  }
  std::string text;
  std::string type;
  Status status = DisplayName(name, &text, &type);
  if (!status.ok()) return status;
  OidSetHandle all;
  OM_uint32 minor;
  OM_uint32 major = g_gss->gss_indicate_mechs(&minor, all.out());
  status = Check("gss_indicate_mechs", major, minor, GSS_C_NO_OID);
  if (!status.ok() || !all) return status;
  for (size_t i = 0; i < all.get()->count; i++) {
    gss_OID mechanism = &all.get()->elements[i];
    if (TakesType(mechanism, type)) mechanisms->push_back(OidToText(mechanism));
  }
  return status;
}

}  // namespace backend
}  // namespace gssapi
