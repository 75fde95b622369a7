#include "failure.h"
#include "handles.h"
#include "package.h"
#include "text.h"

namespace gssapi {
namespace backend {
namespace {

// What a package says of itself, and RFC 5587's attribute for the same: 1.3.6.1.5.5.13.N.
struct Capability {
  unsigned long flag;
  const char* attribute;
};
constexpr Capability kCapabilities[] = {
    {SECPKG_FLAG_MUTUAL_AUTH, "1.3.6.1.5.5.13.11"},  // GSS_C_MA_AUTH_TARG
    {SECPKG_FLAG_DELEGATION, "1.3.6.1.5.5.13.16"},   // GSS_C_MA_DELEG_CRED
    {SECPKG_FLAG_INTEGRITY, "1.3.6.1.5.5.13.17"},    // GSS_C_MA_INTEG_PROT
    {SECPKG_FLAG_PRIVACY, "1.3.6.1.5.5.13.18"},      // GSS_C_MA_CONF_PROT
};
constexpr char kConcrete[] = "1.3.6.1.5.5.13.1";    // GSS_C_MA_MECH_CONCRETE
constexpr char kNegotiates[] = "1.3.6.1.5.5.13.4";  // GSS_C_MA_MECH_NEGO

MechanismInfo Describe(const SecPkgInfoW& package) {
  MechanismInfo info;
  info.name = ToUtf8(package.Name);
  std::string mechanism = MechanismOf(info.name);
  if (mechanism != info.name) info.oid = mechanism;  // most packages have no object identifier
  info.description = ToUtf8(package.Comment);
  if (info.oid == kKrb5Oid) info.sasl_name = "GS2-KRB5";  // RFC 5801 3.4
  if (info.oid == kSpnegoOid) info.sasl_name = "SPNEGO";
  info.attributes.emplace_back(info.name == kNegotiate ? kNegotiates : kConcrete);
  for (const Capability& capability : kCapabilities) {
    if ((package.fCapabilities & capability.flag) != 0) {
      info.attributes.emplace_back(capability.attribute);
    }
  }
  return info;
}

}  // namespace

Status IndicateMechanisms(std::vector<MechanismInfo>* mechanisms) {
  Status status = LoadLibrary();
  if (!status.ok()) return status;
  unsigned long count = 0;
  ContextBuffer<SecPkgInfoW> packages;
  status = Check("EnumerateSecurityPackagesW",
                 Table()->EnumerateSecurityPackagesW(&count, packages.out()));
  if (!status.ok()) return status;
  for (unsigned long i = 0; i < count; i++) {
    mechanisms->push_back(Describe(packages.get()[i]));
  }
  return status;
}

}  // namespace backend
}  // namespace gssapi
