// SSPI has no names of its own, only text. What GSSAPI's names mean is kept here, and the text that
// SSPI wants is made of it.
#include "name.h"

#include <algorithm>
#include <iterator>

#include "failure.h"
#include "package.h"
#include "text.h"

namespace gssapi {
namespace backend {
namespace {

constexpr uint32_t kBadName = 2U << 16;  // RFC 2744 3.9.1
constexpr uint32_t kBadNameType = 3U << 16;
constexpr uint32_t kUnavailable = 16U << 16;
constexpr uint32_t kNameNotMn = 18U << 16;

constexpr char kHostBasedOid[] = "1.2.840.113554.1.2.1.4";
constexpr char kOldHostBasedOid[] = "1.3.6.1.5.6.2";  // RFC 2743 4.1's first one
constexpr char kUserOid[] = "1.2.840.113554.1.2.1.1";
constexpr char kUidOid[] = "1.2.840.113554.1.2.1.2";
constexpr char kUidStringOid[] = "1.2.840.113554.1.2.1.3";
constexpr char kEnterpriseOid[] = "1.2.840.113554.1.2.2.6";
constexpr char kAnonymousOid[] = "1.3.6.1.5.6.3";
constexpr char kExportedOid[] = "1.3.6.1.5.6.4";
constexpr char kCompositeOid[] = "1.3.6.1.5.6.6";

// RFC 2743 3.2: an exported name of krb5's begins with these bytes; then 4 bytes of length, the
// name.
const std::string kExportedHead("\x04\x01\x00\x0b\x06\x09\x2a\x86\x48\x86\xf7\x12\x01\x02\x02", 15);

std::string Lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return text;
}

// This machine's full name in DNS, which is what a service without a host is on.
std::string ThisHost() {
  wchar_t text[256];
  auto length = static_cast<DWORD>(std::size(text));
  if (GetComputerNameExW(ComputerNameDnsFullyQualified, text, &length) == 0) return "localhost";
  return Lower(ToUtf8(std::wstring(text, length)));
}

bool IsHostBased(const Name& name) {
  return name.type == kHostBasedOid || name.type == kOldHostBasedOid;
}

// 'HTTP@www.example.com' -> 'HTTP/www.example.com'. Hosts are the same in either case of letters.
std::string PrincipalOfService(const std::string& text) {
  size_t at = text.find('@');
  if (at == std::string::npos) return text + "/" + ThisHost();
  return text.substr(0, at) + "/" + Lower(text.substr(at + 1));
}

std::string Principal(const Name& name) {
  return IsHostBased(name) ? PrincipalOfService(name.text) : name.text;
}

uint32_t BigEndian(const uint8_t* at) {
  return static_cast<uint32_t>(at[0]) << 24 | static_cast<uint32_t>(at[1]) << 16 |
         static_cast<uint32_t>(at[2]) << 8 | at[3];
}

constexpr char kTooLong[] = "the name is longer than SSPI can hold";

Status BadName(const std::string& why) { return Status::RefuseToken(kBadName, why, "ImportName"); }

Status ReadExported(Bytes value, Name* name) {
  size_t head = kExportedHead.size() + 4;
  if (value.size < head || memcmp(value.data, kExportedHead.data(), kExportedHead.size()) != 0) {
    return BadName("not the exported name of a Kerberos principal");
  }
  Bytes text = {value.data + head, value.size - head};
  if (BigEndian(value.data + kExportedHead.size()) != text.size || text.size == 0) {
    return BadName("the lengths inside this exported name do not add up");
  }
  if (!IsText(text)) return BadName("the name is not UTF-8");
  name->text.assign(reinterpret_cast<const char*>(text.data), text.size);
  name->type = kPrincipalOid;
  name->of_mechanism = true;
  return Status::Ok();
}

bool Takes(const std::string& type) {
  static constexpr const char* kTypes[] = {
      "", kHostBasedOid, kOldHostBasedOid, kPrincipalOid, kUserOid, kEnterpriseOid, kAnonymousOid};
  return std::any_of(std::begin(kTypes), std::end(kTypes),
                     [&](const char* each) { return type == each; });
}

Status CheckType(const std::string& type) {
  if (type == kUidOid || type == kUidStringOid) {
    return Unsupported("ImportName", "Windows has no numbers for users");
  }
  if (type == kCompositeOid) return Unsupported("ImportName", "SSPI's names have no attributes");
  if (Takes(type)) return Status::Ok();
  return Status::RefuseToken(kBadNameType, "not a name type of SSPI's: " + type, "ImportName");
}

}  // namespace

std::string TargetText(const Name& name) { return Principal(name); }

std::vector<std::string> NameTypes() {
  return {kHostBasedOid, kOldHostBasedOid, kPrincipalOid, kUserOid, kEnterpriseOid};
}

NamePtr MakeName(const std::string& text) {
  auto name = std::make_shared<Name>();
  name->text = text;
  name->type = text.find('\\') == std::string::npos ? kPrincipalOid : kUserOid;
  name->of_mechanism = name->type == kPrincipalOid;
  return name;
}

Status ImportName(Bytes value, const std::string& type, NamePtr* name) {
  auto result = std::make_shared<Name>();
  if (type == kExportedOid) {
    Status status = ReadExported(value, result.get());
    if (status.ok() && !Fits(result->text)) return BadName(kTooLong);
    if (status.ok()) *name = std::move(result);
    return status;
  }
  Status status = CheckType(type);
  if (!status.ok()) return status;
  if (!IsText(value)) return BadName("the name is not UTF-8");
  if (value.size == 0 && type != kAnonymousOid) return BadName("the name is empty");
  result->text.assign(reinterpret_cast<const char*>(value.data), value.size);
  result->type = type;
  if (IsHostBased(*result) && (result->text.front() == '@' || result->text.back() == '@')) {
    return BadName("a service's name is service@host");
  }
  if (!Fits(Principal(*result))) return BadName(kTooLong);
  *name = std::move(result);
  return status;
}

Status DisplayName(const Name& name, std::string* text, std::string* type) {
  *text = name.type == kAnonymousOid ? "WELLKNOWN/ANONYMOUS@WELLKNOWN:ANONYMOUS" : name.text;
  *type = name.type;
  return Status::Ok();
}

// Two anonymous names are never known to be the same (RFC 2743 2.4.3).
Status CompareNames(const Name& one, const Name& other, bool* equal) {
  bool anonymous = one.type == kAnonymousOid || other.type == kAnonymousOid;
  *equal = !anonymous && Principal(one) == Principal(other);
  return Status::Ok();
}

Status CanonicalizeName(const Name& name, const std::string& mechanism, NamePtr* result) {
  static constexpr char kCall[] = "CanonicalizeName";
  if (PackageOf(mechanism) != kKerberos) {
    return Unsupported(kCall, "only Kerberos' names have a form of the mechanism's own");
  }
  if (name.type == kAnonymousOid) return Unsupported(kCall, "SSPI has no name for nobody");
  auto canonical = std::make_shared<Name>();
  canonical->text = Principal(name);
  canonical->type = kPrincipalOid;
  canonical->of_mechanism = true;
  *result = std::move(canonical);
  return Status::Ok();
}

Status ExportName(const Name& name, std::vector<uint8_t>* token) {
  if (!name.of_mechanism) {
    return Status::RefuseToken(kNameNotMn, "canonicalize the name first", "ExportName");
  }
  token->assign(kExportedHead.begin(), kExportedHead.end());
  auto size = static_cast<uint32_t>(name.text.size());
  for (int shift = 24; shift >= 0; shift -= 8) {
    token->push_back(static_cast<uint8_t>(size >> shift));
  }
  token->insert(token->end(), name.text.begin(), name.text.end());
  return Status::Ok();
}

Status LocalName(const Name& /*name*/, const std::string& /*mechanism*/, std::string* /*local*/) {
  return Unsupported("LocalName", "SSPI maps a context's initiator to a user, not a name");
}

Status DisplayNameAs(const Name& name, const std::string& type, std::string* text) {
  if (type == name.type) {
    *text = name.text;
  } else if (type == kPrincipalOid && IsHostBased(name)) {
    *text = Principal(name);
  } else {
    return Status::RefuseToken(kUnavailable, "the name has no text of that type", "DisplayNameAs");
  }
  return Status::Ok();
}

Status AuthorizeLocalName(const Name& /*name*/, const Name& /*user*/, bool* /*authorized*/) {
  return Unsupported("AuthorizeLocalName", "SSPI maps a context's initiator to a user, not a name");
}

Status MechanismsForName(const Name& name, std::vector<std::string>* mechanisms) {
  std::vector<std::string> types = NameTypes();
  if (std::find(types.begin(), types.end(), name.type) == types.end()) return Status::Ok();
  std::vector<MechanismInfo> all;
  Status status = IndicateMechanisms({}, &all);
  for (const MechanismInfo& each : all) {
    if (!each.oid.empty()) mechanisms->push_back(each.oid);
  }
  return status;
}

}  // namespace backend
}  // namespace gssapi
