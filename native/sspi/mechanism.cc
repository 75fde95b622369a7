#include <algorithm>

#include "failure.h"
#include "handles.h"
#include "name.h"
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
constexpr uint32_t kBadMechanism = 1U << 16;        // RFC 2744 3.9.1

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

// What Describe could have told.
std::vector<std::string> KnownAttributes() {
  std::vector<std::string> known = {kConcrete, kNegotiates};
  for (const Capability& capability : kCapabilities) known.emplace_back(capability.attribute);
  return known;
}

bool Has(const std::vector<std::string>& all, const std::string& one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

bool HasAll(const std::vector<std::string>& all, const std::vector<std::string>& some) {
  return std::all_of(some.begin(), some.end(), [&](const auto& one) { return Has(all, one); });
}

bool HasAny(const std::vector<std::string>& all, const std::vector<std::string>& some) {
  return std::any_of(some.begin(), some.end(), [&](const auto& one) { return Has(all, one); });
}

bool Passes(const MechanismFilter& filter, const MechanismInfo& info) {
  return HasAll(info.attributes, filter.desired) && !HasAny(info.attributes, filter.except) &&
         HasAll(KnownAttributes(), filter.critical);
}

template <class Match>
Status Find(const char* call, const std::string& what, Match match, MechanismInfo* found) {
  std::vector<MechanismInfo> all;
  Status status = IndicateMechanisms({}, &all);
  if (!status.ok()) return status;
  auto at = std::find_if(all.begin(), all.end(), match);
  if (at == all.end()) {
    return Status::RefuseToken(kBadMechanism, "there is no package for " + what, call);
  }
  *found = *at;
  return status;
}

}  // namespace

Status IndicateMechanisms(const MechanismFilter& filter, std::vector<MechanismInfo>* mechanisms) {
  Status status = LoadLibrary();
  if (!status.ok()) return status;
  unsigned long count = 0;
  ContextBuffer<SecPkgInfoW> packages;
  status = Check("EnumerateSecurityPackagesW",
                 Table()->EnumerateSecurityPackagesW(&count, packages.out()));
  if (!status.ok()) return status;
  for (unsigned long i = 0; i < count; i++) {
    MechanismInfo info = Describe(packages.get()[i]);
    if (Passes(filter, info)) mechanisms->push_back(std::move(info));
  }
  return status;
}

Status DescribeMechanism(const std::string& mechanism, MechanismDetails* details) {
  std::string package = PackageOf(mechanism);
  Status status = Find(
      "EnumerateSecurityPackagesW", mechanism,
      [&](const MechanismInfo& each) { return each.name == package; }, &details->info);
  if (!status.ok()) return status;
  details->known_attributes = KnownAttributes();
  details->name_types = NameTypes();
  return status;
}

Status DescribeAttribute(const std::string& /*attribute*/, AttributeText* /*text*/) {
  return Unsupported("DescribeAttribute", "SSPI has no texts for capabilities");
}

Status MechanismOfSaslName(const std::string& sasl_name, std::string* mechanism) {
  MechanismInfo info;
  Status status = Find(
      "EnumerateSecurityPackagesW", sasl_name,
      [&](const MechanismInfo& each) { return each.sasl_name == sasl_name; }, &info);
  if (status.ok()) *mechanism = info.oid;
  return status;
}

}  // namespace backend
}  // namespace gssapi
