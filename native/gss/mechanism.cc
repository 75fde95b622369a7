#include "failure.h"
#include "handles.h"
#include "oid_set.h"

namespace gssapi {
namespace backend {
namespace {

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

void DescribeAttributes(gss_OID oid, std::vector<std::string>* attributes,
                        std::vector<std::string>* known) {
  if (g_gss->gss_inquire_attrs_for_mech == nullptr) return;
  OidSetHandle has;
  OidSetHandle knows;
  OM_uint32 minor;
  OM_uint32 major = g_gss->gss_inquire_attrs_for_mech(&minor, oid, has.out(), knows.out());
  if (GSS_ERROR(major)) return;
  *attributes = ToTexts(has.get());
  *known = ToTexts(knows.get());
}

MechanismDetails Describe(gss_OID oid) {
  MechanismDetails details;
  details.info.oid = OidToText(oid);
  DescribeSasl(oid, &details.info);
  DescribeAttributes(oid, &details.info.attributes, &details.known_attributes);
  return details;
}

Status SelectByAttributes(const MechanismFilter& filter, OidSetHandle* set) {
  static constexpr char kCall[] = "gss_indicate_mechs_by_attrs";
  if (g_gss->gss_indicate_mechs_by_attrs == nullptr) return Unsupported(kCall);
  OidSet desired;
  OidSet except;
  OidSet critical;
  Status status = desired.Read(kCall, filter.desired);
  if (status.ok()) status = except.Read(kCall, filter.except);
  if (status.ok()) status = critical.Read(kCall, filter.critical);
  if (!status.ok()) return status;
  OM_uint32 minor;
  OM_uint32 major = g_gss->gss_indicate_mechs_by_attrs(&minor, desired.set(), except.set(),
                                                       critical.set(), set->out());
  return Check(kCall, major, minor, GSS_C_NO_OID);
}

Status SelectAll(OidSetHandle* set) {
  OM_uint32 minor;
  OM_uint32 major = g_gss->gss_indicate_mechs(&minor, set->out());
  return Check("gss_indicate_mechs", major, minor, GSS_C_NO_OID);
}

// Of a mechanism that it does not have, MIT tells a SASL name and attributes all the same; the
// types of its names it does not.
bool Knows(gss_OID oid, std::vector<std::string>* name_types) {
  if (g_gss->gss_inquire_names_for_mech == nullptr) return true;
  OidSetHandle set;
  OM_uint32 minor;
  OM_uint32 major = g_gss->gss_inquire_names_for_mech(&minor, oid, set.out());
  if (!GSS_ERROR(major)) *name_types = ToTexts(set.get());
  return GSS_ROUTINE_ERROR(major) != GSS_S_BAD_MECH;
}

}  // namespace

Status IndicateMechanisms(const MechanismFilter& filter, std::vector<MechanismInfo>* mechanisms) {
  Status status = LoadLibrary();
  if (!status.ok()) return status;
  OidSetHandle set;
  status = filter.empty() ? SelectAll(&set) : SelectByAttributes(filter, &set);
  if (!status.ok() || !set) return status;
  for (size_t i = 0; i < set.get()->count; i++) {
    mechanisms->push_back(Describe(&set.get()->elements[i]).info);
  }
  return status;
}

Status DescribeMechanism(const std::string& mechanism, MechanismDetails* details) {
  static constexpr char kCall[] = "gss_inquire_attrs_for_mech";
  Status status = LoadLibrary();
  if (!status.ok()) return status;
  Oid oid(mechanism);
  if (!oid) return BadOid(kCall, mechanism);
  std::vector<std::string> name_types;
  if (!Knows(oid.get(), &name_types)) {
    return Status::RefuseToken(GSS_S_BAD_MECH, "the library has no mechanism " + mechanism, kCall);
  }
  *details = Describe(oid.get());
  details->name_types = std::move(name_types);
  return status;
}

Status DescribeAttribute(const std::string& attribute, AttributeText* text) {
  static constexpr char kCall[] = "gss_display_mech_attr";
  Status status = LoadLibrary();
  if (!status.ok()) return status;
  if (g_gss->gss_display_mech_attr == nullptr) return Unsupported(kCall);
  Oid oid(attribute);
  if (!oid) return BadOid(kCall, attribute);
  LibraryBuffer name;
  LibraryBuffer brief;
  LibraryBuffer full;
  OM_uint32 minor;
  OM_uint32 major =
      g_gss->gss_display_mech_attr(&minor, oid.get(), name.out(), brief.out(), full.out());
  status = Check(kCall, major, minor, GSS_C_NO_OID);
  if (status.ok()) *text = {name.text(), brief.text(), full.text()};
  return status;
}

Status MechanismOfSaslName(const std::string& sasl_name, std::string* mechanism) {
  static constexpr char kCall[] = "gss_inquire_mech_for_saslname";
  Status status = LoadLibrary();
  if (!status.ok()) return status;
  if (g_gss->gss_inquire_mech_for_saslname == nullptr) return Unsupported(kCall);
  gss_buffer_desc input = Input(BytesOf(sasl_name));
  gss_OID oid = GSS_C_NO_OID;  // the library's own, not ours to release
  OM_uint32 minor;
  OM_uint32 major = g_gss->gss_inquire_mech_for_saslname(&minor, &input, &oid);
  status = Check(kCall, major, minor, GSS_C_NO_OID);
  if (status.ok()) *mechanism = OidToText(oid);
  return status;
}

}  // namespace backend
}  // namespace gssapi
