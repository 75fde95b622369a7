#include "failure.h"
#include "handles.h"
#include "oid.h"

namespace gssapi {
namespace backend {
namespace {

// Enquiries tolerate a mechanism that cannot answer: its texts stay empty.
void DescribeSasl(gss_OID oid, MechanismInfo* info) {
  if (g_gss->gss_inquire_saslname_for_mech == nullptr) return;
  LibraryBuffer sasl;
  LibraryBuffer name;
  LibraryBuffer description;
  OM_uint32 minor;
  OM_uint32 major =
      g_gss->gss_inquire_saslname_for_mech(&minor, oid, sasl.out(), name.out(), description.out());
  if (GSS_ERROR(major)) return;
  info->sasl_name = sasl.text();
  info->name = name.text();
  info->description = description.text();
}

void DescribeAttributes(gss_OID oid, MechanismInfo* info) {
  if (g_gss->gss_inquire_attrs_for_mech == nullptr) return;
  OidSetHandle attributes;
  OidSetHandle known;
  OM_uint32 minor;
  OM_uint32 major = g_gss->gss_inquire_attrs_for_mech(&minor, oid, attributes.out(), known.out());
  if (GSS_ERROR(major) || !attributes) return;
  for (size_t i = 0; i < attributes.get()->count; i++) {
    info->attributes.push_back(OidToText(&attributes.get()->elements[i]));
  }
}

}  // namespace

Status IndicateMechanisms(std::vector<MechanismInfo>* mechanisms) {
  Status status = LoadLibrary();
  if (!status.ok()) return status;
  OidSetHandle set;
  OM_uint32 minor;
  OM_uint32 major = g_gss->gss_indicate_mechs(&minor, set.out());
  status = Check("gss_indicate_mechs", major, minor, GSS_C_NO_OID);
  if (!status.ok() || !set) return status;
  for (size_t i = 0; i < set.get()->count; i++) {
    MechanismInfo info;
    info.oid = OidToText(&set.get()->elements[i]);
    DescribeSasl(&set.get()->elements[i], &info);
    DescribeAttributes(&set.get()->elements[i], &info);
    mechanisms->push_back(std::move(info));
  }
  return status;
}

}  // namespace backend
}  // namespace gssapi
